"""Terms as text: N-Triples, Turtle and SPARQL forms, and the total order of terms and quads."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

import pyoxigraph as ox

from msme_kg.namespaces import XSD
from msme_kg.rdf.terms import Term, normalize_language_tag

# Control characters, marks of text direction, and the "u" that would turn a backslash into an escape.
_CHARS_TO_ESCAPE = re.compile(
    r"([\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]|(?<=\\)[uU])"
)
_SHORTHAND_PATTERNS = {
    f"{XSD}integer": re.compile(r"[+-]?[0-9]+"),
    f"{XSD}decimal": re.compile(r"[+-]?[0-9]*\.[0-9]+"),
    f"{XSD}double": re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)[eE][+-]?[0-9]+"),
    f"{XSD}boolean": re.compile(r"true|false"),
}


def quote_string(text: str) -> str:
    """Return text as a quoted string on one line, for N-Triples, Turtle and SPARQL."""
    out = text.replace("\\", "\\\\").replace('"', '\\"')
    out = out.replace("\n", "\\n").replace("\r", "\\r").replace("\t", "\\t")
    return '"' + re.sub(r"[\x00-\x1f\x7f]", lambda match: f"\\u{ord(match[0]):04X}", out) + '"'


def is_shorthand(text: str, datatype: str) -> bool:
    """Return True if Turtle writes a literal without quotes (RDF 1.1 Turtle §2.5.2, §2.5.3)."""
    pattern = _SHORTHAND_PATTERNS.get(datatype)
    return pattern is not None and pattern.fullmatch(text) is not None


def format_term(
    term: Term,
    shorten: Callable[[str], str | None] | None = None,
    is_bare: Callable[[ox.Literal], bool] | None = None,
) -> str:
    """Return a term as text; by default in N-Triples.

    pyoxigraph lower-cases language tags, so ``str(literal)`` must not be used for output: this function
    restores their recommended case.

    Args:
        term: the term.
        shorten: a function that returns the CURIE of an IRI, or None.
        is_bare: a predicate of literals to be written as their lexical form, without quotes.
    """
    if isinstance(term, ox.NamedNode):
        return (shorten and shorten(term.value)) or f"<{term.value}>"
    if isinstance(term, ox.BlankNode):
        return str(term)
    if is_bare is not None and is_bare(term):
        return term.value
    return _append_type(quote_string(term.value), term, shorten)


def to_sparql(term: ox.NamedNode | ox.Literal) -> str:
    """Return a term as text of a SPARQL query or update.

    User input reaches a query only through this function, as a term; it cannot end a token early.
    """
    # Some engines decode \\u escapes before they read strings, and accept eight digits after \\u.
    pieces = _CHARS_TO_ESCAPE.split(term.value)
    pieces[1::2] = (f"\\U{ord(piece):08X}" for piece in pieces[1::2])
    if isinstance(term, ox.NamedNode):
        return f"<{''.join(pieces)}>"
    pieces[::2] = (quote_string(piece)[1:-1] for piece in pieces[::2])
    return _append_type(f'"{"".join(pieces)}"', term, None)


def _append_type(quoted: str, literal: ox.Literal, shorten: Callable[[str], str | None] | None) -> str:
    if literal.language:
        return f"{quoted}@{normalize_language_tag(literal.language)}"
    if literal.datatype.value == f"{XSD}string":
        return quoted
    return f"{quoted}^^{format_term(literal.datatype, shorten)}"


def compute_sort_key(term: Term) -> tuple[str, str, str]:
    """Return the sort key of a term: the parts of its N-Triples form."""
    if isinstance(term, ox.Literal):
        return (quote_string(term.value), term.language or "", term.datatype.value)
    return (str(term), "", "")


def sort_quads(quads: Iterable[ox.Quad]) -> list[ox.Quad]:
    """Return quads sorted by graph, then by their lines in N-Quads, without duplicates."""
    unique = list(set(quads))
    lines = (ox.serialize(unique, format=ox.RdfFormat.N_QUADS) or b"").decode().split("\n")[:-1]
    graphs = [str(quad.graph_name) for quad in unique]
    return [quad for *_, quad in sorted(zip(graphs, lines, unique, strict=True))]
