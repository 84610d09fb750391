"""Files of RDF: parse them, order them, write them, and find a statement's line again."""
