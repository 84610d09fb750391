"""Storage of the graph as files: named graphs, canonical formatting, atomic commits, git and the cache."""
