"""SHACL by pySHACL: the judge whose word counts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

import pyoxigraph as ox

from msme_kg.check.findings import Finding
from msme_kg.errors import InputError, printable
from msme_kg.graph.dataset import Dataset
from msme_kg.graph.order import Term, parts
from msme_kg.graph.positions import Positions
from msme_kg.names import LANGUAGES, RDF, SHACL, Prefixes, language_tag

if TYPE_CHECKING:
    import rdflib
    from rdflib.term import Node

_SEVERITIES = {f"{SHACL}Violation": "violation", f"{SHACL}Warning": "warning", f"{SHACL}Info": "info"}


def judge(data: Dataset, shapes: Dataset, positions: Positions, prefixes: Prefixes) -> Iterator[Finding]:
    """Yield what shapes find wrong in a graph.

    Args:
        data: ontology, vocabularies and data; subclass axioms are read from it.
        shapes: the shapes, with the ontology that declares their prefixes.
        positions: where statements of the data stand.
        prefixes: for paths.

    Raises:
        InputError: a shape is faulty.
    """
    import pyshacl
    from pyshacl.errors import ReportableRuntimeError
    from rdflib import URIRef

    shapes_graph = to_rdflib(shapes.quads())
    try:
        _, report, _ = pyshacl.validate(to_rdflib(data.quads()), shacl_graph=shapes_graph, advanced=False)
    except (ReportableRuntimeError, ValueError) as error:
        raise InputError(
            f"a shape is faulty: {printable(' '.join(str(error).split()))}",
            hint="correct it in ontology/shapes/",
        ) from None
    for result in report.subjects(URIRef(f"{RDF}type"), URIRef(f"{SHACL}ValidationResult")):
        yield _finding(report, result, shapes_graph, positions, prefixes)


def to_rdflib(quads: Iterable[ox.Quad]) -> rdflib.Graph:
    """Return statements as an rdflib graph, with their lexical forms as written."""
    import rdflib

    rdflib.NORMALIZE_LITERALS = False  # each time: pySHACL switches it on again
    graph = rdflib.Graph()
    known: dict[object, Node] = {}
    for quad in quads:
        terms = parts(quad)
        for term in terms:
            if term not in known:
                known[term] = _to_rdflib(term)
        graph.add((known[terms[0]], known[terms[1]], known[terms[2]]))
    return graph


def _to_rdflib(term: Term) -> Node:
    from rdflib import BNode, Literal, URIRef

    if isinstance(term, ox.NamedNode):
        return URIRef(term.value)
    if isinstance(term, ox.BlankNode):
        return BNode(term.value)
    if term.language:
        return Literal(term.value, lang=language_tag(term.language))
    if term.datatype.value.endswith("#string"):
        return Literal(term.value)
    return Literal(term.value, datatype=URIRef(term.datatype.value))


def _finding(
    report: rdflib.Graph, result: Node, shapes: rdflib.Graph, positions: Positions, prefixes: Prefixes
) -> Finding:
    from rdflib import URIRef

    def one(name: str) -> Node | None:
        return report.value(result, URIRef(f"{SHACL}{name}"))

    focus, path, value, shape = one("focusNode"), one("resultPath"), one("value"), one("sourceShape")
    found = positions.place(str(focus), str(path) if isinstance(path, URIRef) else None, _to_ox(value))
    return Finding(
        focus=str(focus),
        path=_path(report, path, prefixes) if path is not None else "",
        value="" if value is None else str(value),
        severity=_SEVERITIES.get(str(one("resultSeverity")), "violation"),
        message=_message(report, result, shapes, shape),
        shape=str(shape),
        constraint=prefixes.shorten(str(one("sourceConstraintComponent"))) or "",
        file=found.file if found else "",
        line=found.line if found else 0,
    )


def _message(
    report: rdflib.Graph, result: Node, shapes: rdflib.Graph, shape: Node | None
) -> Mapping[str, str]:
    """Return the message by language: as reported, else as the shape has it, since tags may be lost."""
    from rdflib import Literal, URIRef

    found: dict[str, str] = {}
    sources = [report.objects(result, URIRef(f"{SHACL}resultMessage"))]
    if shape is not None:
        constraint = report.value(result, URIRef(f"{SHACL}sourceConstraint"))
        sources += [
            shapes.objects(one, URIRef(f"{SHACL}message")) for one in (constraint, shape) if one is not None
        ]
    for source in sources:
        for text in source:
            if isinstance(text, Literal):
                found.setdefault(language_tag(text.language or ""), str(text))
    plain = next(iter(found.values()), "does not conform")
    return {language: found.get(language) or found.get("") or plain for language in LANGUAGES}


def _path(report: rdflib.Graph, path: Node, prefixes: Prefixes) -> str:
    """Return a property path as SPARQL writes it."""
    from rdflib import URIRef
    from rdflib.collection import Collection

    if isinstance(path, URIRef):
        return prefixes.shorten(str(path)) or f"<{path}>"
    marks = (
        ("inversePath", "^", ""),
        ("zeroOrMorePath", "", "*"),
        ("oneOrMorePath", "", "+"),
        ("zeroOrOnePath", "", "?"),
    )
    for name, before, after in marks:
        inner = report.value(path, URIRef(f"{SHACL}{name}"))
        if inner is not None:
            return f"{before}{_path(report, inner, prefixes)}{after}"
    alternative = report.value(path, URIRef(f"{SHACL}alternativePath"))
    members = Collection(report, path if alternative is None else alternative)
    return ("|" if alternative is not None else "/").join(
        _path(report, member, prefixes) for member in members
    )


def _to_ox(value: Node | None) -> ox.NamedNode | ox.Literal | None:
    from rdflib import Literal, URIRef

    if isinstance(value, URIRef):
        return ox.NamedNode(str(value))
    if isinstance(value, Literal):
        if value.language:
            return ox.Literal(str(value), language=value.language)
        return ox.Literal(str(value), datatype=ox.NamedNode(str(value.datatype)) if value.datatype else None)
    return None
