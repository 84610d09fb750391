"""Operations on a repository or an open graph, for the command line and the Python API alike."""
