"""Changes: what new things say before they are part of the graph."""
