"""Synchronization of a remote triple store with the graph."""
