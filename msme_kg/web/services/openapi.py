"""OpenAPI 3.1 description of the API, made from the headers of the canned queries."""

from __future__ import annotations

from collections.abc import Collection, Iterable

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
_OF_CONTENT = {"413": "Content Too Large", "415": "Unsupported Media Type"}
"""Descriptions of the refusals of the content of a request, by status code."""


def build_openapi(
    queries: Iterable[CannedQuery],
    formats: Collection[str],
    syntaxes: Collection[str],
    note_formats: Collection[str],
    sections: Collection[str],
    lang: str,
    server: str,
) -> JsonObject:
    """Return the description.

    Args:
        queries: the canned queries.
        formats: the formats of tables.
        syntaxes: the RDF syntaxes of a description.
        note_formats: the formats of the note.
        sections: the sections of the note.
        lang: the language of its texts.
        server: the path under which the server is reached.
    """
    words = select_messages("web.", lang)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": words["title"],
            "description": words["description"],
            "version": __version__,
            "license": {"name": "CC BY 4.0", "identifier": "CC-BY-4.0"},
        },
        "servers": [{"url": server}],
        "paths": {
            **_describe_queries(queries, formats, lang),
            "/api/search": _describe_search(formats, lang),
            "/api/describe": _describe_description([*formats, *syntaxes], lang),
            "/api/terms": _describe_get(words["terms"], words["terms-about"], [], ["json"], lang),
            "/api/note": _describe_note(note_formats, sections, lang),
            **{
                f"/api/{name}": _describe_review(words[name], words["answer"])
                for name in ("check", "validate")
            },
        },
    }


def _describe_queries(queries: Iterable[CannedQuery], formats: Collection[str], lang: str) -> JsonObject:
    common = _describe_common(("limit", "labels", "deprecated"), lang)
    return {
        f"/api/{query.name}": _describe_get(
            query.title[lang],
            query.description[lang],
            [*(_convert_parameter(one, lang) for one in query.parameters), *common],
            formats,
            lang,
        )
        for query in queries
    }


def _describe_search(formats: Collection[str], lang: str) -> JsonObject:
    words = select_messages("web.", lang)
    parameters = [
        _describe_parameter("q", words["q"], {"type": "string", "minLength": 1}, required=True),
        *_describe_common(("limit", "labels", "deprecated"), lang),
    ]
    return _describe_get(words["search"], words["search-about"], parameters, formats, lang)


def _describe_description(formats: Collection[str], lang: str) -> JsonObject:
    words = select_messages("web.", lang)
    parameters = [
        _describe_parameter("name", words["name"], {"type": "string", "minLength": 1}, required=True),
        _describe_parameter("as_of", words["describe-as-of"], {"type": "string"}),
        *_describe_common(("limit", "labels"), lang),
    ]
    return _describe_get(words["describe"], words["describe-about"], parameters, formats, lang)


def _describe_common(names: Iterable[str], lang: str) -> list[JsonObject]:
    """Return parameters that several services have."""
    words = select_messages("web.", lang)
    schemas: dict[str, JsonObject] = {"limit": {"type": "integer", "minimum": 0}}
    return [_describe_parameter(name, words[name], schemas.get(name, {"type": "boolean"})) for name in names]


def _describe_note(formats: Collection[str], sections: Collection[str], lang: str) -> JsonObject:
    words = select_messages("web.", lang)
    several: JsonObject = {"type": "array", "items": {"type": "string", "enum": list(sections)}}
    parameters = [
        _describe_parameter("as_of", words["as-of"], {"type": "string"}),
        _describe_parameter("since", words["since"], {"type": "string"}),
        _describe_parameter("length", words["length"], {"type": "string", "enum": ["short", "full"]}),
        _describe_parameter("section", words["section"], several),
        _describe_parameter("for", words["for"], {"type": "string"}),
    ]
    return _describe_get(words["note"], words["note-about"], parameters, formats, lang)


def _describe_get(
    summary: str, description: str, parameters: list[JsonObject], formats: Collection[str], lang: str
) -> JsonObject:
    words = select_messages("web.", lang)
    return {
        "get": {
            "summary": summary,
            "description": description,
            "parameters": [
                *parameters,
                _describe_parameter("format", words["format"], {"type": "string", "enum": list(formats)}),
                _describe_parameter("lang", words["lang"], {"type": "string", "enum": list(LANGUAGES)}),
            ],
            "responses": _describe_responses(words["answer"]),
        }
    }


def _describe_review(summary: str, answer: str) -> JsonObject:
    text = {"schema": {"type": "string"}}
    return {
        "post": {
            "summary": summary,
            "requestBody": {"required": True, "content": dict.fromkeys(REVIEWED_TYPES, text)},
            "responses": _describe_responses(answer, **_OF_CONTENT),
        }
    }


def _describe_responses(answer: str, **further: str) -> JsonObject:
    problem = {"content": {PROBLEM_TYPE: {"schema": {"type": "object"}}}}
    return {
        "200": {"description": answer},
        **{
            status: {"description": phrase, **problem}
            for status, phrase in {"400": "Bad Request", **further, "503": "Service Unavailable"}.items()
        },
    }


def _convert_parameter(parameter: Parameter, lang: str) -> JsonObject:
    schema: JsonObject = dict(_TYPES.get(parameter.type, {"type": "string"}))
    if parameter.choices and not parameter.choice_names:
        schema["enum"] = list(parameter.choices)
    if parameter.default is not None and parameter.default != "today":
        schema["default"] = parameter.default
    return _describe_parameter(parameter.name, parameter.help[lang], schema, required=parameter.required)


def _describe_parameter(
    name: str, description: str, schema: JsonObject, *, required: bool = False
) -> JsonObject:
    return {"name": name, "in": "query", "required": required, "description": description, "schema": schema}
