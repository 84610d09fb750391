"""Audit of the data against the tables from which it was made, cell by cell."""
