"""How far a judge may be trusted: verdicts, corrections, estimates, drift, biases, sampling."""
