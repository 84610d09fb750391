"""Tests of ontology, vocabularies and data, independent of the package."""
