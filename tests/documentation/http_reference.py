"""Reference of the HTTP API as Markdown, made from its OpenAPI description."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from documentation.markdown import ROOT

PATH = ROOT / "docs" / "http.md"
BEGIN, END = "<!-- made by make docs: begin -->", "<!-- made by make docs: end -->"
"""The lines around the made part."""


def render(description: dict[str, Any]) -> str:
    """Return a section for each operation.

    Args:
        description: the OpenAPI description, in English.
    """
    lines: list[str] = []
    operations = [
        (method.upper(), path, operation)
        for path, methods in description["paths"].items()
        for method, operation in methods.items()
    ]
    shared = set.intersection(*(_names(one) for method, _, one in operations if method == "GET"))
    for method, path, operation in operations:
        lines += [
            f"### {method} {path}",
            "",
            f"**{operation['summary']}.** {operation.get('description', '')}".strip(),
            "",
        ]
        if "requestBody" in operation:
            types = ", ".join(f"`{name}`" for name in operation["requestBody"]["content"])
            lines += [f"Content: {types}", ""]
        lines += _tabulate([one for one in operation.get("parameters", []) if one["name"] not in shared])
    return "\n".join(lines).rstrip() + "\n"


def _names(operation: dict[str, Any]) -> set[str]:
    return {one["name"] for one in operation["parameters"]}


def _tabulate(parameters: list[dict[str, Any]]) -> Iterator[str]:
    if not parameters:
        return
    yield from ("| parameter | value | meaning |", "|---|---|---|")
    for one in parameters:
        name = f"`{one['name']}`" + (" (required)" if one["required"] else "")
        yield f"| {name} | {_describe_schema(one['schema'])} | {' '.join(one['description'].split())} |"
    yield ""


def _describe_schema(schema: dict[str, Any]) -> str:
    if "items" in schema:
        return _describe_schema(schema["items"])
    text = ", ".join(f"`{value}`" for value in schema["enum"]) if "enum" in schema else str(schema["type"])
    return f"{text}; default `{schema['default']}`" if "default" in schema else text
