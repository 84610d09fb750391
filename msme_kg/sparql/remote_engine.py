"""An engine that asks other people's stores; of several, the next one answers when one fails."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence

import pyoxigraph as ox

from msme_kg.errors import DeadlineError, InputError, KGError, Place, printable
from msme_kg.namespaces import Prefixes
from msme_kg.rdf.parser import parse
from msme_kg.sparql.endpoint import LOGIN_HINT, Endpoint, endpoints_of
from msme_kg.sparql.http_client import Deadline, Response, send, trouble
from msme_kg.sparql.http_request import ROW_FORMS, ROWS, STATEMENTS, request_for
from msme_kg.sparql.local_engine import FORMS, check_query
from msme_kg.sparql.prologue import columns_of, with_prefixes
from msme_kg.sparql.results import Answer, Boolean, Solutions, Triples
from msme_kg.sparql.results_parser import MOST_ROWS, NoResultsError, as_boolean, read_rows

_OTHER = "it may be no endpoint of SPARQL; look at the address, or name another --endpoint"
_LESS = "ask for less, for example with LIMIT"
_AGAIN = "try again; if it stays so, name another --endpoint that keeps to SPARQL 1.1"
_PARTIAL = "the answer is partial: it stopped at a limit of its own"


class RemoteEngine:
    """Answers from endpoints, which must all hold the same.

    A query may use the prefixes of the ontology without declaring them, and is refused what a local one is.
    """

    def __init__(
        self,
        addresses: Sequence[str],
        agent: str,
        prefixes: Prefixes,
        clock: Callable[[], Deadline],
        tell: Callable[[str], None],
    ) -> None:
        """Ask nothing yet.

        Args:
            addresses: of the endpoints, the first is asked first.
            agent: the name and version of this tool.
            prefixes: those of the ontology.
            clock: gives the deadline of a query.
            tell: hears in one line which endpoint failed, why, and which is asked in its place.

        Raises:
            UsageError: an address is malformed or carries a password, or credentials are incomplete.
        """
        self._endpoints = deque(endpoints_of(addresses))
        self._agent = agent
        self._prefixes = prefixes
        self._clock = clock
        self._tell = tell

    def ask(self, query: str) -> Answer:
        """Return the answer to a query; see ``msme_kg.sparql.results.Engine``."""
        form = next(iter(check_query(query) & FORMS), None)
        if form is None:
            what = f"query syntax: none of {', '.join(sorted(FORMS))}"
            raise InputError(what, place=Place("query", 1, 1), hint="correct the query there")
        whole = with_prefixes(query, self._prefixes)
        deadline = self._clock()
        for untried in range(len(self._endpoints), 1, -1):
            try:
                return self._asked(whole, form, deadline.share(untried))
            except DeadlineError as fault:
                self._endpoints.rotate(-1)  # who failed is asked last from now on
                self._tell(f"{fault.message}; asking {self._endpoints[0].address.authority} instead")
        return self._asked(whole, form, deadline)

    def select(self, query: str) -> Solutions:
        """Return the answer to a query that is known to be a SELECT."""
        answer = self.ask(query)
        assert isinstance(answer, Solutions)  # noqa: S101 (the caller wrote the query)
        return answer

    def _asked(self, query: str, form: str, deadline: Deadline) -> Answer:
        endpoint = self._endpoints[0]
        response = send(request_for(endpoint, query, form, self._agent), deadline)
        if response.status != 200:
            raise _refusal(endpoint, response)
        media_type = _media_type(endpoint, response, form)
        try:
            if form in ROW_FORMS:
                return _answer(response, media_type, form, query)
            return _statements(response, media_type)
        except NoResultsError as fault:
            raise trouble(endpoint.address, str(fault), _LESS if fault.is_too_much else _AGAIN) from None


def _media_type(endpoint: Endpoint, response: Response, form: str) -> str:
    """Return the media type of an answer, which says by its form alone whether it may be one."""
    encoding = (response.headers.get("Content-Encoding") or "identity").strip()
    if encoding.lower() != "identity":
        named = printable(endpoint.credentials.hidden(encoding), 20)
        what = f"the answer is packed ({named}), which was not asked for"
        raise trouble(endpoint.address, what)
    if response.headers.get("X-SQL-State"):
        raise _partial(endpoint)
    if form in ROW_FORMS and not response.body.strip():
        raise trouble(endpoint.address, "the answer is empty", _OTHER)
    said = (response.headers.get("Content-Type") or "").partition(";")[0].strip()
    if said.lower() not in (ROWS if form in ROW_FORMS else STATEMENTS):
        kind = "results of SPARQL" if form in ROW_FORMS else "statements"
        named = printable(endpoint.credentials.hidden(said), 60) or "of no type"
        raise trouble(endpoint.address, f"the answer is not {kind}, but {named}", _OTHER)
    return said.lower()


def _partial(endpoint: Endpoint) -> DeadlineError:
    return trouble(endpoint.address, _PARTIAL, _LESS)


def _answer(response: Response, media_type: str, form: str, query: str) -> Solutions | Boolean:
    answer = read_rows(response.body, media_type)
    if isinstance(answer, Boolean):
        if form != "ASK":
            raise NoResultsError("the answer is yes or no, not rows")
        return answer
    # Virtuoso says so when it has given as many rows as it ever does.
    most = (response.headers.get("X-SPARQL-MaxRows") or "").strip()
    if most and (not most.isdecimal() or len(answer.rows) >= int(most[:9])):
        raise NoResultsError(_PARTIAL, is_too_much=True)
    if form != "ASK":
        return _in_order(answer, columns_of(query))
    truth = as_boolean(answer)
    if truth is None:
        raise NoResultsError("the answer is rows, not yes or no")
    return truth


def _in_order(answer: Solutions, columns: tuple[str, ...] | None) -> Solutions:
    """Return rows with the columns as they were asked for, if they are those."""
    if columns is None or answer.columns == columns:
        return answer
    if set(answer.columns) != set(columns):
        raise NoResultsError("the answer has other columns than the query")
    places = [answer.columns.index(one) for one in columns]
    return Solutions(columns, tuple(tuple(row[at] for at in places) for row in answer.rows))


def _statements(response: Response, media_type: str) -> Triples:
    if not response.is_bounded:
        # Half of it would look whole.
        raise NoResultsError("it does not say where its statements end, so that they may be cut")
    found: list[ox.Quad] = []
    try:
        for quad in parse(response.body, f"answer{STATEMENTS[media_type]}"):
            found.append(quad)
            if len(found) > MOST_ROWS:
                raise NoResultsError(f"the answer has more than {MOST_ROWS} statements", is_too_much=True)
    except KGError as fault:
        line = f" (line {fault.place.line})" if fault.place and fault.place.line else ""
        raise NoResultsError(f"the statements are cut or malformed{line}: {fault.message}") from None
    return Triples(tuple(found))


def _refusal(endpoint: Endpoint, response: Response) -> KGError:
    """Return the fault that a status other than 200 stands for."""
    status = response.status
    is_page = "html" in (response.headers.get("Content-Type") or "").lower()
    text = endpoint.credentials.hidden(response.body.decode("utf-8", "replace"))
    said = "" if is_page or status < 400 else printable(" ".join(text.split()))
    words = f": {said}" if said else ""
    if status == 400 and not is_page:
        return InputError(
            f"query syntax: {endpoint.address.authority} does not take the query{words}",
            hint="correct the query, or look at the address",
        )
    if status == 206:
        return _partial(endpoint)
    if status == 204:
        return trouble(endpoint.address, "the answer is empty (204)", _OTHER)
    if status in {401, 403}:
        given = "" if endpoint.credentials.header else ", and none was given"
        return trouble(endpoint.address, f"it wants another name or password ({status}){given}", LOGIN_HINT)
    if status in {404, 405, 410}:
        return trouble(endpoint.address, f"nothing answers queries at this address ({status})", _OTHER)
    if status in {429, 502, 503, 504}:
        later = printable(endpoint.credentials.hidden(response.headers.get("Retry-After") or ""), 40)
        when = f"in {later} seconds" if later.isdecimal() else f"after {later}"
        hint = f"try again {when if later else 'later'}, or name another --endpoint"
        return trouble(endpoint.address, f"it is busy or down ({status}){words}", hint)
    return trouble(
        endpoint.address,
        f"it answers with {status}{words}",
        "look at the address, try again later, or ask for less",
    )
