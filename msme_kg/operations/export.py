"""Export of the graph in an RDF syntax, or as CSV tables."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial

import pyoxigraph as ox

from msme_kg.entities.lifetimes import list_absent
from msme_kg.errors import UsageError, find_close_matches, to_printable
from msme_kg.namespaces import PrefixMap
from msme_kg.operations.open_graph import OpenGraph
from msme_kg.operations.query import find_exceeded_record_end
from msme_kg.publish.atomic_folder import TargetFolder
from msme_kg.rdf.entity_filter import drop_entities
from msme_kg.rdf.serializers import SYNTAXES, serialize
from msme_kg.rendering.csv_tables import build_csv_tables
from msme_kg.repository import MAIN_ONTOLOGY, Repository, to_graph_iri
from msme_kg.sparql.query_catalog import EXPORT, QueryCatalog
from msme_kg.sparql.results import Term
from msme_kg.storage.dataset import Dataset
from msme_kg.storage.snapshot import read_snapshot
from msme_kg.storage.statement_batches import read_batches


@dataclass(frozen=True)
class Export:
    """The statements to export: files, less the entities that did not hold on a date.

    Attributes:
        dataset: the files.
        prefixes: the prefix map of the ontology.
        dropped: the entities to leave out, with the links to them.
        table_rows: for CSV tables, pairs of table name and entity.
        record_end: the last day of the record if the date lies after it, else None.
    """

    dataset: Dataset
    prefixes: PrefixMap
    dropped: frozenset[Term | None] = frozenset()
    table_rows: tuple[tuple[str, Term], ...] = ()
    record_end: str | None = None

    @classmethod
    def read(
        cls,
        repository: Repository,
        graphs: Sequence[str] = (),
        *,
        as_of: str | None = None,
        with_tables: bool = False,
        with_deprecated: bool = False,
    ) -> Export:
        """Read the files and ask the queries that decide about them.

        Args:
            repository: the graph.
            graphs: files, folders or graph IRIs to export instead of the default graph.
            as_of: a date, ``YYYY-MM-DD``, or a year or month for its last day that is not in the future:
                entities that certainly had not begun on it, or had ended, are left out.
            with_tables: whether ``write_tables`` will be called.
            with_deprecated: whether tables have deprecated entities; other syntaxes always have them.

        Raises:
            msme_kg.errors.UsageError: no graph has this name, or the date is malformed.
            msme_kg.errors.InputError: a file is malformed.
        """
        list_files = (
            partial(_find_files, repository, graphs) if graphs else repository.list_default_graph_files
        )

        def read() -> tuple[Dataset, OpenGraph | None]:
            dataset = Dataset.from_repository(repository, list_files)
            if as_of is None and not with_tables:
                return dataset, None
            return dataset, OpenGraph.from_files(repository, "en", None if graphs else dataset)

        dataset, graph = read_snapshot(repository.root, read)
        if graph is None:
            return cls(dataset, Dataset.from_repository(repository, [MAIN_ONTOLOGY]).prefixes)

        def select(name: str) -> tuple[tuple[Term | None, ...], ...]:
            query = QueryCatalog(repository).get(EXPORT, name)
            return graph.run_query(query, {}, deprecated=with_deprecated).solutions.rows

        day = graph.parse_day(as_of) if as_of is not None else None
        absent = list_absent(graph.lifetimes, day.isoformat()) if day is not None else ()
        tables = select("tables") if with_tables else ()
        deprecated = select("deprecated") if with_tables and not with_deprecated else ()
        return cls(
            dataset,
            graph.prefixes,
            frozenset([*map(ox.NamedNode, absent), *(entity for entity, *_ in deprecated)]),
            tuple((table.value, entity) for table, entity in tables if table and entity),
            find_exceeded_record_end(graph, day) if day is not None else None,
        )

    def serialize(self, syntax: str) -> Iterator[str]:
        """Yield the statements in one of ``msme_kg.rdf.serializers.SYNTAXES``, in chunks.

        Raises:
            msme_kg.errors.InputError: a file is malformed, or the syntax cannot express it.
        """
        if self.dropped:
            return iter([serialize(self._select_quads(), syntax, self.prefixes)])
        return SYNTAXES[syntax](read_batches(self.dataset, syntax), self.prefixes)

    def write_tables(
        self, target: TargetFolder, *, guard_formulas: bool = False, with_bom: bool = False
    ) -> None:
        """Write a CSV table for each kind of entity into a folder, which is replaced as a whole.

        Args:
            target: the folder, looked at before the graph was read.
            guard_formulas: whether an apostrophe precedes what a spreadsheet would take for a formula.
            with_bom: whether each file begins with a byte order mark, which Excel needs.

        Raises:
            msme_kg.errors.InputError: a file is malformed.
            msme_kg.errors.SafetyError: a file of the folder was edited meanwhile.
            msme_kg.errors.WriteError: the folder could not be written; it is as before.
        """
        tables = build_csv_tables(
            self._select_quads(),
            self.table_rows,
            self.prefixes,
            guard_formulas=guard_formulas,
            with_bom=with_bom,
        )
        target.write(tables)

    def _select_quads(self) -> Iterator[ox.Quad]:
        quads = self.dataset.parse_quads()
        return drop_entities(quads, self.dropped) if self.dropped else quads


def _find_files(repository: Repository, names: Sequence[str]) -> list[str]:
    """Return the files for names: each a file, a folder, or the IRI of a named graph."""
    files = repository.list_all_files()
    chosen: set[str] = set()
    for name in names:
        stem = name.strip("/").removesuffix(".ttl")
        matches = [
            path
            for path in files
            if path.removesuffix(".ttl") == stem or path.startswith(f"{stem}/") or to_graph_iri(path) == name
        ]
        if not matches:
            near = find_close_matches(stem, [path.removesuffix(".ttl") for path in files], 3)
            hint = (
                f"did you mean {' or '.join(near)}?" if near else "name a file or folder such as data/actors"
            )
            raise UsageError(f"no graph is called {to_printable(name)!r}", hint=hint)
        chosen.update(matches)
    return sorted(chosen)
