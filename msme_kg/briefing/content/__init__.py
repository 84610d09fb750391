"""Content of the briefing note, independent of language: statements, their order, their sources."""
