"""Statistics of figures over calls: intervals of proportions and means, paired comparisons."""
