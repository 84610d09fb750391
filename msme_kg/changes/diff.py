"""The difference of two states of a graph: statements added and removed, by thing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

import pyoxigraph as ox

from msme_kg.changes.diff_inputs import Graphs, same_files, statements
from msme_kg.namespaces import RDF
from msme_kg.rdf.bnode_labels import has_blanks, owners, steady
from msme_kg.rdf.terms import Resource, ordered, parts
from msme_kg.storage.dataset import Dataset

KINDS = ("new", "removed", "changed")
"""What can have happened to a thing, in the order in which it is told."""

_TYPE = ox.NamedNode(f"{RDF}type")
_Classes = Mapping[Resource, tuple[ox.NamedNode, ...]]


@dataclass(frozen=True)
class ThingChange:
    """What happened to one thing.

    Attributes:
        thing: a blank node where a structure hangs from nothing that has a name.
        kind: one of ``KINDS``.
        classes: what it is after the change, or was before it was removed.
        added: statements about it, and about blank nodes that hang from it, in order.
        removed: the same.
    """

    thing: Resource
    kind: str
    classes: tuple[ox.NamedNode, ...]
    added: tuple[ox.Quad, ...]
    removed: tuple[ox.Quad, ...]


@dataclass(frozen=True)
class Difference:
    """The difference of two states of a graph.

    Blank nodes have names by what is said of them: a structure that is the same on both sides is none.
    Language tags are in lower case, as the parser gives them; who writes them gives them their case.

    Attributes:
        before: the files of the one state.
        after: the files of the other.
        added: statements of ``after`` alone, in order.
        removed: statements of ``before`` alone, in order.
        unnamed: the statements with blank nodes in those files of ``before`` that were read.
        classes_before: the things of which the difference tells and ``before`` knew, with their classes.
        classes_after: the things of which the difference tells and ``after`` knows, with their classes.
        whole: whether all files were read; else only those that differ.
    """

    before: Dataset
    after: Dataset
    added: tuple[ox.Quad, ...]
    removed: tuple[ox.Quad, ...]
    unnamed: frozenset[ox.Quad]
    classes_before: _Classes
    classes_after: _Classes
    whole: bool

    @classmethod
    def between(cls, before: Dataset, after: Dataset, graphs: Graphs = Graphs.BY_FILE) -> Difference:
        """Compare two states; a file with the same bytes on both sides is not parsed.

        Args:
            before: the files of the one.
            after: the files of the other.
            graphs: which graph a statement counts as being in.

        Raises:
            msme_kg.errors.InputError: a file is malformed.
            msme_kg.errors.SafetyError: a file nests too deep.
        """
        same = same_files(before, after, graphs)
        unnamed: tuple[list[ox.Quad], list[ox.Quad]] = ([], [])
        # Whether a statement of before is in after too: so no statement is held twice.
        stays = dict.fromkeys(_set_apart(statements(before, same, graphs), unnamed[0]), False)
        added: set[ox.Quad] = set()
        for quad in _set_apart(statements(after, same, graphs), unnamed[1]):
            if quad in stays:
                stays[quad] = True
            else:
                added.add(quad)
        old, new = (steady(quads) for quads in unnamed)
        gone = [quad for quad, is_there in stays.items() if not is_there]
        stay = [quad for quad, is_there in stays.items() if is_there]
        come, lost = ordered(added | (new - old)), ordered([*gone, *(old - new)])
        things = {quad.subject for quad in (*come, *lost)}
        return cls(
            before=before,
            after=after,
            added=tuple(come),
            removed=tuple(lost),
            unnamed=frozenset(old),
            classes_before=_classes(things, gone, stay, old),
            classes_after=_classes(things, added, stay, new),
            whole=not same,
        )

    def __bool__(self) -> bool:
        return bool(self.added or self.removed)

    @cached_property
    def things(self) -> tuple[ThingChange, ...]:
        """What happened, by thing: new ones, removed ones and changed ones, each kind in order.

        A thing is new if nothing was said of it before. Where files were left unread that are the same on
        both sides, which might tell of it, it must also have got its class: that stands where it is stated.
        """
        added, removed = _by_thing(self.added), _by_thing(self.removed)
        found = [self._change(thing, added[thing], removed[thing]) for thing in {**added, **removed}]
        return tuple(sorted(found, key=lambda one: (KINDS.index(one.kind), str(one.thing))))

    def _change(self, thing: Resource, added: list[ox.Quad], removed: list[ox.Quad]) -> ThingChange:
        before, after = self.classes_before.get(thing), self.classes_after.get(thing)
        kind = "changed"
        if before is None and (after or self.whole):
            kind = "new"
        elif after is None and (before or self.whole):
            kind = "removed"
        return ThingChange(thing, kind, after or before or (), tuple(added), tuple(removed))


def _set_apart(quads: Iterable[ox.Quad], unnamed: list[ox.Quad]) -> Iterator[ox.Quad]:
    """Yield statements without blank nodes; put the others in a list."""
    for quad in quads:
        if has_blanks(quad):
            unnamed.append(quad)
        else:
            yield quad


def _classes(things: Collection[object], *states: Iterable[ox.Quad]) -> _Classes:
    """Return those of some things that are subjects of statements, with their classes."""
    found: dict[Resource, list[ox.NamedNode]] = defaultdict(list)
    for state in states:
        for quad in state:
            if quad.subject in things:
                subject, predicate, value = parts(quad)
                known = found[subject]
                if predicate == _TYPE and isinstance(value, ox.NamedNode) and value not in known:
                    known.append(value)
    return {thing: tuple(sorted(classes, key=str)) for thing, classes in found.items()}


def classes_of(quads: Iterable[ox.Quad]) -> _Classes:
    """Return the things that statements are about, with their classes."""
    known = list(quads)
    return _classes({quad.subject for quad in known}, known)


def _by_thing(quads: Iterable[ox.Quad]) -> dict[Resource, list[ox.Quad]]:
    """Return statements by the thing that they are about or belong to."""
    found: dict[Resource, list[ox.Quad]] = defaultdict(list)
    listed = list(quads)
    owner = owners(quad for quad in listed if has_blanks(quad))
    for quad in listed:
        subject = parts(quad)[0]
        found[owner[subject] if isinstance(subject, ox.BlankNode) else subject].append(quad)
    return found
