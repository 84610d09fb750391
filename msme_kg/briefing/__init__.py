"""The briefing note: its content, independent of language, and its rendering."""
