"""The scenarios a user runs and, in ``data/``, the historical tables they point to."""
