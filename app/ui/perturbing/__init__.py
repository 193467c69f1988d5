"""Making perturbed copies of calls from the window."""
