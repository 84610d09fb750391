"""Third-party SPARQL servers as local processes; to start one: ``python tests/triple_stores NAME``."""

SERVERS = ("oxigraph", "fuseki", "virtuoso", "rdflib_endpoint")
"""Names of the server modules."""
