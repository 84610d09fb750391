"""Version number of the package, the ontology and the data."""

__version__ = "0.1.0"
