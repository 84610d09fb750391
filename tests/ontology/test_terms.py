"""Each term is declared, of one kind, used as its kind, in both languages, and each foreign term exists."""

from __future__ import annotations

import re
from collections import defaultdict
from pathlib import Path

import pyoxigraph as ox
import pytest

from ontology.content import ADMIN, BASE, MSME, PREFIXES, RDF_TYPE, SUBCLASS, Content, compact, iri

TERMS = Path(__file__).parent / "terms"
OWL = PREFIXES["owl"]
KINDS = {f"{OWL}ObjectProperty", f"{OWL}DatatypeProperty", f"{OWL}AnnotationProperty"}
# RDF, RDFS and OWL terms need no declaration; SHACL terms are outside OWL.
BUILT_IN = tuple(PREFIXES[one] for one in ("rdf", "rdfs", "owl", "sh"))
LANGUAGES = ("en", "zh-hant")
OWN = (MSME, ADMIN)

# Own properties used by neither data nor shapes, each with the reason for it.
_APPLY = "msme-kg apply states it in data/changes/, which is not asked"
UNUSED_PROPERTIES = {
    "admin:addedStatement": _APPLY,
    "admin:removedStatement": _APPLY,
    "admin:storedWith": "says in whose file instances of a class are stored: read when files are chosen",
}


def lists() -> dict[str, set[str]]:
    """Return the local names of each vocabulary, by its namespace."""
    terms = {}
    for path in sorted(TERMS.glob("*.txt")):
        head, *lines = path.read_text(encoding="utf-8").splitlines()
        prefix, _, namespace = head.removeprefix("# ").partition(": ")
        assert prefix == path.stem, f"{path.name}: the first line names prefix and namespace"
        terms[namespace] = {line for line in lines if line and not line.startswith("#")}
    return terms


def named(triple: ox.Triple) -> list[str]:
    """Return the IRIs of a triple, and the datatype of its literal."""
    spots = [triple.subject, triple.predicate, triple.object]
    iris = [spot.value for spot in spots if isinstance(spot, ox.NamedNode)]
    return iris + [spot.datatype.value for spot in spots if isinstance(spot, ox.Literal)]


def declared(content: Content) -> dict[str, set[str]]:
    """Return the declared kinds of each property."""
    kinds: dict[str, set[str]] = defaultdict(set)
    for triple in content:
        if triple.predicate.value == RDF_TYPE and triple.object.value in KINDS:
            kinds[triple.subject.value].add(triple.object.value)
    return kinds


def own(content: Content, *kinds: str) -> list[str]:
    """Return the CURIEs of the current own terms of the given kinds."""
    wanted = {f"{OWL}{kind}" for kind in kinds}
    deprecated = set(content.subjects("owl:deprecated"))
    return sorted(
        {
            compact(triple.subject.value)
            for triple in content
            if triple.predicate.value == RDF_TYPE
            and triple.object.value in wanted
            and triple.subject.value.startswith(OWN)
            and triple.subject.value not in deprecated
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


def test_each_property_is_used_according_to_its_kind(terms, asked):
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
        triple.subject.value
        for triple in terms
        if triple.predicate.value == RDF_TYPE
        and triple.object.value in {f"{OWL}Class", f"{PREFIXES['rdfs']}Datatype"}
    }
    used = {
        triple.object.value
        for triple in asked
        if triple.predicate.value in {RDF_TYPE, SUBCLASS, f"{PREFIXES['rdf']}first"}
        and not triple.object.value.startswith(BUILT_IN)
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
    """Each property and class in use is our own or in a list."""
    namespaces = (*OWN, *lists())
    terms_in_use = {triple.predicate.value for triple in everything} | {
        triple.object.value for triple in everything if triple.predicate.value == RDF_TYPE
    }
    strange = sorted(term for term in terms_in_use if not term.startswith(namespaces))
    assert not strange, f"write the list of this vocabulary under tests/ontology/terms/: {strange}"


def test_the_lists_name_the_namespaces_of_the_declared_prefixes(everything):
    declared_prefixes = {
        everything.get_only_value(declaration, "sh:prefix"): everything.get_only_value(
            declaration, "sh:namespace"
        )
        for declaration in everything.subjects("sh:prefix")
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
        compact(datatype)
        for datatype in terms.subjects("rdf:type", "rdfs:Datatype")
        if datatype.startswith(MSME)
    ]
    wrong = [
        f"{name} has {len(texts)} {prop} in {language}"
        for name in names
        for language in LANGUAGES
        if len(texts := terms.text(name, prop, language)) != 1 or not texts[0].strip()
    ]
    assert names
    assert not wrong


def test_own_terms_have_rdfs_isdefinedby(terms):
    names = own(terms, "Class", "ObjectProperty", "DatatypeProperty", "AnnotationProperty")
    ontology = f"{BASE}ontology"
    assert not [name for name in names if terms.values(name, "rdfs:isDefinedBy") != [ontology]]


def test_labels_of_own_properties_are_distinct(terms):
    """Two properties with one label cannot be distinguished in a table."""
    for kinds in (("ObjectProperty", "DatatypeProperty", "AnnotationProperty"), ("Class",)):
        for language in LANGUAGES:
            seen: dict[str, list[str]] = defaultdict(list)
            for name in own(terms, *kinds):
                for label in terms.text(name, "rdfs:label", language):
                    seen[label].append(name)
            assert not {label: names for label, names in seen.items() if len(names) > 1}


def test_class_names_are_upper_and_property_names_lower_camel_case(terms):
    assert not [name for name in own(terms, "Class") if not re.fullmatch(r"msme:[A-Z][A-Za-z0-9]*", name)]
    properties = own(terms, "ObjectProperty", "DatatypeProperty", "AnnotationProperty")
    assert not [name for name in properties if not re.fullmatch(r"(?:msme|admin):[a-z][A-Za-z0-9]*", name)]


def test_each_own_term_in_use_is_declared(terms, everything):
    known = {triple.subject.value for triple in terms if triple.predicate.value == RDF_TYPE}
    used = {term for triple in everything for term in named(triple) if term.startswith(OWN)}
    assert not used - known, "declare in ontology/msme.ttl"


def test_each_own_property_is_used_in_data_or_in_a_shape(terms, asked, shapes):
    used = {triple.predicate.value for triple in asked if not triple.subject.value.startswith(OWN)} | {
        term for triple in shapes for term in named(triple)
    }
    properties = own(terms, "ObjectProperty", "DatatypeProperty", "AnnotationProperty")
    unused = {name for name in properties if iri(name) not in used}
    assert unused - UNUSED_PROPERTIES.keys() == set(), "use it, drop it, or say above why it is kept"
    assert UNUSED_PROPERTIES.keys() - unused == set(), "used by now: take it out of UNUSED_PROPERTIES"


def test_each_own_class_has_instances_or_a_class_or_shape_that_builds_on_it(terms, asked, shapes):
    used = {triple.object.value for triple in asked if triple.predicate.value in {RDF_TYPE, SUBCLASS}}
    used |= {term for triple in shapes for term in named(triple)}
    unused = {name for name in own(terms, "Class") if iri(name) not in used}
    assert unused == set(), "use it or drop it"


def test_each_class_with_instances_states_its_kind_and_file(terms, data):
    above: dict[str, set[str]] = defaultdict(set)
    for triple in terms:
        if triple.predicate.value == SUBCLASS:
            above[triple.subject.value].add(triple.object.value)

    def read_annotation(name: str, prop: str) -> set[str]:
        direct = {
            triple.object.value
            for triple in terms
            if triple.subject.value == name and triple.predicate.value == ADMIN + prop
        }
        return direct or {value for parent in above[name] for value in read_annotation(parent, prop)}

    stored: dict[str, set[str]] = defaultdict(set)
    for triple, name in data.triples:
        if triple.predicate.value == RDF_TYPE:
            stored[triple.object.value].add(name)
    assert stored.pop(iri("foaf:Agent")) == {"data/dataset.ttl"}, "the agent is part of the dataset's record"
    for name, files in stored.items():
        # An attestation is stored with the entity that it is about, in any file.
        assert len(read_annotation(name, "kind")) == 1, f"{name} has instances: say admin:kind, once"
        if name != f"{MSME}Attestation":
            assert {f"{file}.ttl" for file in read_annotation(name, "storedIn")} == files, (
                f"{name}: admin:storedIn is not its file"
            )


def test_each_deprecated_term_names_the_current_one_and_is_used_no_more(terms, everything):
    replaced = {
        "msme:about": "msme:of",
        "msme:addedStatement": "admin:addedStatement",
        "msme:kind": "admin:kind",
        "msme:recordEnds": "admin:recordEnds",
        "msme:removedStatement": "admin:removedStatement",
        "msme:storedIn": "admin:storedIn",
        "msme:storedWith": "admin:storedWith",
    }
    deprecated = set(terms.subjects("owl:deprecated"))
    assert deprecated >= {iri(term) for term in replaced}, "a released term never disappears"
    for term in deprecated:
        (current,) = terms.values(term, "dcterms:isReplacedBy")
        assert current not in deprecated
        assert terms.values(current, "rdf:type")
        assert current == iri(replaced.get(compact(term), current))
        assert len(terms.objects(term, "rdfs:label")) == len(LANGUAGES)
    used = {triple.predicate.value for triple in everything} | {
        one for triple in everything if triple.subject.value not in deprecated for one in named(triple)
    }
    assert not used & deprecated, "state the current term instead"


def read_superclasses(terms: Content) -> dict[str, set[str]]:
    """Return each class with itself and all of its superclasses."""
    above: dict[str, set[str]] = {}
    for triple in terms:
        if triple.predicate.value in {RDF_TYPE, SUBCLASS}:
            above.setdefault(triple.subject.value, {triple.subject.value})
        if triple.predicate.value == SUBCLASS:
            above[triple.subject.value].add(triple.object.value)
    size = 0
    while size < (size := sum(map(len, above.values()))):
        for classes in above.values():
            classes.update({one for parent in classes for one in above.get(parent, ())})
    return above


def test_each_own_property_says_what_it_describes_without_excluding_attestations(terms):
    """An attestation has properties of its thing: rdfs:domain would make it an instance of that class."""
    properties = own(terms, "ObjectProperty", "DatatypeProperty", "AnnotationProperty")
    with_domain = {name for name in properties if terms.values(name, "rdfs:domain")}
    assert {name for name in with_domain if not name.startswith("admin:")} == {
        "msme:attests", "msme:hostKind", "msme:locator", "msme:of",
    }  # fmt: skip
    described = {name for name in properties if terms.values(name, "schema:domainIncludes")}
    assert set(properties) - with_domain - described == {"msme:recordSourced", "admin:recordEnds"}
    assert not with_domain & described


def test_each_own_property_is_used_on_the_classes_that_it_describes(terms, data):
    above = read_superclasses(terms)
    classes: dict[str, set[str]] = defaultdict(set)
    for triple in data:
        if triple.predicate.value == RDF_TYPE:
            classes[triple.subject.value] |= above.get(triple.object.value, {triple.object.value})
    wrong, counted = set(), 0
    for triple in data:
        included = set(terms.values(triple.predicate.value, "schema:domainIncludes"))
        types = classes[triple.subject.value]
        counted += bool(included)
        if (
            included
            and not types & {*included, f"{MSME}Attestation"}
            and triple.predicate.value != f"{MSME}basis"
        ):
            wrong.add((compact(triple.predicate.value), *sorted(map(compact, types))))
    assert counted > 3000
    assert wrong == set(), "add the class to schema:domainIncludes, or correct the statement"


def test_texts_are_values_of_datatype_properties(terms, data):
    texts = {"deliverable", "gist", "place", "population", "roleTowardsGroup", "theme"}
    assert {f"msme:{name}" for name in texts} <= set(own(terms, "DatatypeProperty"))
    for name in texts:
        assert all(
            term.language
            for thing in data.subjects(f"msme:{name}")
            for term in data.objects(thing, f"msme:{name}")
        )
