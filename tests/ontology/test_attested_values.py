"""No source attests what is later than itself, or words of the compilers."""

from __future__ import annotations

from pathlib import Path

import pyoxigraph as ox
import pytest
from source_audit.attested_values import (
    Attestations,
    check_order,
    check_words,
    find_last_day,
    fits,
    read_dates,
)
from source_audit.cells import Graph

from ontology.content import PREFIXES, iri, turtle_files

SOURCE = "<source/s> a msme:Source ; schema:url <https://example.org/news_15mar23_e.htm> .\n"


def graph_of(root: Path, turtle: str) -> Graph:
    header = "".join(f"@prefix {prefix}: <{space}> .\n" for prefix, space in PREFIXES.items())
    graph = Graph(root, [])
    text = f"{header}@base <{iri('x:')[:-2]}> .\n{SOURCE}{turtle}"
    for quad in ox.parse(text, format=ox.RdfFormat.TURTLE):
        graph.add(quad.triple)
    return graph


def attestation(statements: str) -> str:
    return f"<attestation/a> msme:of <event/e> ; dcterms:source <source/s> ; {statements} .\n"


def test_no_source_of_the_graph_says_more_than_it_can(root):
    attestations = Attestations(Graph(root, turtle_files(root, "ontology", "data")), root)
    assert len(list(attestations)) > 700
    assert [*check_order(attestations), *check_words(attestations)] == []


@pytest.mark.parametrize(
    ("event", "attested", "found"),
    [
        ('msme:notBefore "2023-03-15"', "msme:attests msme:place", []),
        ('msme:notBefore "2023-03-16"', "msme:attests msme:place", ["msme:place of 2023-03-16"]),
        ('msme:notBefore "2023-03-16"', 'msme:notBefore "2023-03-14"', ["msme:notBefore of 2023-03-16"]),
        (
            'msme:notBefore "2023-03-16"',
            'msme:notBefore "2023-03-16" ; adms:status <vocab/event-status/planned>',
            [],
        ),
        ("msme:used <document/d>", "msme:attests msme:used", ["msme:used of 2023-04-01"]),
        ("msme:concerns <document/d>", "msme:attests msme:concerns", []),
    ],
)
def test_a_source_attests_nothing_later_than_itself(root, event, attested, found):
    turtle = f'<event/e> a msme:Event ; {event} .\n<document/d> msme:notBefore "2023-04-01" .\n'
    graph = graph_of(root, turtle + attestation(attested))
    messages = list(check_order(Attestations(graph, root)))
    assert [one.partition(" attests ")[2] for one in messages] == found


@pytest.mark.parametrize(
    ("statements", "count"),
    [
        ("msme:attests rdfs:label", 1),
        ('rdfs:label "Name"@en', 0),
        ('rdfs:label "名稱"@zh-Hant', 1),
        ("msme:attests skos:editorialNote", 1),
        ("msme:attests msme:gist", 0),
        ("msme:attests msme:statusOf", 1),
        ("msme:attests prov:wasRevisionOf", 1),
        ("msme:attests msme:product", 0),
    ],
)
def test_a_source_attests_no_words_of_the_compilers(root, statements, count):
    graph = graph_of(root, '<event/e> rdfs:label "Name"@en , "名稱"@zh-Hant .\n' + attestation(statements))
    assert len(list(check_words(Attestations(graph, root)))) == count


@pytest.mark.parametrize(("language", "count"), [("fr", 1), ("en", 0)])
def test_a_source_in_another_language_attests_no_english_name(root, language, count):
    turtle = f'<source/s> dc:language "{language}" .\n<event/e> rdfs:label "Name"@en .\n'
    graph = graph_of(root, turtle + attestation('rdfs:label "Name"@en'))
    assert len(list(check_words(Attestations(graph, root)))) == count


@pytest.mark.parametrize(
    ("address", "day"),
    [
        ("https://example.org/news_15mar23_e.htm", "2023-03-15"),
        ("https://example.org/2020/12/15/package", "2020-12-15"),
        ("https://example.org/2020/12/package", "2020-12-31"),
        ("https://example.org/news/20220222/55142", "2022-02-22"),
        ("https://example.org/Page/18079/404353", None),
    ],
)
def test_the_address_dates_a_source(root, address, day):
    graph = graph_of(root, f"<source/t> schema:url <{address}> .")
    assert find_last_day(graph, iri("source:t")) == day


def test_dates_are_read_from_words():
    text = "Relaunched on 27 June 2023; added (Mar 2023); 2025; from 2021-10-20 to 2021-10-22"
    assert list(read_dates(text)) == ["2023-06-27", "2023-03", "2025", "2021-10-20", "2021-10-22"]


def test_a_window_fits_if_it_is_neither_wider_nor_narrower():
    month = ("2023-03-01", "2023-03-31")
    assert fits(month, [month])
    assert fits((None, "2023-03-31"), [month])
    assert not fits(("2023-03-15", "2023-03-15"), [month])
    assert not fits(("2023-01-01", "2023-12-31"), [month])
    assert not fits((None, "2023-03-15"), [month])
