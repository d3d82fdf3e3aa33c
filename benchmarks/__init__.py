"""What the project claims about speed and memory, measured: a file per question; ``python -m benchmarks`` runs all."""
