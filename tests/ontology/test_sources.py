"""Sources: the kind of host, the documents of which they are copies, and their publishers."""

from __future__ import annotations

from collections import defaultdict
from urllib.parse import urlsplit

import pytest

from ontology.content import Content, iri

WEAK = {
    "cea.africa", "m.ru24.net", "mansguideto.com", "menshlynews.blogspot.com", "msmenews.sbs",
    "new-staging.intracen.org", "spikedmedia.paivepo.digital", "stage.tradelawdaily.com", "vaidra.in",
}  # fmt: skip
"""Hosts that the tables of sources name as weak."""


@pytest.fixture(scope="module")
def hosts(data) -> dict[str, list[str]]:
    """Return the sources on each host, without `www.`."""
    found: dict[str, list[str]] = defaultdict(list)
    for source in data.of_class("msme:Source"):
        for url in data.values(source, "schema:url"):
            found[(urlsplit(url).hostname or "").removeprefix("www.")].append(source)
    return found


def list_kinds(data: Content, sources: list[str]) -> set[str]:
    return {kind.rpartition("/")[2] for source in sources for kind in data.values(source, "msme:hostKind")}


def test_each_host_is_of_one_kind(data, hosts):
    """Each source with an address says the kind, and sources on one host say the same."""
    assert len(hosts) > 80
    assert {host: kinds for host in hosts if len(kinds := list_kinds(data, hosts[host])) != 1} == {}
    assert all(data.values(source, "msme:hostKind") for sources in hosts.values() for source in sources)


def test_weak_hosts_are_the_listed_ones(data, hosts):
    assert {host for host in hosts if list_kinds(data, hosts[host]) == {"weak"}} == WEAK
    assert list_kinds(data, hosts["wto.org"]) == {"official"}
    assert list_kinds(data, hosts["web.wtocenter.org.tw"]) == {"mirror"}


def test_a_copy_cites_its_document_and_the_document_cites_it(asked):
    copies = asked.subjects("dcterms:isFormatOf")
    documents = [asked.get_only_value(copy, "dcterms:isFormatOf") or "" for copy in copies]
    assert len(documents) == len(set(documents)) >= 18
    for copy, document in zip(copies, documents, strict=True):
        assert copy in asked.values(document, "dcterms:source"), f"{document} does not cite {copy}"
        titles = asked.text(copy, "dcterms:title", "en")
        assert titles in ([], asked.text(document, "rdfs:label", "en"))


def test_a_publisher_is_a_thing_or_a_name(asked):
    """An organization that has a record is linked to; its pages do not name it in words."""
    bodies = {iri(f"organization:{slug}") for slug in ("wto", "itc", "icc", "wtocenter-tw")}
    linked = defaultdict(set)
    for source in asked.of_class("msme:Source"):
        body = asked.get_only_value(source, "dcterms:publisher")
        assert not (body and asked.values(source, "dc:publisher")), f"{source} has two publishers"
        if body:
            linked[body].add(source)
    assert linked.keys() >= bodies
    assert len(linked[iri("organization:wto")]) >= 30
