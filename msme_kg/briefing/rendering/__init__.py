"""The briefing note in words, as Markdown, as a page, and as a document of a word processor."""
