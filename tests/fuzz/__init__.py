"""A fuzzer of everything a user can hand over: scenarios, sweeps, games, calibrations, results, uploads, commands.

A case is made from two numbers, the seed and its own, so that any of them can be made again. ``python -m tests.fuzz``
runs as many as asked for and keeps what failed; ``tests/test_fuzz.py`` runs a fixed number of them.
"""
