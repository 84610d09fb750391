"""Data operations of SPARQL Update (§3.1.1, §3.1.2), parsed without an engine to keep lexical forms."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pyoxigraph as ox

from msme_kg.sparql.query_lexer import tokenize


@dataclass(frozen=True)
class DataOperation:
    """An ``INSERT DATA`` or ``DELETE DATA`` operation.

    Attributes:
        is_insert: whether it inserts the quads.
        quads: the data; quads in the default graph belong to the file of their subject.
    """

    is_insert: bool
    quads: tuple[ox.Quad, ...]


def parse_data_operations(text: str, prefixes: Mapping[str, str]) -> list[DataOperation] | None:
    """Return the data operations of an update, in order and with literals as written.

    Args:
        text: a well-formed update.
        prefixes: those that need no declaration.

    Returns:
        None if the update has any other operation, or data that TriG does not allow.
    """
    declared: dict[str, dict[str, str]] = defaultdict(dict)

    def add_prefix(name: str, iri: str) -> None:
        declared[name.rpartition(".")[2]][name] = iri  # a token holds the end of a name with dots

    for prefix, namespace in prefixes.items():
        add_prefix(prefix, f"<{namespace}>")
    operations = []
    for head, data in _split_operations(text):
        start = 0
        while head[start : start + 1] == ["PREFIX"]:
            name, iri = head[start + 1 : start + 3]
            add_prefix(name.removesuffix(":"), iri)
            start += 3
        operation = head[start:]
        if not operation and not data:
            continue
        if operation not in (["INSERT", "DATA"], ["DELETE", "DATA"]):
            return None
        last, used = "", set()
        for match in tokenize(data):
            last = match[0]
            if match["local"]:
                used.add(match["word"] or "")
        # Only the prefixes used: each of many operations may declare others.
        pairs = (pair for end in used & declared.keys() for pair in declared[end].items())
        head_lines = "".join(f"PREFIX {name}: {iri}\n" for name, iri in pairs)
        # SPARQL lets the last triple end without a dot; a comment may follow it.
        dot = "" if last in {"", ".", "}"} else "\n."
        try:
            quads = tuple(ox.parse(f"{head_lines}{data}{dot}", format=ox.RdfFormat.TRIG))
        except (SyntaxError, MemoryError):  # MemoryError: a term too long for the parser of TriG
            return None
        operations.append(DataOperation(operation[0] == "INSERT", quads))
    return operations or None


def _split_operations(text: str) -> Iterator[tuple[list[str], str]]:
    """Yield the tokens before each outermost pair of braces, keywords in upper case, and the text inside.

    The tokens after the last pair come with an empty text.
    """
    head: list[str] = []
    depth = start = 0
    for match in tokenize(text):
        if match[0] == "{":
            depth += 1
            start = match.end() if depth == 1 else start
        elif match[0] == "}":
            depth -= 1
            if not depth:
                yield head, text[start : match.start()]
                head = []
        elif not depth and match[0] != ";":
            head.append(match[0].upper() if match["keyword"] else match[0])
    yield head, ""
