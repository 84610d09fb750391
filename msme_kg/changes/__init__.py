"""Changes: diffs, changesets, SPARQL Update, new entities, provenance."""
