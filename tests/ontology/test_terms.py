"""Each term is declared, of one kind, used as its kind, in both languages, and each foreign term exists."""

from __future__ import annotations

import re
from collections import defaultdict
from pathlib import Path

import pyoxigraph as ox
import pytest

from ontology.content import BASE, MSME, PREFIXES, RDF_TYPE, SUBCLASS, Content

TERMS = Path(__file__).parent / "terms"
OWL = PREFIXES["owl"]
KINDS = {f"{OWL}ObjectProperty", f"{OWL}DatatypeProperty", f"{OWL}AnnotationProperty"}
# What RDF, RDFS and OWL define needs no declaration, and SHACL's own terms are none of OWL's business.
BUILT_IN = tuple(PREFIXES[one] for one in ("rdf", "rdfs", "owl", "sh"))
LANGUAGES = ("en", "zh-hant")

# Own properties that neither a data file nor a shape uses, each with the reason why it is kept.
_APPLY = "msme-kg apply states it in data/changes/, which holds nothing yet"
UNUSED_PROPERTIES = {
    "addedStatement": _APPLY,
    "removedStatement": _APPLY,
    "storedWith": "says of a class in which file its instances live: read where an update is put into files",
}
# Own classes without an instance, a class below them or a shape.


def lists() -> dict[str, set[str]]:
    """Return the local names of each vocabulary, by its namespace."""
    found = {}
    for path in sorted(TERMS.glob("*.txt")):
        head, *lines = path.read_text(encoding="utf-8").splitlines()
        prefix, _, namespace = head.removeprefix("# ").partition(": ")
        assert prefix == path.stem, f"{path.name}: the first line names prefix and namespace"
        found[namespace] = {line for line in lines if line and not line.startswith("#")}
    return found


def named(triple: ox.Triple) -> list[str]:
    """Return the IRIs of a triple, and the datatype of its literal."""
    spots = [triple.subject, triple.predicate, triple.object]
    found = [spot.value for spot in spots if isinstance(spot, ox.NamedNode)]
    return found + [spot.datatype.value for spot in spots if isinstance(spot, ox.Literal)]


def declared(content: Content) -> dict[str, set[str]]:
    """Return the kinds under which each property is declared."""
    found: dict[str, set[str]] = defaultdict(set)
    for one in content:
        if one.predicate.value == RDF_TYPE and one.object.value in KINDS:
            found[one.subject.value].add(one.object.value)
    return found


def own(content: Content, *kinds: str) -> list[str]:
    """Return the local names of the own terms that are of one of some kinds."""
    wanted = {f"{OWL}{kind}" for kind in kinds}
    return sorted(
        {
            one.subject.value.removeprefix(MSME)
            for one in content
            if one.predicate.value == RDF_TYPE
            and one.object.value in wanted
            and one.subject.value.startswith(MSME)
        }
    )


def test_each_property_in_use_is_declared(terms, everything):
    known = declared(terms)
    lacking: dict[str, set[str]] = defaultdict(set)
    for triple, name in everything.triples:
        prop = triple.predicate.value
        if prop not in known and not prop.startswith(BUILT_IN):
            lacking[prop].add(name)
    assert not lacking, (
        f"declare in ontology/msme.ttl as object, datatype or annotation property: {dict(lacking)}"
    )


def test_each_property_is_exactly_one_of_object_datatype_and_annotation(terms, everything):
    assert not {prop: kinds for prop, kinds in declared(terms).items() if len(kinds) != 1}
    elsewhere = {
        name
        for triple, name in everything.triples
        if triple.predicate.value == RDF_TYPE and triple.object.value in KINDS and name != "ontology/msme.ttl"
    }
    assert not elsewhere, f"properties are declared in ontology/msme.ttl alone, not in {elsewhere}"


def test_each_property_is_used_as_its_kind(terms, asked):
    known = declared(terms)
    wrong = []
    for triple, name in asked.triples:
        kinds = known.get(triple.predicate.value, set())
        literal = isinstance(triple.object, ox.Literal)
        if (f"{OWL}ObjectProperty" in kinds and literal) or (
            f"{OWL}DatatypeProperty" in kinds and not literal
        ):
            wrong.append(f"{name}: {triple}")
    assert not wrong, "object properties take IRIs, datatype properties literals:\n" + "\n".join(wrong[:20])


def test_each_class_in_use_is_declared(terms, asked):
    classes = {
        one.subject.value
        for one in terms
        if one.predicate.value == RDF_TYPE
        and one.object.value in {f"{OWL}Class", f"{PREFIXES['rdfs']}Datatype"}
    }
    used = {
        one.object.value
        for one in asked
        if one.predicate.value in {RDF_TYPE, SUBCLASS, f"{OWL}disjointWith"}
        and not one.object.value.startswith(BUILT_IN)
    }
    assert not used - classes, "declare as owl:Class in ontology/msme.ttl"


def test_each_foreign_term_exists_in_its_vocabulary(everything):
    known = lists()
    wrong: dict[str, set[str]] = defaultdict(set)
    for triple, name in everything.triples:
        for term in named(triple):
            for namespace, names in known.items():
                local = term.removeprefix(namespace)
                if (
                    term.startswith(namespace)
                    and local
                    and not re.search(r"[/#]", local)
                    and local not in names
                ):
                    wrong[term].add(name)
    assert not wrong, f"no such term (or a list under tests/ontology/terms/ lacks it): {dict(wrong)}"


def test_each_vocabulary_in_use_has_its_list(everything):
    """Every property and class in use is ours or in a list."""
    namespaces = (MSME, *lists())
    terms_in_use = {one.predicate.value for one in everything} | {
        one.object.value for one in everything if one.predicate.value == RDF_TYPE
    }
    strange = sorted(term for term in terms_in_use if not term.startswith(namespaces))
    assert not strange, f"write the list of this vocabulary under tests/ontology/terms/: {strange}"


def test_the_lists_name_the_namespaces_of_the_declared_prefixes(everything):
    declared_prefixes = {
        everything.one(one, "sh:prefix"): everything.one(one, "sh:namespace")
        for one in everything.subjects("sh:prefix")
    }
    for path in sorted(TERMS.glob("*.txt")):
        namespace = path.read_text(encoding="utf-8").splitlines()[0].split(": ", 1)[1]
        assert declared_prefixes.get(path.stem) == namespace, (
            f"{path.name} and the ontology name different ones"
        )


@pytest.mark.parametrize("prop", ["rdfs:label", "skos:definition"], ids=["label", "definition"])
def test_each_own_term_has_one_label_and_definition_in_each_language(terms, prop):
    names = own(terms, "Class", "ObjectProperty", "DatatypeProperty", "AnnotationProperty")
    names += [
        one.removeprefix(MSME) for one in terms.subjects("rdf:type", "rdfs:Datatype") if one.startswith(MSME)
    ]
    wrong = [
        f"msme:{name} has {len(found)} {prop} in {language}"
        for name in names
        for language in LANGUAGES
        if len(found := terms.text(f"msme:{name}", prop, language)) != 1 or not found[0].strip()
    ]
    assert names
    assert not wrong


def test_own_terms_say_who_defines_them(terms):
    names = own(terms, "Class", "ObjectProperty", "DatatypeProperty", "AnnotationProperty")
    ontology = f"{BASE}ontology"
    assert not [name for name in names if terms.values(f"msme:{name}", "rdfs:isDefinedBy") != [ontology]]


def test_labels_of_own_properties_are_distinct(terms):
    """Two properties with one label cannot be distinguished in a table."""
    for kinds in (("ObjectProperty", "DatatypeProperty", "AnnotationProperty"), ("Class",)):
        for language in LANGUAGES:
            seen: dict[str, list[str]] = defaultdict(list)
            for name in own(terms, *kinds):
                for label in terms.text(f"msme:{name}", "rdfs:label", language):
                    seen[label].append(name)
            assert not {label: names for label, names in seen.items() if len(names) > 1}


def test_names_are_in_the_case_of_their_kind(terms):
    assert not [one for one in own(terms, "Class") if not re.fullmatch(r"[A-Z][A-Za-z0-9]*", one)]
    properties = own(terms, "ObjectProperty", "DatatypeProperty", "AnnotationProperty")
    assert not [one for one in properties if not re.fullmatch(r"[a-z][A-Za-z0-9]*", one)]


def test_each_own_term_in_use_is_declared(terms, everything):
    known = {one.subject.value for one in terms if one.predicate.value == RDF_TYPE}
    used = {term for one in everything for term in named(one) if term.startswith(MSME)}
    assert not used - known, "declare in ontology/msme.ttl"


def test_each_own_property_is_used_in_data_or_in_a_shape(terms, asked, shapes):
    used = {one.predicate.value for one in asked if not one.subject.value.startswith(MSME)} | {
        term for one in shapes for term in named(one)
    }
    properties = own(terms, "ObjectProperty", "DatatypeProperty", "AnnotationProperty")
    unused = {name for name in properties if MSME + name not in used}
    assert unused - UNUSED_PROPERTIES.keys() == set(), "use it, drop it, or say above why it is kept"
    assert UNUSED_PROPERTIES.keys() - unused == set(), "used by now: take it out of UNUSED_PROPERTIES"


def test_each_own_class_has_instances_or_a_class_or_shape_that_builds_on_it(terms, asked, shapes):
    used = {one.object.value for one in asked if one.predicate.value in {RDF_TYPE, SUBCLASS}}
    used |= {term for one in shapes for term in named(one)}
    unused = {name for name in own(terms, "Class") if MSME + name not in used}
    assert unused == set(), "use it or drop it"


def test_each_class_with_instances_says_its_kind_and_its_file(terms, data):
    above: dict[str, set[str]] = defaultdict(set)
    for one in terms:
        if one.predicate.value == SUBCLASS:
            above[one.subject.value].add(one.object.value)

    def says(name: str, prop: str) -> set[str]:
        direct = {
            one.object.value
            for one in terms
            if one.subject.value == name and one.predicate.value == MSME + prop
        }
        return direct or {found for parent in above[name] for found in says(parent, prop)}

    stored: dict[str, set[str]] = defaultdict(set)
    for triple, name in data.triples:
        if triple.predicate.value == RDF_TYPE:
            stored[triple.object.value].add(name)
    for name, files in stored.items():
        # An attestation is stored with the entity that it is about, in any file.
        assert len(says(name, "kind")) == 1, f"{name} has instances: say msme:kind, once"
        if name != f"{MSME}Attestation":
            assert {f"{one}.ttl" for one in says(name, "storedIn")} == files, (
                f"{name}: msme:storedIn is not its file"
            )
