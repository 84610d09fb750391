"""Counts of a graph for its VoID description, taken from its statements as they are written."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from msme_kg.namespaces import BASE, RDF

_TYPE = f"<{RDF}type>"


@dataclass
class GraphCounts:
    """Counts of the statements of a graph, whose subjects come one after another.

    Attributes:
        triples: the number of statements.
        subjects: the number of subjects.
        entities: the number of subjects whose IRI is under the base.
        properties: the number of statements by IRI of the property.
        instances: the number of instances by IRI of the class.
        examples: the first instance of each class, as in N-Triples.
    """

    triples: int = 0
    subjects: int = 0
    entities: int = 0
    properties: Counter[str] = field(default_factory=Counter)
    instances: Counter[str] = field(default_factory=Counter)
    examples: dict[str, str] = field(default_factory=dict)
    _objects: set[bytes] = field(default_factory=set)

    @property
    def objects(self) -> int:
        """The number of values, which are distinguished by 64 bits of a hash."""
        return len(self._objects)

    def count(self, batches: Iterable[Sequence[str]]) -> Iterator[Sequence[str]]:
        """Yield batches of lines of N-Triples unchanged, and count them."""
        for batch in batches:
            self._count_batch(batch)
            yield batch

    def _count_batch(self, lines: Sequence[str]) -> None:
        self.triples += len(lines)
        last = ""
        for line in lines:
            subject, predicate, value = line.split(" ", 2)
            self.properties[predicate[1:-1]] += 1
            self._objects.add(hashlib.blake2b(value.encode(), digest_size=8).digest())
            if predicate == _TYPE and value[0] == "<":
                class_iri = value[1:-3]  # before "> ."
                self.instances[class_iri] += 1
                self.examples[class_iri] = min(self.examples.get(class_iri, subject), subject)
            if subject != last:
                self.subjects += 1
                self.entities += subject.startswith(f"<{BASE}")
                last = subject
