"""The only bridge between threads and Qt; no widgets."""
