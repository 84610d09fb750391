"""SHACL: the screen says what could be wrong, and pySHACL, whose word counts, judges that."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING

import pyoxigraph as ox

from msme_kg.errors import InputError, SafetyError, printable
from msme_kg.namespaces import RDF, SHACL, Prefixes
from msme_kg.shacl import prefilter_cache
from msme_kg.shacl.forked_worker import LARGE, Worker, processors
from msme_kg.shacl.indexed_graph import Graph, load_shapes
from msme_kg.shacl.model import Compiled, Key, Term
from msme_kg.shacl.prefilter import Change, Delta, Screened, screen
from msme_kg.shacl.pyshacl_runner import reported, rewritten
from msme_kg.shacl.rdflib_bridge import quiet, to_rdflib
from msme_kg.shacl.report import Finding, Report
from msme_kg.shacl.sparql_constraints import REFUSED
from msme_kg.storage import cache
from msme_kg.storage.dataset import Dataset

if TYPE_CHECKING:
    import rdflib


Progress = Callable[[str], None]


def silent(_: str) -> None:
    """Tell nobody what is being done."""


class Judge:
    """Judges graphs by some shapes."""

    def __init__(
        self,
        shapes: Dataset,
        prefixes: Prefixes,
        progress: Progress = silent,
        meanwhile: Callable[[], object] | None = None,
    ) -> None:
        """Take the shapes.

        Args:
            shapes: their files, with what declares their prefixes.
            prefixes: for paths and components.
            progress: is told what is being done.
            meanwhile: what to do while the shapes are compiled beside, unless a cache has them.

        Raises:
            InputError: a file is malformed; a shape is faulty, recursive, or asks what is not supported.
        """
        self._shapes, self._prefixes, self._progress = shapes, prefixes, progress
        self._compiled: Compiled = load_shapes(shapes, meanwhile)
        for key, reason in self._compiled.errors:
            raise self._faulty(key, reason)

    def _faulty(self, key: Key | None, reason: str) -> InputError | SafetyError:
        """Return the fault of a shape, with its place."""
        from msme_kg.storage.source_map import Positions, shape_place

        positions, quads = Positions(self._shapes), list(self._shapes.quads())
        positions.learn(quads)
        kind = SafetyError if reason == REFUSED else InputError
        return kind(
            f"{printable(_name(key, self._prefixes))}: {printable(reason)}",
            hint="correct it where the shapes are",
            place=shape_place(positions, quads, key) if key is not None else None,
        )

    def judged(self, data: Dataset, *, with_screen: bool = True) -> Report:
        """Return what is wrong in a graph.

        Args:
            data: the files of the graph; subclass axioms are read from them.
            with_screen: whether pySHACL judges only what the screen flagged.

        Raises:
            InputError: a file is malformed, or pySHACL finds a shape faulty.
        """
        screened = self._screened(data)
        if with_screen:
            return self._judged(data, screened)
        self._progress("judging")
        with quiet():
            rules, statements = to_rdflib(self._shapes.quads()), to_rdflib(data.quads())
            return _answer(self._findings(statements, rules, data), screened, self._prefixes)

    def read(self, data: Dataset) -> Graph | None:
        """Return a graph that is to be judged, not stored yet; None if the screen has judged it before.

        Raises:
            InputError: a file is malformed.
        """
        if prefilter_cache.load(self._key(data), self._compiled) is not None:
            return None
        self._progress("reading")
        return Graph.read(data)

    def _key(self, data: Dataset) -> str:
        return cache.key_of(data.key, self._shapes.key)

    def _screened(self, data: Dataset) -> Screened:
        """Return what the screen says of a graph; the same files are not screened again."""
        key = self._key(data)
        known = prefilter_cache.load(key, self._compiled)
        if known is not None:
            return known
        self._progress("reading")
        graph = Graph.read(data)
        self._progress("screening")
        screened = screen(graph, self._compiled)
        graph.keep()
        prefilter_cache.store(key, screened)
        return screened

    def changed(self, delta: Delta, before: Dataset, after: Dataset) -> Report:
        """Return what a change newly breaks, wherever that is; only what it can affect is judged.

        Args:
            delta: the change.
            before: the files before.
            after: the files after.

        Raises:
            InputError: a file is malformed, or pySHACL finds a shape faulty.
        """
        change = Change(delta, self._compiled)
        self._progress("screening")
        found = self._judged(after, change.after())
        wrong = _foci(found)
        return found.since(self._judged(before, change.before(wrong))) if wrong else found

    def mended(self, delta: Delta, before: Dataset, after: Dataset) -> Report:
        """Return what was wrong before a change and is not after it, wherever that is.

        Args:
            delta: the change.
            before: the files before.
            after: the files after.

        Raises:
            InputError: a file is malformed, or pySHACL finds a shape faulty.
        """
        change = Change(delta, self._compiled)
        found = self._judged(before, change.before())
        wrong = _foci(found)
        return found.since(self._judged(after, change.after(wrong))) if wrong else found

    def _judged(self, data: Dataset, screened: Screened) -> Report:
        """Let pySHACL judge what was flagged."""
        findings: tuple[Finding, ...] = ()
        if screened.flagged:
            self._progress(f"judging {sum(map(len, screened.flagged.values()))} focus nodes")
            lines = screened.deciding
            statements = data.quads() if lines is None else ox.parse(lines, ox.RdfFormat.N_TRIPLES)
            with quiet():
                rules, graph = rewritten(self._shapes.quads(), screened), to_rdflib(statements)
                findings = self._findings(graph, rules, data)
        return _answer(findings, screened, self._prefixes)

    def _findings(self, data: rdflib.Graph, shapes: rdflib.Graph, files: Dataset) -> tuple[Finding, ...]:
        from rdflib import BNode, URIRef

        from msme_kg.shacl.report_reader import ReportReader
        from msme_kg.storage.source_map import Positions

        try:
            with _indexed_beside(files):
                report = reported(data, shapes)
        except Exception as error:  # noqa: BLE001 (pySHACL raises many kinds on shapes that it cannot read)
            what = " ".join(str(error).split()) or type(error).__name__
            odd = [(key, f"{reason}: {what}") for key, reason in self._compiled.unknown.items()]
            raise self._faulty(*(odd[0] if odd else (None, f"faulty: {what}"))) from None
        positions = Positions(files)
        named = (URIRef(f"{SHACL}focusNode"), URIRef(f"{SHACL}value"))
        if any(isinstance(one, BNode) for name in named for one in report.objects(None, name)):
            positions.learn(list(files.quads()))
        aims = (shape.targets.objects_of for shape in self._compiled.shapes.values())
        pointing = {one.value for among in aims for one in among}
        reader = ReportReader(report, shapes, positions, self._prefixes, pointing)
        within = set(report.objects(None, URIRef(f"{SHACL}detail")))
        results = report.subjects(URIRef(f"{RDF}type"), URIRef(f"{SHACL}ValidationResult"))
        return tuple(reader.finding(result) for result in results if result not in within)


@contextmanager
def _indexed_beside(files: Dataset) -> Iterator[None]:
    """Have a process of its own prepare for telling lines of large files, done when this is left."""
    if processors() < 2 or sum(len(file.content) for file in files.files) < LARGE:
        yield
        return
    with Worker(partial(_index, files)) as beside:
        yield
        beside.answer()


def _index(files: Dataset) -> list[bytes]:
    from msme_kg.storage.source_map import Positions

    Positions(files).index()
    return []


def _foci(report: Report) -> set[Term]:
    return {one.focus for one in report.findings if one.focus is not None}


def _answer(findings: Iterable[Finding], screened: Screened, prefixes: Prefixes) -> Report:
    unscreened = tuple(sorted((_name(key, prefixes), reason) for key, reason in screened.unknown))
    return Report.of(findings, screened.shapes, screened.focus_nodes, unscreened)


def _name(key: Key | None, prefixes: Prefixes) -> str:
    return prefixes.shorten(key.value) or key.value if isinstance(key, ox.NamedNode) else "a shape"
