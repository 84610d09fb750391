"""Validation of graphs, files and proposed updates by shapes, check queries, lint and conventions."""
