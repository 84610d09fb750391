"""WTO Members have their codes of ISO 3166-1 and their items of Wikidata and of the EU country table."""

from __future__ import annotations

import json
from pathlib import Path

import pyoxigraph as ox
import pytest

from ontology.content import BASE, MSME, Content

ISO_CODES = Path("/usr/share/iso-codes/json/iso_3166-1.json")
COUNTRY = "http://publications.europa.eu/resource/authority/country/"
WIKIDATA = "http://www.wikidata.org/entity/Q"
# A customs territory is not the territory of the item; for Denmark and the Netherlands, state and realm have
# items of their own.
NOT_EXACT = {"DK", "MO", "NL", "TW"}


def read_codes(data: Content) -> dict[str, str | None]:
    """Return the alpha-3 code of each Member by its alpha-2 code."""
    codes: dict[str, str | None] = {}
    for member in data.of_class("msme:WTOMember"):
        notations = {term.datatype.value: term.value for term in data.objects(member, "skos:notation")}
        codes[notations.pop(f"{MSME}alpha-2")] = notations.pop(f"{MSME}alpha-3", None)
        assert not notations
    return codes


def match(data: Content, code: str, namespace: str, *properties: str) -> list[str]:
    """Return the links of a Member into a namespace."""
    values = data.values(f"member:{code.lower()}", *properties)
    return [value.removeprefix(namespace) for value in values if value.startswith(namespace)]


def test_each_member_has_both_codes_and_the_eu_one(data):
    codes = read_codes(data)
    assert len(codes) >= 120
    assert {code for code, longer in codes.items() if longer is None} == {"EU"}
    assert len(set(codes.values())) == len(codes), "an alpha-3 code stands twice"
    for code in codes:
        assert data.values(f"member:{code.lower()}", "skos:notation"), f"{code}: the IRI has another code"


@pytest.mark.skipif(
    not ISO_CODES.is_file(), reason="the package iso-codes, which lists ISO 3166-1, is not here"
)
def test_codes_are_those_of_iso_3166(data):
    countries = json.loads(ISO_CODES.read_text(encoding="utf-8"))["3166-1"]
    standard = {country["alpha_2"]: country["alpha_3"] for country in countries}
    codes = read_codes(data)
    assert codes.pop("EU") is None, "a reservation for the EU, without an alpha-3 code"
    assert {code: standard.get(code) for code in codes} == codes


def test_each_member_is_linked_to_wikidata_and_the_country_table_once(data):
    items = []
    for code, longer in read_codes(data).items():
        (item,) = match(data, code, WIKIDATA, "skos:exactMatch", "skos:closeMatch")
        assert item.isdecimal()
        items.append(item)
        assert match(data, code, WIKIDATA, "skos:closeMatch") == ([item] if code in NOT_EXACT else [])
        assert match(data, code, COUNTRY, "skos:exactMatch", "skos:closeMatch") == [longer or "EUR"]
    assert len(items) == len(set(items)), "two Members are linked to one item"


def test_links_lead_out_of_the_graph(data):
    links = [
        triple
        for triple in data
        if triple.predicate.value.endswith(("#exactMatch", "#closeMatch"))
        and (not isinstance(triple.object, ox.NamedNode) or triple.object.value.startswith(BASE))
    ]
    assert links == []
