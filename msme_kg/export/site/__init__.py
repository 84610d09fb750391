"""A site of pages that need no server: one for each IRI of the graph, in both languages, with lists and answers."""
