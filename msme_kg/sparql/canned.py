"""Canned queries: the content of a ``.rq`` file and of its header."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from msme_kg.message_catalog import name_option

PARAMETER_TYPES = (
    "date",
    "period",
    "year",
    "integer",
    "number",
    "string",
    "slug",
    "lang",
    "choice",
    "flag",
    "iri",
    "address",
)


FIRST_DAY, LAST_DAY, LATEST_DAY = "first", "last", "latest"
"""The day for which a year or month stands: its first, its last, or its last that is not in the future."""
DAYS = (FIRST_DAY, LAST_DAY, LATEST_DAY)


@dataclass(frozen=True)
class EntitySet:
    """The entities that a parameter accepts; by default any.

    Attributes:
        of_class: CURIEs of classes; an entity is an instance of one of them. Empty for any.
        scheme: CURIEs or IRIs of concept schemes, of which the entity is in one, or of classes that it may be
            itself; empty for any.
        superclass: CURIE of a class that the entity is a subclass of; None for any.
        preferred: CURIE of a property whose values a part of a name is taken for before others, such as
            those that are asked about; None for none.
        values_of: CURIE of a property of which the entity is a value; None for any.
        number: CURIE of a property whose value names an entity within the whole; entities without it are
            left out. None where the whole does not matter.
        whole: IRI of the entity that the entity is a part of; None for any.
    """

    of_class: tuple[str, ...] = ()
    scheme: tuple[str, ...] = ()
    superclass: str | None = None
    preferred: str | None = None
    values_of: str | None = None
    number: str | None = None
    whole: str | None = None

    @property
    def is_closed(self) -> bool:
        """True if the entities are few and known: the concepts of a scheme, subclasses, or numbered parts."""
        return bool(self.scheme) or self.superclass is not None or self.number is not None


ANY_ENTITY = EntitySet()
"""All entities."""


@dataclass(frozen=True)
class Parameter:
    """A parameter of a canned query, an option on the command line.

    Attributes:
        name: as in ``?in_<name>``; the option has hyphens in place of underscores.
        type: one of ``PARAMETER_TYPES``.
        default: the text that is used when none is given; None matches any value (``UNDEF``).
        fallback: parameters whose value is used when this one has none; the first with a value wins.
        required: whether a value must be given.
        required_unless: a value must be given unless one of these parameters has one.
        repeatable: whether several values may be given.
        choices: the values of a ``choice``.
        day: one of ``DAYS``, for which a year or month stands as a ``date``; None where it must be a day.
        more: what the last choice, the widest, would add to the answer, by language, with the placeholder
            ``{count}``; empty where answers do not say so.
        by_default: what the default is, by language, for a note on an answer that takes it; else empty.
        choice_names: words for a value that are accepted in its place, by value and language.
        entities: the entities that an ``iri`` may be.
        part_of: an earlier parameter, of whose value the entity is a part; None for none.
        creates: template, and parameter of that template, that build a new entity from a URL which no entity
            has; None where an entity must exist.
        help: the help text by language.
    """

    name: str
    type: str
    default: str | None
    fallback: tuple[str, ...]
    required: bool
    required_unless: tuple[str, ...]
    repeatable: bool
    choices: tuple[str, ...]
    day: str | None
    more: Mapping[str, str]
    by_default: Mapping[str, str]
    choice_names: Mapping[str, Mapping[str, str]]
    entities: EntitySet
    part_of: str | None
    creates: tuple[str, str] | None
    help: Mapping[str, str]

    @property
    def option(self) -> str:
        """The name on the command line, ``as_of`` → ``as-of``."""
        return self.name.replace("_", "-")

    @property
    def shown_name(self) -> str:
        """The name in messages, as the caller writes it."""
        return name_option(self.name)

    @property
    def block_names(self) -> tuple[str, ...]:
        """The names of its ``VALUES`` blocks: a ``period`` has one each for its first and last day."""
        return (f"{self.name}_from", f"{self.name}_to") if self.type == "period" else (self.name,)


@dataclass(frozen=True)
class CannedQuery:
    """A query file with its header.

    Attributes:
        name: the file name without ``.rq``.
        path: the file, relative to the root.
        title: by language.
        description: by language.
        tags: keywords.
        parameters: in the order of the header.
        columns: headings by column and language, in the order of the columns; may be empty.
        joined: the columns whose cells hold several values, see ``msme_kg.sparql.joined_cells``.
        short_names: the joined columns whose entities people see by host and date of issue.
        language_codes: the joined columns with language tags, in place of which people see names.
        absent: what people see in a cell without a value, by column and language, where its emptiness would
            not explain itself.
        entities: the variables of what a row is about, whose sources a workbook lists; not all are columns.
        next: what the queries that may be asked next tell, by name and language.
        is_list: in an answer about an entity, a table also where it has one row, in contrast to facts.
        watched: options with which a review of an update compares the answers before and after it.
        plot: the kind of chart that shows the rows, and its labels by name and language; None for no chart.
        severity: of a check: ``violation``, ``warning`` or ``info``; else None.
        problem: of a check: what is wrong, by language; else empty.
        solution: of a check: what to do, by language; else empty.
        text: the whole file, with example values in the ``VALUES`` blocks.
    """

    name: str
    path: str
    title: Mapping[str, str]
    description: Mapping[str, str]
    tags: tuple[str, ...]
    parameters: tuple[Parameter, ...]
    columns: Mapping[str, Mapping[str, str]]
    joined: tuple[str, ...]
    short_names: tuple[str, ...]
    language_codes: tuple[str, ...]
    absent: Mapping[str, Mapping[str, str]]
    entities: tuple[str, ...]
    next: Mapping[str, Mapping[str, str]]
    is_list: bool
    watched: tuple[Mapping[str, str], ...]
    plot: tuple[str, Mapping[str, Mapping[str, str]]] | None
    severity: str | None
    problem: Mapping[str, str]
    solution: Mapping[str, str]
    text: str
