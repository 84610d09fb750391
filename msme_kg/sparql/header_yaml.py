"""Loader of the YAML in query headers, restricted to a few types."""

from __future__ import annotations

from functools import cache
from typing import Any


@cache
def build_header_loader() -> Any:
    """Return a YAML loader restricted to text, booleans, null, lists and mappings.

    The constructors of numbers and dates raise many types of exceptions.
    """
    import yaml

    loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    scalars = {f"tag:yaml.org,2002:{name}" for name in ("bool", "null")}
    known = {None, *scalars, *(f"tag:yaml.org,2002:{name}" for name in ("str", "seq", "map"))}
    constructors = {tag: build for tag, build in loader.yaml_constructors.items() if tag in known}
    resolvers = {
        first: [(tag, pattern) for tag, pattern in pairs if tag in scalars]
        for first, pairs in loader.yaml_implicit_resolvers.items()
    }
    members = {"yaml_constructors": constructors, "yaml_implicit_resolvers": resolvers}
    return type("HeaderLoader", (loader,), members)
