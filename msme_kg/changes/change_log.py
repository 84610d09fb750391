"""Change log: the recorded updates of a graph, their inverse, and the later ones that depend on them."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

import pyoxigraph as ox

from msme_kg.changes.attestations import EXTENT_PROPERTIES, TYPE
from msme_kg.changes.update_execution import QuadChange
from msme_kg.errors import InputError, KGError, SourceLocation, UsageError, find_close_matches, to_printable
from msme_kg.namespaces import BASE, DCTERMS, FOAF, PROV
from msme_kg.rdf.parser import parse
from msme_kg.rdf.terms import Term, split_quad
from msme_kg.repository import DATASET_FILE, Repository
from msme_kg.storage.dataset import Dataset, GraphFile

CHANGES_FOLDER = "data/changes"
ACTIVITY_PREFIX = f"{BASE}change/"
ADDED_STATEMENT, REMOVED_STATEMENT = (
    ox.NamedNode(f"{BASE}admin#{name}") for name in ("addedStatement", "removedStatement")
)
_NUMBERED_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}-[1-9][0-9]{0,8}")


@dataclass(frozen=True)
class RecordedChange:
    """An update as its ``prov:Activity`` records it.

    Attributes:
        iri: the IRI of the activity.
        ended_at: the time, with its zone.
        agent_name: the name of the person or tool that made it.
        description: the reason given; empty for none.
        sources: the IRIs of the sources that the added statements cite, sorted.
        reverts: the IRI of the change that it reverts; empty for none.
        added: the quads that it added.
        removed: the quads that it removed.
    """

    iri: str
    ended_at: datetime
    agent_name: str
    description: str
    sources: tuple[str, ...]
    reverts: str
    added: frozenset[ox.Quad]
    removed: frozenset[ox.Quad]

    @property
    def name(self) -> str:
        """The day and the number of the change, such as ``2026-11-30-1``."""
        return self.iri.removeprefix(ACTIVITY_PREFIX)

    @property
    def position(self) -> tuple[str, int]:
        """The sort key by time."""
        day, _, number = self.name.rpartition("-")
        return day, int(number)

    def invert(self, before: Dataset) -> QuadChange:
        """Return the quads to add and remove to take the change back.

        Dates of the graph as a whole are left out where a later change has set them again.

        Args:
            before: the graph as it is.
        """
        files = Dataset(tuple(file for file in before.files if file.path == DATASET_FILE))
        present = set(files.parse_quads())
        stale = {
            quad.predicate
            for quad in self.added
            if quad.predicate in EXTENT_PROPERTIES and quad not in present
        }
        added, removed = (
            frozenset(quad for quad in quads if quad.predicate not in stale)
            for quads in (self.removed, self.added)
        )
        return QuadChange(added, removed)


def read_changes(repository: Repository) -> list[RecordedChange]:
    """Return the recorded changes of a graph, oldest first.

    Raises:
        InputError: a file of changes is malformed.
    """
    return parse_changes(
        Dataset.from_repository(repository, lambda: [*repository.find_turtle_files(CHANGES_FOLDER)])
    )


def parse_changes(dataset: Dataset) -> list[RecordedChange]:
    """Return the changes that the files of changes in a dataset record, oldest first.

    Raises:
        InputError: a file of changes is malformed.
    """
    files = (file for file in dataset.files if file.path.startswith(f"{CHANGES_FOLDER}/"))
    return sorted((one for file in files for one in _read_file(file)), key=lambda one: one.position)


def find_change(changes: Sequence[RecordedChange], text: str) -> RecordedChange:
    """Return the change that a text names: an IRI, a CURIE, or day and number.

    Raises:
        UsageError: no change has this name.
    """
    name = text.strip().removeprefix(ACTIVITY_PREFIX).removeprefix("change:")
    by_name = {change.name: change for change in changes}
    if name not in by_name:
        near = find_close_matches(name, list(by_name)) or list(by_name)[-3:]
        hint = f"did you mean {' or '.join(near)}?" if near else "no update has been applied yet"
        raise UsageError(f"no change is called {to_printable(text)!r}", hint=hint)
    return by_name[name]


def find_dependent_changes(changes: Iterable[RecordedChange], change: RecordedChange) -> list[RecordedChange]:
    """Return the later changes that stand on a change, oldest first.

    They changed one of its statements again, or say something of an entity that it created. What later
    changes did and took back does not count.
    """
    later = [one for one in changes if one.position > change.position]
    net: Counter[ox.Quad] = Counter()
    for one in later:
        net.update(one.added)
        net.subtract(one.removed)
    own = {quad for quad in (*change.added, *change.removed) if quad.predicate not in EXTENT_PROPERTIES}
    created = {quad.subject for quad in change.added if quad.predicate == TYPE}
    created -= {quad.subject for quad in change.removed if quad.predicate == TYPE}
    touched = {
        quad
        for quad, count in net.items()
        if count and (quad in own or not created.isdisjoint((quad.subject, quad.object)))
    }
    return [one for one in later if not touched.isdisjoint(one.added | one.removed)]


def _read_file(file: GraphFile) -> Iterator[RecordedChange]:
    """Yield the changes that a file records."""
    values: dict[str, dict[str, list[Term]]] = defaultdict(lambda: defaultdict(list))
    for quad in file.parse_quads():
        subject, predicate, value = split_quad(quad)
        values[subject.value][predicate.value].append(value)
    for iri, properties in list(values.items()):  # a copy: to look up an agent can add it
        if not _NUMBERED_DAY.fullmatch(iri.removeprefix(ACTIVITY_PREFIX)):
            continue

        def get(predicate: str, owner: str = iri) -> str:
            return next((one.value for one in values[owner][predicate]), "")

        try:
            added, removed = (
                frozenset(_parse_statements(properties[predicate.value]))
                for predicate in (ADDED_STATEMENT, REMOVED_STATEMENT)
            )
            ended_at = datetime.fromisoformat(get(f"{PROV}endedAtTime"))
            if not (added or removed):
                raise ValueError("no update without statements is recorded")
        except (KGError, ValueError):
            what = f"the record of change {to_printable(iri)} is damaged"
            hint = "restore the file from a backup or from git"
            raise InputError(what, location=SourceLocation(file.path), hint=hint) from None
        yield RecordedChange(
            iri,
            ended_at,
            get(f"{FOAF}name", get(f"{PROV}wasAssociatedWith")),
            get(f"{DCTERMS}description"),
            tuple(sorted(one.value for one in properties[f"{PROV}used"])),
            get(f"{PROV}wasInformedBy"),
            added,
            removed,
        )


def _parse_statements(lines: Iterable[Term]) -> Iterator[ox.Quad]:
    """Yield the quads of statements in N-Quads.

    Raises:
        ValueError: one has a blank node or no named graph, which no update writes.
    """
    for quad in parse("".join(f"{line.value}\n" for line in lines).encode(), "statements.nq"):
        if not isinstance(quad.graph_name, ox.NamedNode) or any(
            isinstance(term, ox.BlankNode) for term in split_quad(quad)
        ):
            raise ValueError("not a statement of a file")
        yield quad
