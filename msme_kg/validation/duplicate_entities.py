"""New things that are probably known: of one class, and with the same label, code or address."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

import pyoxigraph as ox

from msme_kg.changes.changeset import Update
from msme_kg.namespaces import RDFS, SKOS
from msme_kg.rdf.terms import Resource, Term, parts
from msme_kg.shacl.prefilter import Delta
from msme_kg.shacl.report import Finding
from msme_kg.storage.source_map import Positions
from msme_kg.validation.entity_lookup import Alike

# By these a thing is found again; properties below them count. A label tells least, so it comes last.
_FAMILIES = tuple(
    map(
        ox.NamedNode,
        (
            "http://purl.org/dc/terms/identifier",
            f"{SKOS}notation",
            "https://schema.org/url",
            f"{RDFS}label",
        ),
    )
)
_CUT = "…"
"""What a label ends with that was cut short: others may begin alike."""


def check(update: Update, delta: Delta, positions: Positions) -> Iterator[Finding]:
    """Yield each new thing that is probably another one, known or new, under another IRI.

    Two things are probably one if they share a class of this graph (their own, or one above it), neither is
    deprecated, and they have the same code (``dcterms:identifier``, ``skos:notation`` or a property below
    them), the same ``schema:url``, or the same label in one language. Texts are the same if they are so in
    Unicode's compatible form, without regard to case and the number of blanks. A label that was cut short
    (it ends with …) tells nothing.

    Args:
        update: the update.
        delta: the same, in columns.
        positions: tells where statements stand.
    """
    known = {quad.subject for quad in update.known}
    new: dict[Resource, list[ox.Quad]] = {}
    for quad in update.coming:
        if quad.subject not in known and isinstance(quad.subject, ox.NamedNode):
            new.setdefault(parts(quad)[0], []).append(quad)
    if not new:
        return
    search = _Search(Alike(delta))
    for thing in sorted(new, key=str):
        told: set[Term] = set()
        for quad in search.telling(new[thing]):
            for other in search.others(quad):
                # Of two new things only the later one is said to be the other.
                if other not in told and not (other in new and str(other) > str(thing)):
                    told.add(other)
                    yield _finding(quad, other, update, positions)


class _Search:
    """Looks for things that a name may also stand for."""

    def __init__(self, alike: Alike) -> None:
        self._alike = alike
        self._families = [alike.family(one) for one in _FAMILIES]

    def telling(self, stated: list[ox.Quad]) -> list[ox.Quad]:
        """Return those statements about a thing by which it is found again; none if it is deprecated."""
        if self._alike.is_deprecated(parts(stated[0])[0]):
            return []
        found = [(self._rank(quad.predicate), quad) for quad in stated]
        named = [(rank, str(quad), quad) for rank, quad in found if rank >= 0 and _tells(quad)]
        return [quad for _, _, quad in sorted(named, key=lambda one: one[:2])]

    def _rank(self, predicate: ox.NamedNode) -> int:
        return next((rank for rank, family in enumerate(self._families) if predicate in family), -1)

    def others(self, quad: ox.Quad) -> list[Term]:
        """Return the other things that are called what a statement calls a thing."""
        thing, predicate, value = parts(quad)
        wanted, classes = _form(str(value)), self._alike.classes(thing)

        def fits(text: str) -> bool:
            return _form(text) == wanted

        found: set[Term] = set()
        for one in self._families[self._rank(predicate)]:
            found |= set(self._alike.called(classes, one, value.value, fits))
        return sorted((one for one in found - {thing} if not self._alike.is_deprecated(one)), key=str)


def _tells(quad: ox.Quad) -> bool:
    value = parts(quad)[2]
    return not isinstance(value, ox.BlankNode) and bool(_form(str(value))[0])


def _form(name: str) -> tuple[str, str]:
    """Return a term, as N-Triples writes it, in the form in which names are compared.

    That is its text, nothing if it tells nothing, and its language.
    """
    text, _, rest = name[1:].rpartition('"') if name.startswith('"') else (name, "", "")
    if text.rstrip().endswith(_CUT):
        return "", ""
    language = rest.lower() if rest.startswith("@") else ""
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
    return " ".join(text.casefold().split()), language


def _finding(quad: ox.Quad, other: Term, update: Update, positions: Positions) -> Finding:
    subject, predicate, value = parts(quad)
    prefixes = update.before.prefixes
    what = prefixes.shorten(predicate.value) or f"<{predicate.value}>"
    whose = prefixes.shorten(other.value) or f"<{other.value}>"
    return Finding(
        severity="violation",
        message={
            "en": f"Probably a duplicate: {whose} has the same {what}."
            f" State what is new of {whose}, or tell the two apart.",
            "zh-Hant": f"可能重複：{whose} 有相同之 {what}。請就 {whose} 陳述新增內容，或使兩者有別。",
        },
        shape="policy/duplicate",
        focus=subject,
        path=f"<{predicate.value}>",
        value=value,
        place=positions.place(subject, predicate.value, value),
    )
