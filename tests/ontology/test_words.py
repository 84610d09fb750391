"""What is unverified is nowhere, and the sentences of the dossier and of the brief are not taken over."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pyoxigraph as ox

from ontology.content import BASE, Content, iri
from ontology.dossier import table, window

# Columns of the dossier that hold prose: their sentences are not taken over.
PROSE = re.compile(
    r"note|summary|description|asks_for_\d|follow_up_or_review|content_own_words|later_status|deliverable_en"
    r"|scope_note_en|topics|joined_basis|role_towards_group|relation_to_group|what_was_reported|what_counted|statement"
)
# Properties whose literals are our own prose (names, titles and labels are the sources').
OWN_PROSE = {
    iri(one)
    for one in (
        "skos:note",
        "skos:editorialNote",
        "skos:scopeNote",
        "skos:definition",
        "skos:changeNote",
        "msme:gist",
        "msme:deliverable",
        "dcterms:description",
    )
}


def literals(content: Content) -> Iterator[tuple[str, ox.Literal]]:
    for triple, name in content.triples:
        if isinstance(triple.object, ox.Literal):
            yield f"{name}: {triple.subject.value.removeprefix(BASE)} {triple.predicate.value}", triple.object


def test_titles_that_nobody_verified_are_nowhere(facts, asked):
    rows = table(facts / "instruments/package_2020.tsv")
    stated = " \n ".join(
        text
        for path in sorted(facts.rglob("*.tsv"))
        for row in table(path)
        for column, text in row.items()
        if column != "candidate_title_unverified" and text
    ).casefold()
    unverified = [row["candidate_title_unverified"] for row in rows if row["candidate_title_unverified"]]
    assert unverified
    # The cover's candidate is part of the title of the 2021 declaration, which the brief states.
    hidden = [title for title in unverified if title.casefold() not in stated]
    assert len(hidden) >= len(unverified) - 1
    found = [
        f"{place}: {title}"
        for place, literal in literals(asked)
        for title in hidden
        if title.casefold() in literal.value.casefold()
    ]
    assert not found, "take out what the dossier marks as unverified:\n" + "\n".join(found)


def test_no_one_joins_before_the_founding(asked):
    for one in asked.of_class("msme:Membership"):
        assert (window(asked, one)[0] or "") >= "2017-12-13", f"{one}: the Group began on 2017-12-13"


def squeezed(text: str) -> str:
    """Return a text as it compares: letters and digits in lower case, one space between words."""
    return " ".join(re.findall(r"\w+", text.casefold()))


def test_no_sentence_of_the_dossier_is_taken_over(facts, asked):
    sentences = {
        squeezed(sentence): f"{path.name}, {column}"
        for path in sorted(facts.rglob("*.tsv"))
        for row in table(path)
        for column, text in row.items()
        if column and text and PROSE.search(column)
        for sentence in re.split(r"(?<=[.;!?])\s+", text)
        if len(sentence) > 60
    }
    assert len(sentences) > 200
    found = [
        f"{place}: {origin}: {sentence}"
        for triple, name in asked.triples
        if isinstance(triple.object, ox.Literal) and len(triple.object.value) > 60
        for place in [f"{name}: {triple.subject.value.removeprefix(BASE)}"]
        for sentence, origin in sentences.items()
        if triple.predicate.value in OWN_PROSE and sentence in squeezed(triple.object.value)
    ]
    assert not found, "say it in own words:\n" + "\n".join(found)


def test_no_passage_of_the_brief_is_taken_over(dossier, asked):
    """Its terms are used in labels; in our own prose no more than a phrase of it stands in one piece."""
    longest = 24
    (path,) = (dossier / "brief").glob("*.txt")
    brief = re.sub(r"\s+", "", path.read_text(encoding="utf-8"))
    pieces = {brief[start : start + longest + 1] for start in range(len(brief) - longest)}
    found = []
    for triple, name in asked.triples:
        literal = triple.object
        if triple.predicate.value in OWN_PROSE and (literal.language or "").startswith("zh"):
            text = re.sub(r"\s+", "", literal.value)
            copied = [
                text[at : at + longest + 1]
                for at in range(len(text))
                if text[at : at + longest + 1] in pieces
            ]
            if copied and len(copied[0]) > longest:
                found.append(f"{name}: {triple.subject.value.removeprefix(BASE)}: {copied[0]}…")
    assert not found, "say it in own words:\n" + "\n".join(found)
