"""OpenAPI 3.1 description of the API, made from the headers of the canned queries."""

from __future__ import annotations

from collections.abc import Iterable

from msme_kg.message_catalog import select_messages
from msme_kg.namespaces import LANGUAGES
from msme_kg.sparql.canned import CannedQuery, Parameter
from msme_kg.version import __version__
from msme_kg.web.problem import PROBLEM_TYPE
from msme_kg.web.services.review_service import REVIEWED_TYPES

_TYPES: dict[str, dict[str, object]] = {
    "integer": {"type": "integer"},
    "number": {"type": "number"},
    "flag": {"type": "boolean"},
}
JsonObject = dict[str, object]


def build_openapi(
    queries: Iterable[CannedQuery],
    formats: Iterable[str],
    note_formats: Iterable[str],
    lang: str,
    server: str,
) -> JsonObject:
    """Return the description.

    Args:
        queries: the canned queries.
        formats: the formats of tables.
        note_formats: the formats of the note.
        lang: the language of its texts.
        server: the path under which the server is reached.
    """
    words = select_messages("web.", lang)
    table_formats, document_formats = list(formats), list(note_formats)

    def describe_get(
        summary: str, description: str, parameters: list[JsonObject], kinds: list[str]
    ) -> JsonObject:
        return {
            "get": {
                "summary": summary,
                "description": description,
                "parameters": [
                    *parameters,
                    _describe_parameter("format", words["format"], {"type": "string", "enum": kinds}),
                    _describe_parameter("lang", words["lang"], {"type": "string", "enum": list(LANGUAGES)}),
                ],
                "responses": _describe_responses(words["answer"]),
            }
        }

    limit = _describe_parameter("limit", words["limit"], {"type": "integer", "minimum": 0})
    flags = [
        _describe_parameter(name, words[name], {"type": "boolean"}) for name in ("labels", "deprecated")
    ]
    paths: JsonObject = {
        f"/api/{query.name}": describe_get(
            query.title[lang],
            query.description[lang],
            [*(_convert_parameter(one, lang) for one in query.parameters), limit, *flags],
            table_formats,
        )
        for query in queries
    }
    text = {"type": "string", "minLength": 1}
    paths["/api/search"] = describe_get(
        words["search"],
        words["search-description"],
        [_describe_parameter("q", words["q"], text, required=True), limit],
        table_formats,
    )
    paths["/api/describe"] = describe_get(
        words["describe"],
        words["describe-description"],
        [_describe_parameter("name", words["name"], text, required=True)],
        table_formats,
    )
    day = {"type": "string"}
    paths["/api/note"] = describe_get(
        words["note"],
        words["note-description"],
        [
            _describe_parameter("as_of", words["as-of"], day),
            _describe_parameter("since", words["since"], day),
            _describe_parameter("length", words["length"], {"type": "string", "enum": ["short", "full"]}),
        ],
        document_formats,
    )
    for name in ("check", "validate"):
        paths[f"/api/{name}"] = {"post": _describe_review(words[name], words["answer"])}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": words["title"],
            "description": words["description"],
            "version": __version__,
            "license": {"name": "CC BY 4.0", "identifier": "CC-BY-4.0"},
        },
        "servers": [{"url": server}],
        "paths": paths,
    }


def _describe_review(summary: str, answer: str) -> JsonObject:
    text = {"schema": {"type": "string"}}
    return {
        "summary": summary,
        "requestBody": {"required": True, "content": dict.fromkeys(REVIEWED_TYPES, text)},
        "responses": _describe_responses(answer),
    }


def _describe_responses(answer: str) -> JsonObject:
    problem = {"content": {PROBLEM_TYPE: {"schema": {"type": "object"}}}}
    return {
        "200": {"description": answer},
        **{
            status: {"description": phrase, **problem}
            for status, phrase in (("400", "Bad Request"), ("503", "Service Unavailable"))
        },
    }


def _convert_parameter(parameter: Parameter, lang: str) -> JsonObject:
    schema: JsonObject = dict(_TYPES.get(parameter.type, {"type": "string"}))
    if parameter.choices and not parameter.choice_names:
        schema["enum"] = list(parameter.choices)
    if parameter.default is not None and parameter.default != "today":
        schema["default"] = parameter.default
    return _describe_parameter(
        parameter.name, parameter.help[lang], schema, required=parameter.required
    )


def _describe_parameter(name: str, description: str, schema: JsonObject, *, required: bool = False) -> JsonObject:
    return {"name": name, "in": "query", "required": required, "description": description, "schema": schema}
