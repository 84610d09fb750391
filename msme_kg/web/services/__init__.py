"""Services that answer requests from the graph; only workers run them."""
