"""The tables of the dossier, row by row and cell by cell, against the graph."""
