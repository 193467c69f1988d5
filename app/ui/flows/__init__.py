"""The flow editor: an SOP beside the nodes that it was turned into, as a list and as a graph."""
