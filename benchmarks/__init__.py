"""What `make bench` runs: every figure is a ratio against a reference measured in the same run, the median of five."""
