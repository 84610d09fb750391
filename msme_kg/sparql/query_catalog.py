"""Catalog of the query files of a repository, by group and name."""

from __future__ import annotations

import json
import re
from pathlib import PurePosixPath
from typing import Any

from msme_kg.errors import InputError, SourceLocation, UsageError, find_close_matches
from msme_kg.message_catalog import build_text, join_alternatives, quote_text
from msme_kg.repository import Repository
from msme_kg.sparql.canned import CannedQuery
from msme_kg.sparql.query_header import parse_header, parse_query
from msme_kg.storage import cache

CANNED = "canned"
"""The group of the canned queries: all folders but those of the other groups."""
CHECKS, TEMPLATES, BRIEFING, EXPORT = "checks", "templates", "briefing", "export"
DESCRIPTIONS = "descriptions"
"""The groups that are a folder each: checks, and queries of ``new``, ``brief``, exports and ``describe``."""
_FOLDERS = {CHECKS, TEMPLATES, BRIEFING, EXPORT, DESCRIPTIONS}

_KIND = "headers"
_MAX_SUGGESTIONS = 3
_NAME = re.compile(r"\w[\w-]{0,99}")
_WATCHED = re.compile(rb"^#\+ *watched *:", re.MULTILINE)
_MESSAGES = {CANNED: ("error.no-query", "error.query-lists"), TEMPLATES: ("error.no-kind", "error.new-lists")}
"""The messages that there is no query of a name, and their hints."""


class QueryCatalog:
    """The queries under ``queries/``; each file is read when it is asked for."""

    def __init__(self, repository: Repository) -> None:
        self._repository = repository

    def list(self, group: str) -> dict[str, str]:
        """Return the paths of the queries of a group by name, sorted.

        Raises:
            InputError: two files have the same name, or a name cannot be part of an IRI.
        """
        paths: dict[str, str] = {}
        for path in self._repository.find_query_files():
            folder = PurePosixPath(path).parts[1]
            if (folder if folder in _FOLDERS else CANNED) != group:
                continue
            name = PurePosixPath(path).stem
            if not _NAME.fullmatch(name):
                message = "the name of a query consists of at most 100 letters, digits, - and _"
                raise InputError(message, location=SourceLocation(path), hint="rename the file")
            if name in paths:
                message = f"two queries are called {name!r}: {paths[name]} and {path}"
                raise InputError(message, location=SourceLocation(path))
            paths[name] = path
        return dict(sorted(paths.items()))

    def get(self, group: str, name: str) -> CannedQuery:
        """Return the query of a name.

        Raises:
            UsageError: there is none in the group; those that are about such a thing are in the hint, then
                names that look alike.
            InputError: its header is malformed.
        """
        paths = self.list(group)
        if name not in paths:
            near = self.suggest_names(group, name)
            message_id, hint_id = _MESSAGES.get(group, ("error.no-query-of-group", "error.restore-query"))
            raise UsageError(
                build_text(message_id, name=quote_text(name), group=group),
                hint=build_text("error.did-you-mean", names=join_alternatives(near))
                if near
                else build_text(hint_id),
            )
        return self._read(paths[name])[0]

    def suggest_names(self, group: str, name: str) -> tuple[str, ...]:
        """Return names that one that does not exist can be meant for, the likeliest first."""
        from msme_kg.sparql.query_search import find_queries  # names that exist do not wait for it

        mistyped = find_close_matches(name, self.list(group), _MAX_SUGGESTIONS, 0.9)
        if mistyped:
            return tuple(mistyped)
        close = find_close_matches(name, self.list(group), _MAX_SUGGESTIONS, 0.5)
        names = dict.fromkeys([*find_queries(self.get_all(group), name), *close])
        return tuple(names)[:_MAX_SUGGESTIONS]

    def get_all(self, group: str) -> tuple[CannedQuery, ...]:
        """Return the queries of a group, sorted by name.

        Raises:
            InputError: a header is malformed, or two files have the same name.
        """
        return self._read(*self.list(group).values())

    def get_watched(self) -> tuple[CannedQuery, ...]:
        """Return the canned queries whose answers a review of an update compares; no other is parsed.

        Raises:
            InputError: a header is malformed.
        """
        paths = self.list(CANNED).values()
        return self._read(*(path for path in paths if _WATCHED.search(self._repository.read(path))))

    def _read(self, *paths: str) -> tuple[CannedQuery, ...]:
        """Return the queries in some files; their headers come from the cache, if they were parsed before."""
        texts = [self._repository.read_text(path) for path in paths]
        key = cache.compute_cache_key(cache.compute_code_key(), *paths, *texts)
        headers = cache.load(_KIND, key, lambda parts: _decode(parts["json"], len(paths)))
        if headers is not None:
            return tuple(map(parse_query, texts, paths, headers))
        headers = list(map(parse_header, texts, paths))
        queries = tuple(map(parse_query, texts, paths, headers))
        content = json.dumps(headers)
        if json.loads(content) == headers:  # not so with keys that are not text
            cache.store(_KIND, key, {"json": content.encode()})
        return queries


def _decode(content: memoryview, count: int) -> list[dict[str, Any]]:
    """Return some headers as they were stored.

    Raises:
        ValueError: they are not headers.
    """
    headers: list[dict[str, Any]] = json.loads(bytes(content))
    if [type(header) for header in headers] != [dict] * count:
        raise ValueError(count)
    return headers
