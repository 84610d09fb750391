"""Fuzzer: randomly changed files and values lead to results or errors for the user, never to a crash."""
