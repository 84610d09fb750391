"""Remote engine: queries SPARQL endpoints, with failover to the next one."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import replace

from msme_kg.errors import InputError, KGError, RemoteError, SourceLocation, to_printable
from msme_kg.namespaces import PrefixMap
from msme_kg.sparql.endpoint import CREDENTIALS_HINT, Endpoint, parse_endpoints, require_url
from msme_kg.sparql.graph_parser import parse_statements
from msme_kg.sparql.http_client import Deadline, HttpResponse, build_endpoint_error, build_timeout_error, send
from msme_kg.sparql.prologue import add_missing_prefixes, list_projected_variables
from msme_kg.sparql.protocol import (
    RDF_MEDIA_TYPES,
    RESULTS_MEDIA_TYPES,
    RESULTS_QUERY_FORMS,
    build_form_request,
    list_accepted_types,
)
from msme_kg.sparql.query_guards import QUERY_FORMS, reject_unsafe_query
from msme_kg.sparql.results import AskResult, GraphResult, QueryResult, Solutions
from msme_kg.sparql.results_builder import InvalidResultsError
from msme_kg.sparql.results_parser import parse_boolean_rows, parse_results
from msme_kg.sparql.store_layouts import list_store_layouts

_NOT_AN_ENDPOINT_HINT = "it may not be a SPARQL endpoint; check the address, or add another --endpoint"
_SMALLER_RESULT_HINT = "narrow the query, for example with LIMIT"
_RETRY_HINT = "try again; if it fails again, use another --endpoint that conforms to SPARQL 1.1"
_PARTIAL_RESULT_MESSAGE = "the answer is partial: the endpoint stopped at a limit of its own"


class RemoteEngine:
    """An engine over endpoints, which must all serve the same data.

    A query need not declare the prefixes of the ontology, and passes the same guards as a local one.
    """

    def __init__(
        self,
        urls: Sequence[str],
        user_agent: str,
        prefixes: PrefixMap,
        start_deadline: Callable[[], Deadline],
        notify: Callable[[str], None],
    ) -> None:
        """Take the endpoints; nothing is sent yet.

        Args:
            urls: those of the endpoints, in the order in which they are tried.
            user_agent: the name and version of this tool.
            prefixes: those that a query need not declare.
            start_deadline: returns the deadline of a query.
            notify: takes one line for each endpoint that failed: why, and which is tried next.

        Raises:
            UsageError: a URL is malformed or contains a password, or credentials are incomplete.
        """
        self._endpoints = deque(parse_endpoints(urls))
        self._user_agent = user_agent
        self._prefixes = prefixes
        self._start_deadline = start_deadline
        self._notify = notify

    def query(self, query: str) -> QueryResult:
        """Return the result of a query of the user; see ``msme_kg.sparql.results.QueryEngine``."""
        return self._query(query, is_own=False)

    def select(self, query: str) -> Solutions:
        """Return the result of a query of this product, which the user cannot correct."""
        answer = self._query(query, is_own=True)
        assert isinstance(answer, Solutions)  # noqa: S101 (the caller wrote the query)
        return answer

    def _query(self, query: str, *, is_own: bool) -> QueryResult:
        form = next(iter(reject_unsafe_query(query) & QUERY_FORMS), None)
        if form is None:
            message = f"query syntax: none of {', '.join(sorted(QUERY_FORMS))}"
            raise InputError(message, location=SourceLocation("query", 1, 1), hint="correct the query there")
        whole = add_missing_prefixes(query, self._prefixes)
        deadline = self._start_deadline()
        for untried in range(len(self._endpoints), 1, -1):
            try:
                return self._send_query(whole, form, deadline.divide(untried), is_own=is_own)
            except RemoteError as error:
                self._endpoints.rotate(-1)  # the failed one is tried last from now on
                self._notify(f"{error.message}; asking {self._endpoints[0].address.authority} instead")
        return self._send_query(whole, form, deadline, is_own=is_own)

    def _send_query(self, query: str, query_form: str, deadline: Deadline, *, is_own: bool) -> QueryResult:
        endpoint, response = self._find_endpoint(query, query_form, deadline)
        if response.status != 200:
            raise _build_status_error(endpoint, response, is_own=is_own)
        media_type = _require_media_type(endpoint, response, query_form)
        try:
            if query_form in RESULTS_QUERY_FORMS:
                return _parse_results_response(response, media_type, query_form, query, deadline)
            return _parse_graph_response(response, media_type, deadline)
        except TimeoutError:
            raise build_timeout_error(endpoint.address, deadline) from None
        except InvalidResultsError as error:
            raise build_endpoint_error(
                endpoint.address, str(error), _SMALLER_RESULT_HINT if error.is_limit_exceeded else _RETRY_HINT
            ) from None

    def _find_endpoint(
        self, query: str, query_form: str, deadline: Deadline
    ) -> tuple[Endpoint, HttpResponse]:
        """Send a query, and find the query endpoint if the address is that of a store as a whole."""
        given = self._endpoints[0]
        answer = self._post(given, query, query_form, deadline)
        if _is_elsewhere(answer):
            layouts = list_store_layouts(given.address.url)
            for address in dict.fromkeys(require_url(layout.query) for layout in layouts):
                if address == given.address:
                    continue
                endpoint = replace(given, address=address)
                try:
                    response = self._post(endpoint, query, query_form, deadline)
                except RemoteError:
                    break
                if not _is_elsewhere(response):
                    self._endpoints[0] = endpoint
                    return endpoint, response
        return given, answer

    def _post(self, endpoint: Endpoint, query: str, query_form: str, deadline: Deadline) -> HttpResponse:
        request = build_form_request(
            endpoint.address, "query", query, list_accepted_types(query_form), self._user_agent
        )
        if endpoint.credentials.authorization:
            headers = {**request.headers, "Authorization": endpoint.credentials.authorization}
            request = replace(request, headers=headers)
        return send(request, deadline)


def _is_elsewhere(response: HttpResponse) -> bool:
    """Return True for the response of an address that is not a query endpoint: an error, or a page."""
    is_page = "html" in (response.headers.get("Content-Type") or "").lower()
    return response.status in {404, 405, 410} or (response.status == 200 and is_page)


def _require_media_type(endpoint: Endpoint, response: HttpResponse, query_form: str) -> str:
    """Return the media type of a response.

    Raises:
        RemoteError: it is compressed, partial, empty or of another media type.
    """
    encoding = (response.headers.get("Content-Encoding") or "identity").strip()
    if encoding.lower() != "identity":
        name = to_printable(endpoint.credentials.redact(encoding), 20)
        message = f"the answer is packed ({name}), which was not asked for"
        raise build_endpoint_error(endpoint.address, message)
    if response.headers.get("X-SQL-State"):  # Virtuoso
        raise _build_partial_error(endpoint)
    if query_form in RESULTS_QUERY_FORMS and not response.body.strip():
        raise build_endpoint_error(endpoint.address, "the answer is empty", _NOT_AN_ENDPOINT_HINT)
    media_type = (response.headers.get("Content-Type") or "").partition(";")[0].strip()
    if media_type.lower() not in (
        RESULTS_MEDIA_TYPES if query_form in RESULTS_QUERY_FORMS else RDF_MEDIA_TYPES
    ):
        expected = "SPARQL results" if query_form in RESULTS_QUERY_FORMS else "RDF"
        name = to_printable(endpoint.credentials.redact(media_type), 60) or "of no type"
        raise build_endpoint_error(
            endpoint.address, f"the answer is not {expected}, but {name}", _NOT_AN_ENDPOINT_HINT
        )
    return media_type.lower()


def _build_partial_error(endpoint: Endpoint) -> RemoteError:
    return build_endpoint_error(endpoint.address, _PARTIAL_RESULT_MESSAGE, _SMALLER_RESULT_HINT)


def _parse_results_response(
    response: HttpResponse, media_type: str, query_form: str, query: str, deadline: Deadline
) -> Solutions | AskResult:
    answer = parse_results(response.body, media_type, deadline.require_time)
    if isinstance(answer, AskResult):
        if query_form != "ASK":
            raise InvalidResultsError("the answer is a boolean, not a table")
        return answer
    # Virtuoso sends its limit with each answer.
    max_rows = (response.headers.get("X-SPARQL-MaxRows") or "").strip()
    if max_rows and (not max_rows.isdecimal() or len(answer.rows) >= int(max_rows[:9])):
        raise InvalidResultsError(_PARTIAL_RESULT_MESSAGE, is_limit_exceeded=True)
    if query_form != "ASK":
        return _reorder_columns(answer, list_projected_variables(query))
    truth = parse_boolean_rows(answer)
    if truth is None:
        raise InvalidResultsError("the answer is a table, not a boolean")
    return truth


def _reorder_columns(answer: Solutions, columns: tuple[str, ...] | None) -> Solutions:
    """Return rows with the columns in the order of the SELECT clause.

    Raises:
        InvalidResultsError: they are other columns.
    """
    if columns is None or answer.columns == columns:
        return answer
    if set(answer.columns) != set(columns):
        raise InvalidResultsError("the answer has other columns than the query")
    indexes = [answer.columns.index(name) for name in columns]
    return Solutions(columns, tuple(tuple(row[index] for index in indexes) for row in answer.rows))


def _parse_graph_response(response: HttpResponse, media_type: str, deadline: Deadline) -> GraphResult:
    if not response.has_defined_length:
        # A part of a graph is a well-formed graph.
        raise InvalidResultsError("it sends statements without their length, so that they may be cut")
    return GraphResult(tuple(parse_statements(response.body, media_type, deadline.require_time)))


def _build_status_error(endpoint: Endpoint, response: HttpResponse, *, is_own: bool) -> KGError:
    """Return the error for a status other than 200 (RFC 9110 §15).

    Args:
        endpoint: where the response comes from.
        response: the response.
        is_own: whether the query is one of this product, so that its syntax is right.
    """
    status = response.status
    is_page = "html" in (response.headers.get("Content-Type") or "").lower()
    text = endpoint.credentials.redact(response.body.decode("utf-8", "replace"))
    quoted = "" if is_page or status < 400 else to_printable(" ".join(text.split()))
    detail = f": {quoted}" if quoted else ""
    if status == 400 and not is_page and not is_own:
        return InputError(
            f"query syntax: {endpoint.address.authority} rejects the query{detail}",
            hint="correct the query, or check the address",
        )
    if status == 206:
        return _build_partial_error(endpoint)
    if status == 204:
        return build_endpoint_error(endpoint.address, "the answer is empty (204)", _NOT_AN_ENDPOINT_HINT)
    if status in {401, 403}:
        missing = "" if endpoint.credentials.authorization else ", and none was given"
        return build_endpoint_error(
            endpoint.address, f"it requires other credentials ({status}){missing}", CREDENTIALS_HINT
        )
    if status in {404, 405, 410}:
        return build_endpoint_error(
            endpoint.address, f"nothing answers queries at this address ({status})", _NOT_AN_ENDPOINT_HINT
        )
    if status in {429, 502, 503, 504}:
        wait = to_printable(endpoint.credentials.redact(response.headers.get("Retry-After") or ""), 40)
        time = f"in {wait} seconds" if wait.isdecimal() else f"after {wait}" if wait else "later"
        hint = f"try again {time}, or add another --endpoint"
        return build_endpoint_error(endpoint.address, f"it is busy or down ({status}){detail}", hint)
    return build_endpoint_error(
        endpoint.address,
        f"it answers with {status}{detail}",
        "check the address, try again later, or narrow the query",
    )
