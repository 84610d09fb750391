"""Property test: the answers that an update changes are those of the whole graph before and after it."""

from __future__ import annotations

from collections import Counter
from random import Random

import pyoxigraph as ox
from test_incremental_checks import apply_change, draw_change, draw_new_entities, state, things

from msme_kg.operations.open_graph import OpenGraph
from msme_kg.repository import Repository
from msme_kg.shacl.change_overlay import ChangeOverlay
from msme_kg.shacl.indexed_graph import IndexedGraph
from msme_kg.sparql.query_catalog import QueryCatalog
from msme_kg.sparql.results import Row
from msme_kg.storage.dataset import Dataset
from msme_kg.validation.validation_input import ValidationInput
from msme_kg.validation.watched_answers import find_changed_answers

__all__ = ["state", "things"]
DRAWS = 40
KINDS = [
    *("award", "claim", "document", "event", "initiative", "language-edition", "member", "membership"),
    *("observation", "organization", "person", "review", "source", "sponsorship", "status", "tenure"),
    "work-item",
]
DEPRECATED = ox.NamedNode("http://www.w3.org/2002/07/owl#deprecated")


def answer_all(repository: Repository, dataset: Dataset) -> dict[str, Counter[Row]]:
    graph = OpenGraph.from_files(repository, "en", dataset)
    return {
        f"{query.name} {dict(options)}": Counter(graph.run_query(query, options).solutions.rows)
        for query in QueryCatalog(repository).get_watched()
        for options in query.watched
    }


def test_changed_answers_equal_those_of_the_whole_graph(
    state: ValidationInput, things: dict[str, list[ox.Quad]]
) -> None:
    repository = state.repository
    before = answer_all(repository, state.repository_files)
    found: set[str] = set()
    for seed in range(DRAWS):
        rnd = Random(seed)  # noqa: S311
        kind = KINDS[seed % len(KINDS)]
        some = {name: quads for name, quads in things.items() if f"/{kind}/" in name}
        come, gone = draw_change(rnd, some) if seed % 4 else (draw_new_entities(rnd, some), [])
        if seed % 5 == 0:
            quad = rnd.choice(some[rnd.choice(sorted(some))])
            come.append(ox.Quad(quad.subject, DEPRECATED, ox.Literal(True), quad.graph_name))
        delta = ChangeOverlay(IndexedGraph.load(state.repository_files), come, gone)
        after = answer_all(repository, apply_change(state, come, gone))
        changes = {
            f"{one.query.name} {dict(one.options)}": (
                Counter(one.removed),
                Counter(one.added),
                one.before,
                one.after,
            )
            for one in find_changed_answers(repository, state.repository_files, delta)
        }
        assert changes == {
            name: (before[name] - rows, rows - before[name], before[name].total(), rows.total())
            for name, rows in after.items()
            if rows != before[name]
        }, seed
        found |= changes.keys()
    assert len(found) > len(before) / 3
