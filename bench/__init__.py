"""Benchmarks: each prints ratios or times with their spread, ends with one line of figures, and exits 1 below a
goal."""
