"""OutboundEval's figures (arXiv 2510.21244): TFC, GIC and Final from verdicts. Pure arithmetic."""
