"""Rendering of the briefing note as Markdown, HTML and docx."""
