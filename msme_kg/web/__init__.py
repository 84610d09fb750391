"""The graph over HTTP: pages, questions, a SPARQL endpoint, an API and validation, all of them read-only."""
