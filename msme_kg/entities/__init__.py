"""Looking around in a graph: one thing with all that is said of it, and what there is."""
