"""The briefing note in no language: what it states, in which order, and which sources state it."""
