"""Suggestion of the declaration for a prefix that a file uses and the ontology declares."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from msme_kg.errors import InputError
from msme_kg.message_catalog import build_text
from msme_kg.repository import MAIN_ONTOLOGY, Repository
from msme_kg.storage.dataset import Dataset


@contextmanager
def suggest_prefixes(repository: Repository) -> Iterator[None]:
    """Add the ontology's declaration to the hint of an error about a prefix that is not declared."""
    try:
        yield
    except InputError as error:
        match = re.match(r"the prefix `(\S*):` is not declared", error.message)
        file = error.location.file if error.location else ""
        if error.code != "syntax/unknown-prefix" or match is None or file == MAIN_ONTOLOGY:
            raise
        namespace = Dataset.from_repository(repository, [MAIN_ONTOLOGY]).prefixes.get(match[1])
        if namespace is None or not file.endswith((".ttl", ".trig")):
            raise
        hint = build_text("error.declare-prefix", declaration=f"@prefix {match[1]}: <{namespace}> .")
        raise InputError(error.message, hint=hint, location=error.location, code=error.code) from None
