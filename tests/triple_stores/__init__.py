"""SPARQL servers of others, each a process of this machine; by hand: ``python tests/triple_stores NAME``."""

SERVERS = ("oxigraph", "fuseki", "virtuoso", "rdflib_endpoint")
"""The modules that serve, by name."""
