"""Rendering of results: tables, reports, diffs, SARIF, charts and templates."""
