"""Requests of the SPARQL 1.1 Protocol, built by SPARQLWrapper and sent by ``http_client``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import pyoxigraph as ox

from msme_kg.sparql.endpoint import HttpUrl

RESULTS_MEDIA_TYPES = ("application/sparql-results+json", "application/sparql-results+xml")
"""The media types of SELECT and ASK results, the preferred first; a truncated body is malformed in both."""
RDF_MEDIA_TYPES = {"application/n-triples": ox.RdfFormat.N_TRIPLES, "text/turtle": ox.RdfFormat.TURTLE}
"""The media types of CONSTRUCT and DESCRIBE results, the preferred first, and their formats."""
RESULTS_QUERY_FORMS = ("SELECT", "ASK")
"""The query forms whose result is not a graph."""
BASE_HEADERS = {"Accept-Encoding": "identity", "Connection": "close"}
"""The headers of every request."""


@dataclass(frozen=True)
class HttpRequest:
    """A request of HTTP.

    Attributes:
        address: the target.
        method: such as ``POST``.
        headers: by name; they may contain credentials.
        body: None where the method has none.
    """

    address: HttpUrl
    method: str
    headers: Mapping[str, str] = field(repr=False)
    body: bytes | None


def list_accepted_types(query_form: str) -> str:
    """Return the ``Accept`` header for a query form."""
    types = RESULTS_MEDIA_TYPES if query_form in RESULTS_QUERY_FORMS else tuple(RDF_MEDIA_TYPES)
    return f"{types[0]}, {types[1]};q=0.9"


def build_form_request(
    address: HttpUrl, operation: Literal["query", "update"], text: str, accept: str, user_agent: str
) -> HttpRequest:
    """Return a POST with URL-encoded parameters, which every store accepts (Protocol §2.1.2, §2.2.1).

    Args:
        address: where the store takes the operation.
        operation: the kind of operation.
        text: the query or update.
        accept: the media types that can be read.
        user_agent: the name and version of this tool.
    """
    from SPARQLWrapper import POST, URLENCODED, SPARQLWrapper  # imports rdflib: only for remote stores

    wrapper = SPARQLWrapper(address.url, agent=user_agent)
    wrapper.setMethod(POST)
    wrapper.setRequestMethod(URLENCODED)
    wrapper.setOnlyConneg(True)
    # Not setQuery(): it guesses the form, and mistakes words of comments for it.
    wrapper.queryString, wrapper.queryType = text, "SELECT" if operation == "query" else "INSERT"
    for name, value in {**BASE_HEADERS, "Accept": accept}.items():
        wrapper.addCustomHttpHeader(name, value)
    # The public methods send what they build, without a total deadline and with redirects to other hosts.
    built = wrapper._createRequest()
    return HttpRequest(address, built.get_method(), dict(built.header_items()), built.data)
