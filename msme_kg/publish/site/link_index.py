"""Index of the links between IRIs by what they lead to, as columns of numbers."""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right


class LinkIndex:
    """Links from subjects to values, each by a property."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}
        self._iris: list[str] = []
        self._subjects, self._predicates, self._targets = array("L"), array("L"), array("L")
        self._order = array("L")

    def add(self, subject: str, predicate: str, target: str) -> None:
        """Add a link."""
        self._subjects.append(self._get_number(subject))
        self._predicates.append(self._get_number(predicate))
        self._targets.append(self._get_number(target))

    def _get_number(self, iri: str) -> int:
        number = self._numbers.setdefault(iri, len(self._iris))
        if number == len(self._iris):
            self._iris.append(iri)
        return number

    def sort(self) -> None:
        """Sort the links that have been added, so that they can be found."""
        self._order = array("L", sorted(range(len(self._targets)), key=self._targets.__getitem__))

    def find_links(self, target: str) -> set[tuple[str, str]]:
        """Return the pairs of property and subject that link to an IRI."""
        number = self._numbers.get(target, -1)
        first = bisect_left(self._order, number, key=self._targets.__getitem__)
        last = bisect_right(self._order, number, key=self._targets.__getitem__)
        return {
            (self._iris[self._predicates[place]], self._iris[self._subjects[place]])
            for place in self._order[first:last]
        }
