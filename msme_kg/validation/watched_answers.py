"""Answers that an update changes, of the canned queries whose header says with which options to compare."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from msme_kg.namespaces import LANGUAGES
from msme_kg.repository import Repository
from msme_kg.shacl.change_overlay import ChangeOverlay
from msme_kg.sparql.binding import bind_values
from msme_kg.sparql.canned import CannedQuery
from msme_kg.sparql.joined_cells import sort_joined_cells
from msme_kg.sparql.local_engine import LocalEngine
from msme_kg.sparql.parameters import convert_options, refuse_to_resolve
from msme_kg.sparql.query_catalog import QueryCatalog
from msme_kg.sparql.results import Row, Solutions
from msme_kg.storage.dataset import Dataset
from msme_kg.validation.change_neighbourhood import ChangeNeighbourhood
from msme_kg.validation.query_dependencies import analyse


@dataclass(frozen=True)
class AnswerChange:
    """An answer before and after an update.

    Attributes:
        query: the canned query.
        options: its options as text, by parameter name.
        before: the rows before the update.
        after: the rows after it.
    """

    query: CannedQuery
    options: Mapping[str, str]
    before: Solutions
    after: Solutions

    @property
    def added(self) -> tuple[Row, ...]:
        """The rows that only the later answer has."""
        return tuple((Counter(self.after.rows) - Counter(self.before.rows)).elements())

    @property
    def removed(self) -> tuple[Row, ...]:
        """The rows that only the earlier answer has."""
        return tuple((Counter(self.before.rows) - Counter(self.after.rows)).elements())


def find_changed_answers(repository: Repository, delta: ChangeOverlay) -> Iterator[AnswerChange]:
    """Yield the watched answers that an update changes.

    A query is run only if the update touches what it reads, on the triples that such queries can read.

    Args:
        repository: the repository with the queries.
        delta: the update as an overlay over the triple index.

    Raises:
        msme_kg.errors.InputError: the header of a watched query is malformed, or its query is.
        msme_kg.errors.SafetyError: its query is refused.
    """
    neighbourhood = ChangeNeighbourhood(delta, ())
    watched = [(query, analyse(query.text)) for query in QueryCatalog(repository).get_watched()]
    entities = neighbourhood.collect_entity_patterns(
        pattern for _, dependencies in watched for pattern in dependencies.patterns
    )
    touched = [(query, dependencies) for query, dependencies in watched if dependencies.can_change(entities)]
    subjects = {patterns for _, dependencies in touched for patterns in dependencies.subjects}
    engines = [
        LocalEngine(Dataset(tuple(neighbourhood.find_matching_graphs(subjects, after=after))))
        for after in (False, True)
    ]
    for query, _ in touched:
        for options in query.watched:
            terms = convert_options(query, options, LANGUAGES[0], refuse_to_resolve)
            text = bind_values(query.text, {name: [term] for name, term in terms.items()})
            before, after = (sort_joined_cells(engine.select(text), query.joined) for engine in engines)
            change = AnswerChange(query, options, before, after)
            if change.added or change.removed:
                yield change
