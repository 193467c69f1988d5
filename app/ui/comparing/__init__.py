"""Two sets of calls held against each other, metric by metric."""
