"""A query as a request of the SPARQL 1.1 Protocol, built by SPARQLWrapper."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from msme_kg.sparql.endpoint import Endpoint, HttpUrl

RESULTS_MEDIA_TYPES = ("application/sparql-results+json", "application/sparql-results+xml")
"""The media types of SELECT and ASK, the better first; both have an end by which a cut answer is known."""
RDF_MEDIA_TYPES = {"application/n-triples": ".nt", "text/turtle": ".ttl"}
"""The media types of CONSTRUCT and DESCRIBE, the better first, and the endings of their files."""
RESULTS_QUERY_FORMS = ("SELECT", "ASK")


@dataclass(frozen=True)
class HttpRequest:
    """What is sent.

    Attributes:
        address: where to.
        method: of HTTP.
        headers: by name; one of them may be a secret.
        body: the form; None where the method has none.
    """

    address: HttpUrl
    method: str
    headers: Mapping[str, str] = field(repr=False)
    body: bytes | None


def build_query_request(endpoint: Endpoint, query: str, query_form: str, user_agent: str) -> HttpRequest:
    """Return the request that asks an endpoint a query: a POST of a form, which every store answers.

    Args:
        endpoint: which store.
        query: its text.
        query_form: ``SELECT``, ``ASK``, ``CONSTRUCT`` or ``DESCRIBE``.
        user_agent: the name and version of this tool.
    """
    from SPARQLWrapper import POST, URLENCODED, SPARQLWrapper  # only who asks others waits for it

    wrapper = SPARQLWrapper(endpoint.address.url, agent=user_agent)
    wrapper.setMethod(POST)
    wrapper.setRequestMethod(URLENCODED)
    wrapper.setOnlyConneg(True)
    # Not setQuery(): it guesses the form, and takes a word of a comment for it.
    wrapper.queryString, wrapper.queryType = query, query_form
    accepted = RESULTS_MEDIA_TYPES if query_form in RESULTS_QUERY_FORMS else tuple(RDF_MEDIA_TYPES)
    wrapper.addCustomHttpHeader("Accept", f"{accepted[0]}, {accepted[1]};q=0.9")
    wrapper.addCustomHttpHeader("Accept-Encoding", "identity")
    wrapper.addCustomHttpHeader("Connection", "close")
    if endpoint.credentials.authorization:
        wrapper.addCustomHttpHeader("Authorization", endpoint.credentials.authorization)
    # The only way to have a request without sending it; sending it is the work of our own transport.
    built = wrapper._createRequest()
    return HttpRequest(endpoint.address, built.get_method(), dict(built.header_items()), built.data)
