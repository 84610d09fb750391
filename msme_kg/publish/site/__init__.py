"""A site of pages that need no server: one for each IRI in both languages, lists, and answers."""
