"""What queries of the graph's own say of all things at once: kinds, dates, sources, disagreements."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

import pyoxigraph as ox

from msme_kg.publish.site.date_text import Span, Window
from msme_kg.repository import Repository
from msme_kg.sparql import canned
from msme_kg.sparql.results import Engine, Solutions, Term


@dataclass(frozen=True)
class Cited:
    """A source of a thing.

    Attributes:
        source: its IRI; of a judgement of the compilers, the IRI of its basis.
        locator: where in a larger source, or nothing.
        judgement: whether it is no source but a judgement.
        whole: whether it stands for the thing as a whole.
        statements: the properties that it states, in order.
    """

    source: str
    locator: str
    judgement: bool
    whole: bool
    statements: tuple[str, ...]


@dataclass(frozen=True)
class Facts:
    """What the queries say.

    Attributes:
        classes: the classes whose instances have a word in their IRIs, by that word.
        within: those of these words whose things are a part of the record of another thing.
        spans: when each thing that is dated began and ended.
        sources: what each thing rests on, in order.
        others: for each claim those that state the same differently.
    """

    classes: dict[str, list[str]]
    within: frozenset[str]
    spans: dict[str, Span]
    sources: dict[str, list[Cited]]
    others: dict[str, list[str]]

    @classmethod
    def ask(cls, repository: Repository, engine: Engine) -> Facts:
        """Ask the queries.

        Raises:
            msme_kg.errors.InputError: a query is missing or faulty.
        """

        def rows(name: str) -> Solutions:
            return engine.select(canned.find_for_export(repository, name).text)

        kinds = rows("kinds")
        within = frozenset(_text(word) for word, _, other in kinds.rows if other is not None)
        others = _pairs(rows("disagreements"))
        return cls(_pairs(kinds), within, _spans(rows("dates")), _sources(rows("sources")), others)


def _pairs(rows: Solutions) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for one, other, *_ in rows.rows:
        found[_text(one)].append(_text(other))
    return dict(found)


def _text(term: Term | None) -> str:
    return term.value if term is not None else ""


def _spans(rows: Solutions) -> dict[str, Span]:
    found: dict[str, Span] = {}
    for thing, *bounds in rows.rows:
        days = [_day(one) for one in bounds]
        found.setdefault(_text(thing), Span(Window(days[0], days[1]), Window(days[2], days[3])))
    return found


def _day(term: Term | None) -> date | None:
    """Return a day; None for what is none, which the shapes tell of."""
    try:
        return date.fromisoformat(term.value) if isinstance(term, ox.Literal) else None
    except ValueError:
        return None


def _sources(rows: Solutions) -> dict[str, list[Cited]]:
    grouped: dict[str, dict[tuple[str, bool], list[dict[str, Term | None]]]] = defaultdict(dict)
    for row in rows:
        judged = row["judgement"]
        key = (_text(judged or row["source"]), judged is not None)
        grouped[_text(row["thing"])].setdefault(key, []).append(row)
    return {
        thing: [
            Cited(
                source=source,
                locator=next((_text(row["locator"]) for row in group if row["locator"]), ""),
                judgement=judged,
                whole=any(_text(row["all"]) == "true" for row in group),
                statements=tuple(sorted({_text(row["statement"]) for row in group if row["statement"]})),
            )
            for (source, judged), group in sorted(cited.items(), key=lambda one: (one[0][1], one[0][0]))
        ]
        for thing, cited in grouped.items()
    }
