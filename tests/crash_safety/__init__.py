"""Crash safety: after any failed system call or kill, files are old or new, never mixed."""
