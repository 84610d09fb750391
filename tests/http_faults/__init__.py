"""A server that answers as no SPARQL store should, to see that nothing it says is believed."""
