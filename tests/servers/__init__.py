"""SPARQL servers of others, each started on this machine for a test or by hand: ``python tests/servers NAME``."""

SERVERS = ("oxigraph", "fuseki", "virtuoso", "rdflib_endpoint")
"""The modules that serve, by name."""
