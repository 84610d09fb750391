"""An engine that asks other people's stores; of several, the next one answers when one fails."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import replace

import pyoxigraph as ox

from msme_kg.errors import InputError, KGError, RemoteError, SourceLocation, to_printable
from msme_kg.namespaces import PrefixMap
from msme_kg.rdf.parser import parse
from msme_kg.sparql.endpoint import CREDENTIALS_HINT, Endpoint, parse_endpoints
from msme_kg.sparql.http_client import Deadline, HttpResponse, build_endpoint_error, send
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
from msme_kg.sparql.results_parser import MAX_ROWS, InvalidResultsError, parse_boolean_rows, parse_results

_NOT_AN_ENDPOINT_HINT = "it may be no endpoint of SPARQL; look at the address, or name another --endpoint"
_SMALLER_RESULT_HINT = "ask for less, for example with LIMIT"
_RETRY_HINT = "try again; if it stays so, name another --endpoint that keeps to SPARQL 1.1"
_PARTIAL_RESULT_MESSAGE = "the answer is partial: it stopped at a limit of its own"


class RemoteEngine:
    """Answers from endpoints, which must all hold the same.

    A query may use the prefixes of the ontology without declaring them, and is refused what a local one is.
    """

    def __init__(
        self,
        urls: Sequence[str],
        user_agent: str,
        prefixes: PrefixMap,
        start_deadline: Callable[[], Deadline],
        notify: Callable[[str], None],
    ) -> None:
        """Ask nothing yet.

        Args:
            urls: of the endpoints, the first is asked first.
            user_agent: the name and version of this tool.
            prefixes: those of the ontology.
            start_deadline: gives the deadline of a query.
            notify: hears in one line which endpoint failed, why, and which is asked in its place.

        Raises:
            UsageError: an address is malformed or carries a password, or credentials are incomplete.
        """
        self._endpoints = deque(parse_endpoints(urls))
        self._user_agent = user_agent
        self._prefixes = prefixes
        self._start_deadline = start_deadline
        self._notify = notify

    def query(self, query: str) -> QueryResult:
        """Return the answer to a query; see ``msme_kg.sparql.results.Engine``."""
        form = next(iter(reject_unsafe_query(query) & QUERY_FORMS), None)
        if form is None:
            what = f"query syntax: none of {', '.join(sorted(QUERY_FORMS))}"
            raise InputError(what, location=SourceLocation("query", 1, 1), hint="correct the query there")
        whole = add_missing_prefixes(query, self._prefixes)
        deadline = self._start_deadline()
        for untried in range(len(self._endpoints), 1, -1):
            try:
                return self._send_query(whole, form, deadline.divide(untried))
            except RemoteError as fault:
                self._endpoints.rotate(-1)  # who failed is asked last from now on
                self._notify(f"{fault.message}; asking {self._endpoints[0].address.authority} instead")
        return self._send_query(whole, form, deadline)

    def select(self, query: str) -> Solutions:
        """Return the answer to a query that is known to be a SELECT."""
        answer = self.query(query)
        assert isinstance(answer, Solutions)  # noqa: S101 (the caller wrote the query)
        return answer

    def _send_query(self, query: str, query_form: str, deadline: Deadline) -> QueryResult:
        endpoint = self._endpoints[0]
        request = build_form_request(
            endpoint.address, "query", query, list_accepted_types(query_form), self._user_agent
        )
        if endpoint.credentials.authorization:
            headers = {**request.headers, "Authorization": endpoint.credentials.authorization}
            request = replace(request, headers=headers)
        response = send(request, deadline)
        if response.status != 200:
            raise _build_status_error(endpoint, response)
        media_type = _require_media_type(endpoint, response, query_form)
        try:
            if query_form in RESULTS_QUERY_FORMS:
                return _parse_results_response(response, media_type, query_form, query)
            return _parse_graph_response(response, media_type)
        except InvalidResultsError as fault:
            raise build_endpoint_error(
                endpoint.address, str(fault), _SMALLER_RESULT_HINT if fault.is_limit_exceeded else _RETRY_HINT
            ) from None


def _require_media_type(endpoint: Endpoint, response: HttpResponse, query_form: str) -> str:
    """Return the media type of an answer, which says by its form alone whether it may be one."""
    encoding = (response.headers.get("Content-Encoding") or "identity").strip()
    if encoding.lower() != "identity":
        named = to_printable(endpoint.credentials.redact(encoding), 20)
        what = f"the answer is packed ({named}), which was not asked for"
        raise build_endpoint_error(endpoint.address, what)
    if response.headers.get("X-SQL-State"):
        raise _build_partial_error(endpoint)
    if query_form in RESULTS_QUERY_FORMS and not response.body.strip():
        raise build_endpoint_error(endpoint.address, "the answer is empty", _NOT_AN_ENDPOINT_HINT)
    said = (response.headers.get("Content-Type") or "").partition(";")[0].strip()
    if said.lower() not in (RESULTS_MEDIA_TYPES if query_form in RESULTS_QUERY_FORMS else RDF_MEDIA_TYPES):
        kind = "results of SPARQL" if query_form in RESULTS_QUERY_FORMS else "statements"
        named = to_printable(endpoint.credentials.redact(said), 60) or "of no type"
        raise build_endpoint_error(
            endpoint.address, f"the answer is not {kind}, but {named}", _NOT_AN_ENDPOINT_HINT
        )
    return said.lower()


def _build_partial_error(endpoint: Endpoint) -> RemoteError:
    return build_endpoint_error(endpoint.address, _PARTIAL_RESULT_MESSAGE, _SMALLER_RESULT_HINT)


def _parse_results_response(
    response: HttpResponse, media_type: str, query_form: str, query: str
) -> Solutions | AskResult:
    answer = parse_results(response.body, media_type)
    if isinstance(answer, AskResult):
        if query_form != "ASK":
            raise InvalidResultsError("the answer is yes or no, not rows")
        return answer
    # Virtuoso says so when it has given as many rows as it ever does.
    most = (response.headers.get("X-SPARQL-MaxRows") or "").strip()
    if most and (not most.isdecimal() or len(answer.rows) >= int(most[:9])):
        raise InvalidResultsError(_PARTIAL_RESULT_MESSAGE, is_limit_exceeded=True)
    if query_form != "ASK":
        return _reorder_columns(answer, list_projected_variables(query))
    truth = parse_boolean_rows(answer)
    if truth is None:
        raise InvalidResultsError("the answer is rows, not yes or no")
    return truth


def _reorder_columns(answer: Solutions, columns: tuple[str, ...] | None) -> Solutions:
    """Return rows with the columns as they were asked for, if they are those."""
    if columns is None or answer.columns == columns:
        return answer
    if set(answer.columns) != set(columns):
        raise InvalidResultsError("the answer has other columns than the query")
    places = [answer.columns.index(one) for one in columns]
    return Solutions(columns, tuple(tuple(row[at] for at in places) for row in answer.rows))


def _parse_graph_response(response: HttpResponse, media_type: str) -> GraphResult:
    if not response.has_defined_length:
        # Half of it would look whole.
        raise InvalidResultsError("it does not say where its statements end, so that they may be cut")
    found: list[ox.Quad] = []
    try:
        for quad in parse(response.body, f"answer{RDF_MEDIA_TYPES[media_type]}"):
            found.append(quad)
            if len(found) > MAX_ROWS:
                raise InvalidResultsError(
                    f"the answer has more than {MAX_ROWS} statements", is_limit_exceeded=True
                )
    except KGError as fault:
        line = f" (line {fault.location.line})" if fault.location and fault.location.line else ""
        raise InvalidResultsError(f"the statements are cut or malformed{line}: {fault.message}") from None
    return GraphResult(tuple(found))


def _build_status_error(endpoint: Endpoint, response: HttpResponse) -> KGError:
    """Return the fault that a status other than 200 stands for."""
    status = response.status
    is_page = "html" in (response.headers.get("Content-Type") or "").lower()
    text = endpoint.credentials.redact(response.body.decode("utf-8", "replace"))
    said = "" if is_page or status < 400 else to_printable(" ".join(text.split()))
    words = f": {said}" if said else ""
    if status == 400 and not is_page:
        return InputError(
            f"query syntax: {endpoint.address.authority} does not take the query{words}",
            hint="correct the query, or look at the address",
        )
    if status == 206:
        return _build_partial_error(endpoint)
    if status == 204:
        return build_endpoint_error(endpoint.address, "the answer is empty (204)", _NOT_AN_ENDPOINT_HINT)
    if status in {401, 403}:
        given = "" if endpoint.credentials.authorization else ", and none was given"
        return build_endpoint_error(
            endpoint.address, f"it wants another name or password ({status}){given}", CREDENTIALS_HINT
        )
    if status in {404, 405, 410}:
        return build_endpoint_error(
            endpoint.address, f"nothing answers queries at this address ({status})", _NOT_AN_ENDPOINT_HINT
        )
    if status in {429, 502, 503, 504}:
        later = to_printable(endpoint.credentials.redact(response.headers.get("Retry-After") or ""), 40)
        when = f"in {later} seconds" if later.isdecimal() else f"after {later}"
        hint = f"try again {when if later else 'later'}, or name another --endpoint"
        return build_endpoint_error(endpoint.address, f"it is busy or down ({status}){words}", hint)
    return build_endpoint_error(
        endpoint.address,
        f"it answers with {status}{words}",
        "look at the address, try again later, or ask for less",
    )
