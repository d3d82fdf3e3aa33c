"""Sweep files: what varies, the design that combines it, and everything that is checked before a run."""
