"""Changes: how two states of a graph differ, and what new things say."""
