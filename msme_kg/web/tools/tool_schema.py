"""Tools with JSON Schemas of their arguments, made from the headers of the canned queries."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from msme_kg.message_catalog import select_messages
from msme_kg.sparql.canned import CannedQuery, Parameter

SEARCH, DESCRIBE, SPARQL = "search", "describe", "sparql"
LIMIT = "limit"
"""The argument of every tool that gives rows."""
_TYPES = {"integer": "integer", "number": "number", "flag": "boolean"}
JsonObject = dict[str, Any]


def build_tools(queries: Iterable[CannedQuery], lang: str) -> list[JsonObject]:
    """Return the tools: name, title, description and schema of each, as the protocol has them.

    Args:
        queries: the canned queries.
        lang: the language of the texts.
    """
    words = select_messages("tools.", lang)
    lookups = {
        SEARCH: ("words", "search-about"),
        DESCRIBE: ("name", "describe-about"),
        SPARQL: ("query", "sparql-about"),
    }
    tools = {
        query.name: _build_tool(
            query.name,
            query.title[lang],
            query.description[lang],
            {parameter.name: _build_property(parameter, lang) for parameter in query.parameters},
            [parameter.name for parameter in query.parameters if parameter.required],
            words[LIMIT],
        )
        for query in queries
    }
    for name, (argument, about) in lookups.items():
        properties: JsonObject = {
            argument: {"type": "string", "minLength": 1, "description": words[argument]}
        }
        if name == DESCRIBE:
            properties["as_of"] = {
                "type": "string",
                "description": words["as-of"],
                "examples": ["2023-08-01"],
            }
        tools[name] = _build_tool(name, words[name], words[about], properties, [argument], words[LIMIT])
    return list(tools.values())


def _build_tool(
    name: str, title: str, description: str, properties: JsonObject, required: list[str], limit: str
) -> JsonObject:
    return {
        "name": name,
        "title": title,
        "description": description,
        "inputSchema": {
            "type": "object",
            "properties": {**properties, LIMIT: {"type": "integer", "minimum": 0, "description": limit}},
            "required": required,
            "additionalProperties": False,
        },
        "annotations": {"readOnlyHint": True, "openWorldHint": False},
    }


def _build_property(parameter: Parameter, lang: str) -> JsonObject:
    """Return the schema of a parameter; words for a choice in a language are accepted beside it."""
    schema: JsonObject = {"type": _TYPES.get(parameter.type, "string"), "description": parameter.help[lang]}
    if parameter.choices:
        schema["enum"] = list(parameter.choices)
    if parameter.type == "date":
        schema["examples"] = ["2023-08-01"]
    if parameter.default is not None:
        schema["default"] = parameter.default
    return schema
