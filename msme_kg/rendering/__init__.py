"""Rendering of results for people and tools: tables, reports, diffs, SARIF, charts and templates."""
