"""Reading results back: what is there, and queries over runs and sweeps."""
