"""Headline results of small runs, as they were: ``python -m tests.baseline`` writes them anew and prints what moved."""
