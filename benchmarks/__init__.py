"""Benchmarks: one folder per question. They use dovetail only as its users do."""
