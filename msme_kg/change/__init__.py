"""What changes from one state of a graph to another."""
