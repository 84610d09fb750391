"""Storage of the graph in files: dataset, indexes, formatting, patches, transactions, git and cache."""
