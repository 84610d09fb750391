"""The graph as tools of the Model Context Protocol: canned queries, search, description and SPARQL."""
