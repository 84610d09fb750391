"""A server with faulty SPARQL responses, to test that none of them is accepted."""
