"""SHACL validation: compiled shapes over a triple index, and pySHACL."""
