"""Processes of the server: a front that speaks HTTP, a zygote that loads the graph, forked workers."""
