"""What the server answers: a function of a request, which only workers run."""
