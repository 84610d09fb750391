"""Tests of ontology, vocabularies and data, which need nothing of the package."""
