"""Turn-taking by the rules of several benchmarks; never mixed, each under its profile."""
