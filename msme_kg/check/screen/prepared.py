"""A graph that parses and translates each query once, however often it is asked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import rdflib
from rdflib.plugins.sparql.algebra import translateQuery
from rdflib.plugins.sparql.parser import parseQuery
from rdflib.plugins.sparql.sparql import Query
from rdflib.query import Result


class PreparedGraph(rdflib.Graph):
    """The statements of another graph; pySHACL asks it the same text for every focus node."""

    def __init__(self, graph: rdflib.Graph) -> None:
        super().__init__(graph.store, graph.identifier, graph.namespace_manager)
        self._names = dict(graph.namespaces())
        self._queries: dict[str, Query] = {}

    def query(  # type: ignore[override]
        self,
        query_object: str | Query,
        processor: str = "sparql",
        result: str = "sparql",
        initNs: Mapping[str, Any] | None = None,  # noqa: N803
        *others: Any,
        **settings: Any,
    ) -> Result:
        """Answer a query as any graph does."""
        if isinstance(query_object, str) and processor == "sparql" and not initNs:
            if query_object not in self._queries:
                self._queries[query_object] = translateQuery(parseQuery(query_object), None, self._names)
            query_object = self._queries[query_object]
        return super().query(query_object, processor, result, initNs, *others, **settings)
