"""SHACL by pySHACL: the judge whose word counts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyoxigraph as ox

from msme_kg.check.findings import Finding
from msme_kg.check.graphs import to_rdflib
from msme_kg.check.reading import ReportReader
from msme_kg.check.screen import Screened, screen
from msme_kg.check.screen.judge import judged
from msme_kg.errors import InputError, printable
from msme_kg.graph.positions import Positions
from msme_kg.names import RDF, SHACL, Prefixes

if TYPE_CHECKING:
    import rdflib


@dataclass(frozen=True)
class Judged:
    """What judging found.

    Attributes:
        findings: what is wrong.
        shapes: how many shapes have targets.
        focus_nodes: how many pairs of shape and focus node were judged.
    """

    findings: tuple[Finding, ...]
    shapes: int
    focus_nodes: int


def judge(
    data: Iterable[ox.Quad],
    shapes: Iterable[ox.Quad],
    positions: Positions,
    prefixes: Prefixes,
    *,
    with_screen: bool = True,
) -> Judged:
    """Return what shapes find wrong in a graph.

    The screen finds the focus nodes that could violate a shape, and pySHACL judges just those.

    Args:
        data: the statements to judge; subclass axioms are read from them.
        shapes: the shapes, with what declares their prefixes.
        positions: where statements of the data stand.
        prefixes: for paths and components.
        with_screen: whether the screen comes first; without it pySHACL judges everything.

    Raises:
        InputError: a shape is faulty, recursive, or asks what is not supported.
    """
    from pyshacl.errors import ReportableRuntimeError
    from rdflib import URIRef

    statements, rules = list(data), list(shapes)
    screened = screen(statements, rules)
    for key, reason in screened.errors:
        name = prefixes.shorten(key.value) or key.value if key is not None else "a shape"
        raise InputError(f"{printable(name)}: {printable(reason)}", hint="correct it where the shapes are")
    shapes_graph = to_rdflib(rules)
    try:
        if with_screen and not screened.flagged:
            return Judged((), screened.shapes, screened.focus_nodes)
        report = _report(to_rdflib(statements), shapes_graph, screened if with_screen else None)
    except (ReportableRuntimeError, ValueError) as error:
        raise InputError(
            f"a shape is faulty: {printable(' '.join(str(error).split()))}",
            hint="correct it where the shapes are",
        ) from None
    reader = ReportReader(report, shapes_graph, positions, prefixes)
    within = set(report.objects(None, URIRef(f"{SHACL}detail")))
    results = report.subjects(URIRef(f"{RDF}type"), URIRef(f"{SHACL}ValidationResult"))
    findings = tuple(reader.finding(result) for result in results if result not in within)
    return Judged(findings, screened.shapes, screened.focus_nodes)


def _report(data: rdflib.Graph, shapes: rdflib.Graph, screened: Screened | None) -> rdflib.Graph:
    if screened is not None:
        return judged(data, shapes, screened)
    import pyshacl

    _, report, _ = pyshacl.validate(data, shacl_graph=shapes, advanced=False)
    if isinstance(report, Exception):
        raise report
    found: rdflib.Graph = report
    return found
