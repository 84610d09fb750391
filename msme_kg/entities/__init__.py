"""Entities: labels, names, lookup, search, description and statistics."""
