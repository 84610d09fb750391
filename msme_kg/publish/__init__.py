"""Forms for others: tables, reports, RDF syntaxes."""
