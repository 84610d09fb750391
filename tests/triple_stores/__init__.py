"""Third-party SPARQL servers as local processes; to start one: ``python tests/triple_stores NAME``."""

SERVERS = ("oxigraph", "fuseki", "virtuoso", "rdflib_endpoint")
"""The names of the server modules."""
