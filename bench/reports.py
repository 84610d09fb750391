"""Comparable form of the reports of several tools."""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Mapping
from pathlib import Path

import pyoxigraph as ox

_SH = "http://www.w3.org/ns/shacl#"
_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_SUFFIXES = {"zeroOrMorePath": "*", "oneOrMorePath": "+", "zeroOrOnePath": "?"}


_CURIE = re.compile(r"(?<![<\w:/#])([a-z][a-z0-9-]*):([\w.-]+)")


def lines(report: Path, form: str, prefixes: Mapping[str, str]) -> list[str]:
    """Return the results of a report, sorted, with repetitions.

    Args:
        report: the file.
        form: ``shacl`` for a W3C report in Turtle, ``json`` for our own findings, ``csv`` for rows.
        prefixes: how our own findings shorten IRIs.
    """
    if form == "csv":
        return sorted(report.read_text(encoding="utf-8").splitlines()[1:])
    if form == "json":
        found = json.loads(report.read_text(encoding="utf-8"))["findings"]
        return sorted(_own(one, prefixes) for one in found)
    return sorted(_Report(report).results().elements())


def _own(finding: Mapping[str, str], prefixes: Mapping[str, str]) -> str:
    """Return focus node, component and path of a finding of ours, as in a W3C report."""
    path = _CURIE.sub(lambda found: f"<{prefixes[found[1]]}{found[2]}>", finding["path"])
    component = finding["constraint"].removeprefix("sh:").removesuffix("ConstraintComponent")
    return _line(f"<{finding['focus']}>", component, path)


def _line(focus: str, component: str, path: str) -> str:
    """Return a result as a line; its path has no brackets, which tools write differently."""
    return f"{focus}\t{component}\t{re.sub('[() ]', '', path)}"


class _Report:
    """Results of a W3C validation report."""

    def __init__(self, path: Path) -> None:
        self._said: dict[str, dict[str, list[object]]] = defaultdict(lambda: defaultdict(list))
        for quad in ox.parse(path=str(path), format=ox.RdfFormat.TURTLE):
            self._said[str(quad.subject)][quad.predicate.value].append(quad.object)

    def results(self) -> Counter[str]:
        """Return focus node, component and path of each top-level result, with repetitions."""
        top = [str(one) for said in self._said.values() for one in said.get(f"{_SH}result", [])]
        return Counter(self._result(node) for node in top)

    def _result(self, node: str) -> str:
        said = self._said[node]
        focus = " ".join(str(one) for one in said[f"{_SH}focusNode"])
        component = " ".join(_local(one) for one in said[f"{_SH}sourceConstraintComponent"])
        path = " ".join(self._path(one) for one in said[f"{_SH}resultPath"])
        return _line(focus, component, path)

    def _path(self, node: object) -> str:
        if isinstance(node, ox.NamedNode):
            return str(node)
        said = self._said[str(node)]
        if f"{_RDF}first" in said:
            return f"({'/'.join(self._list(node))})"
        if found := said.get(f"{_SH}inversePath"):
            return f"^{self._path(found[0])}"
        if found := said.get(f"{_SH}alternativePath"):
            return f"({'|'.join(self._list(found[0]))})"
        for name, suffix in _SUFFIXES.items():
            if found := said.get(_SH + name):
                return f"({self._path(found[0])}){suffix}"
        return "?"

    def _list(self, node: object) -> list[str]:
        items: list[str] = []
        while isinstance(node, ox.BlankNode):
            said = self._said[str(node)]
            items.append(self._path(said[f"{_RDF}first"][0]))
            node = said[f"{_RDF}rest"][0]
        return items


def _local(term: object) -> str:
    return str(term).strip("<>").rpartition("#")[2].removesuffix("ConstraintComponent")
