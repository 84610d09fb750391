"""RDF syntax: terms, parser, serializers, blank nodes, and Turtle with source lines."""
