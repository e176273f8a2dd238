"""Starts programs and sends them requests: for the tests, the demo and the benchmarks."""
