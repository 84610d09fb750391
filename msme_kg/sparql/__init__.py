"""SPARQL: canned queries and their parameters, local and remote engines, results."""
