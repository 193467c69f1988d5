"""Sessions of speech and language models; the only place that imports them."""
