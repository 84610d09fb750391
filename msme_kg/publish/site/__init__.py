"""The static site: a page for each IRI in both languages, lists, and query results."""
