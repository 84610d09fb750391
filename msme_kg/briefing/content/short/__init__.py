"""Sections of the short note: what several sources state is merged into one statement."""
