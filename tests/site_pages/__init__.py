"""Tests of the static site: its files, and its display in a browser."""
