"""Judging a graph: shapes, checks and house rules, each yielding findings with their place."""
