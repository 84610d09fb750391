"""The briefing note: language-neutral content, and its forms."""
