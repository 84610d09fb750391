"""Validation of graphs, files and updates by shapes, check queries, lint and conventions."""
