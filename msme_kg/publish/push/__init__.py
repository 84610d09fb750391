"""Synchronization of a remote triple store."""
