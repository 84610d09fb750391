"""Torture for what writes: faults at every system call, and death at any moment, leave the old or the new."""
