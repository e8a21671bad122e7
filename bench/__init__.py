"""Benchmarks: figures beside a reference of the same run, never tests."""
