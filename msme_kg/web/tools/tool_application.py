"""The application of a worker that answers calls of tools, with their arguments as JSON in the request."""

from __future__ import annotations

import json
from collections.abc import Mapping

from msme_kg.api import KnowledgeGraph
from msme_kg.errors import InputError, UsageError, to_printable
from msme_kg.message_catalog import build_misfit, build_text, format_message, quote_text
from msme_kg.operations.query import find_exceeded_record_end_of_query
from msme_kg.rdf.serializers import serialize
from msme_kg.rendering.result_table import ResultTable
from msme_kg.repository import Repository
from msme_kg.sparql.query_catalog import CANNED, QueryCatalog
from msme_kg.sparql.results import AskResult, GraphResult
from msme_kg.storage.dataset import Dataset
from msme_kg.web.http_message import HttpRequest, HttpResponse
from msme_kg.web.problem import answer_or_explain
from msme_kg.web.tools.tool_schema import DESCRIBE, LIMIT, SEARCH, SPARQL, JsonObject, build_tools


class ToolApplication:
    """Answers calls of tools from a graph that is loaded once.

    Attributes:
        version: a hash of the files of the graph.
    """

    def __init__(self, graph: KnowledgeGraph, version: str) -> None:
        """Answer from a graph, in its language."""
        self._graph, self.version = graph, version
        self._catalog = QueryCatalog(graph.repository)

    @classmethod
    def load(cls, root: str | None, lang: str) -> ToolApplication:
        """Load a graph.

        Args:
            root: its folder; None for the one that is found as by the command line.
            lang: the language of labels and texts.

        Raises:
            msme_kg.errors.KGError: there is no graph, or it is malformed.
        """
        repository = Repository.find(root)
        files = Dataset.from_repository(repository, repository.list_default_graph_files)
        return cls(KnowledgeGraph.from_files(repository, lang, files), files.key[:16])

    def prepare(self) -> None:
        """Load what each costly kind of call needs, so that forked processes share it."""
        self._graph.search("a")
        self._list_tools()

    def answer(self, request: HttpRequest) -> HttpResponse:
        """Return the tools for ``GET /``, else the answer of the tool that the path names, or the problem."""
        return answer_or_explain(self._answer, request)

    def _answer(self, request: HttpRequest) -> HttpResponse:
        if request.method == "GET":
            return _render(self._list_tools())
        return _render(self._call(request.path.removeprefix("/"), json.loads(request.body)))

    def _list_tools(self) -> list[JsonObject]:
        return build_tools(self._catalog.get_all(CANNED), self._graph.lang)

    def _call(self, name: str, arguments: Mapping[str, object]) -> JsonObject:
        options = {
            key: text for key, value in arguments.items() if (text := _to_text(key, value)) is not None
        }
        limit = _read_limit(options.pop(LIMIT, None))
        if name == SEARCH:
            table = self._graph.search(_take(options, "words"), None)
        elif name == DESCRIBE:
            as_of = options.pop("as_of", None)
            return self._describe(_take(options, "name", "as_of"), as_of, limit)
        elif name == SPARQL:
            return self._run_sparql(_take(options, "query"), limit)
        else:
            return self._ask(name, options, limit)
        return self._show(table, limit)

    def _ask(self, name: str, options: Mapping[str, str], limit: int | None) -> JsonObject:
        """Run a canned query; notes say what the command line does on standard error."""
        query = self._catalog.get(CANNED, name)
        table = self._graph.run_query(query, options)
        end = find_exceeded_record_end_of_query(self._graph, query, options)
        notes = [] if end is None else [format_message("output.record-ends", self._graph.lang, end=end)]
        return self._show(table, limit, notes)

    def _describe(self, name: str, as_of: str | None, limit: int | None) -> JsonObject:
        description = self._graph.describe(name, as_of)
        parts = [
            {"title": part.title, "columns": part.table.headings, "rows": rows}
            for part in description.parts
            if (rows := part.table.to_linked_rows())
        ]
        entity = {"iri": description.entity_iri, "label": description.label}
        notes = [description.remark] if description.remark else []
        return {"entity": entity, "answer": parts, **self._show(description, limit, notes)}

    def _run_sparql(self, text: str, limit: int | None) -> JsonObject:
        try:
            result = self._graph.sparql(text)
        except InputError as error:
            raise error.relocate("query") if error.location else error from None
        if isinstance(result, AskResult):
            return {"boolean": result.value}
        if isinstance(result, GraphResult):
            return {"turtle": serialize(result.quads[:limit], "turtle", self._graph.prefixes)}
        return self._show(self._graph.make_table(result), limit)

    def _show(self, table: ResultTable, limit: int | None, notes: list[str] | None = None) -> JsonObject:
        shown = table.head(limit)
        size = shown.describe_size(len(table))
        return {"columns": table.headings, "rows": shown.to_linked_rows(), "notes": [size, *(notes or [])]}


def _to_text(name: str, value: object) -> str | None:
    """Return an argument as the text of an option; None for an option that is not given.

    Raises:
        UsageError: it is a list or an object.
    """
    if value is None or value is False:
        return None
    if isinstance(value, list | dict):
        raise UsageError(build_misfit(json.dumps(value, ensure_ascii=False), to_printable(name)))
    return "true" if value is True else str(value)


def _take(options: dict[str, str], name: str, *others: str) -> str:
    """Return the one argument of a tool that is left.

    Args:
        options: its arguments.
        name: the argument.
        others: those that it takes besides.

    Raises:
        UsageError: it is missing, or there is another.
    """
    text = options.pop(name, "")
    if options:
        raise UsageError(
            build_text("error.no-such-option", name=quote_text(min(options))),
            hint=build_text("error.its-options", values=", ".join((name, *others, LIMIT))),
        )
    if not text.strip():
        raise UsageError(build_text("error.web-needed", name=name))
    return text


def _read_limit(text: str | None) -> int | None:
    if text is None:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise UsageError(build_misfit(text, LIMIT), hint=build_text("error.write-least", least=0))
    return int(text)


def _render(content: object) -> HttpResponse:
    return HttpResponse(200, "application/json", json.dumps(content, ensure_ascii=False).encode())
