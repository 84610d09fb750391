"""A small graph with attestations, for tests of updates that run in this process."""

from __future__ import annotations

from pathlib import Path

from msme_kg.changes.changeset import UpdateRequest
from msme_kg.operations.apply import AppliedUpdate, apply
from msme_kg.operations.check import Review, check
from msme_kg.operations.fmt import format_graph
from msme_kg.repository import Repository, to_graph_iri
from msme_kg.storage.dataset import GraphFile

PREFIXES = {
    "admin": "https://w3id.org/msme-kg/admin#",
    "attestation": "https://w3id.org/msme-kg/attestation/",
    "basis": "https://w3id.org/msme-kg/vocab/basis/",
    "dcat": "http://www.w3.org/ns/dcat#",
    "dcterms": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "membership": "https://w3id.org/msme-kg/membership/",
    "msme": "https://w3id.org/msme-kg/ontology#",
    "owl": "http://www.w3.org/2002/07/owl#",
    "prov": "http://www.w3.org/ns/prov#",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "sh": "http://www.w3.org/ns/shacl#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "source": "https://w3id.org/msme-kg/source/",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
HEAD = "".join(f"@prefix {name}: <{iri}> .\n" for name, iri in PREFIXES.items())
ONTOLOGY = """
<https://w3id.org/msme-kg/ontology> a owl:Ontology ; owl:versionInfo "0.1.0" ;
  owl:versionIRI <https://w3id.org/msme-kg/ontology/0.1.0> ;
  dcterms:bibliographicCitation "The ontology, version 0.1.0, 2022."@en .
msme:Attestation admin:storedWith msme:of .
msme:Membership admin:storedIn "data/memberships" ; admin:composesLabels true ;
  rdfs:label "Membership"@en , "成員資格"@zh-Hant .
msme:Passage rdfs:subClassOf msme:Source .
msme:Source admin:storedIn "data/sources" .
skos:editorialNote msme:basis basis:own-words .
msme:notBefore rdfs:label "not before"@en , "不早於"@zh-Hant .
msme:notAfter rdfs:label "not after"@en , "不晚於"@zh-Hant .
msme:symbol rdfs:label "symbol"@en , "編號"@zh-Hant .
msme:place rdfs:label "place"@en , "地點"@zh-Hant .
"""
MEMBERSHIPS = """
membership:us a msme:Membership ;
  rdfs:label "United States"@en , "美國"@zh-Hant ;
  dcterms:source source:brief , source:news ;
  msme:recordSourced msme:symbol ;
  msme:notBefore "2022-12-01"^^xsd:date ;
  msme:notAfter "2022-12-31"^^xsd:date ;
  msme:place "Geneva"@en , "日內瓦"@zh-Hant ;
  msme:symbol "W/1" ;
  skos:altLabel "America"@en , "美利堅合眾國"@zh-Hant ;
  skos:editorialNote "Our words."@en .
membership:cn a msme:Membership ;
  rdfs:label "China"@en , "中國"@zh-Hant ;
  dcterms:source source:brief ;
  msme:recordSourced msme:symbol ;
  msme:symbol "W/2" .
attestation:membership-us-1 a msme:Attestation ;
  msme:of membership:us ; dcterms:source source:brief ;
  msme:attests msme:notBefore , msme:notAfter , skos:editorialNote ;
  msme:place "日內瓦"@zh-Hant .
attestation:membership-us-2 a msme:Attestation ;
  msme:of membership:us ; msme:basis basis:own-words ;
  msme:attests skos:altLabel ;
  msme:place "Geneva"@en .
"""
SOURCES = """
source:brief a msme:Source ; rdfs:label "The brief"@en , "簡報"@zh-Hant .
source:news a msme:Source ; rdfs:label "News"@en , "新聞"@zh-Hant .
source:later a msme:Source ; rdfs:label "A later source"@en , "後來之來源"@zh-Hant .
basis:own-words rdfs:label "own words"@en .
"""
RELEASED = "https://w3id.org/msme-kg/membership/cn\nhttps://w3id.org/msme-kg/membership/us\n"
DATASET = """
<https://w3id.org/msme-kg/dataset/msme-kg> a dcat:Dataset ;
  rdfs:label "The graph"@en , "圖譜"@zh-Hant ;
  dcat:version "0.1.0" ; dcterms:issued "2022-01-01"^^xsd:date ; admin:recordEnds "2022-12-31"^^xsd:date .
"""


def make_attested_graph(root: Path) -> Repository:
    """Write the graph, with files in canonical form, and return its repository."""
    declarations = "".join(
        f"<https://w3id.org/msme-kg/ontology> sh:declare <https://w3id.org/msme-kg/prefix/{name}> .\n"
        f'<https://w3id.org/msme-kg/prefix/{name}> sh:prefix "{name}" ; sh:namespace "{iri}" .\n'
        for name, iri in PREFIXES.items()
    )
    for path, text in (
        ("ontology/msme.ttl", ONTOLOGY + declarations),
        ("data/memberships.ttl", MEMBERSHIPS),
        ("data/sources.ttl", SOURCES),
        ("data/dataset.ttl", DATASET),
    ):
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(HEAD + text, encoding="utf-8")
    for folder in ("ontology/shapes", "queries/checks"):
        (root / folder).mkdir(parents=True)
        (root / folder / ".keep").touch()
    repository = Repository.find(root)
    format_graph(repository)
    (root / "data/releases").mkdir()
    (root / "data/releases/0.1.0.txt").write_text(RELEASED)
    return repository


def build_request(add: str = "", remove: str = "") -> UpdateRequest:
    """Return a request to add and remove some Turtle."""
    add_files, remove_files = (
        (GraphFile(name, to_graph_iri(f"foreign/{name}"), (HEAD + text).encode()),) if text else ()
        for name, text in (("add.ttl", add), ("remove.ttl", remove))
    )
    return UpdateRequest(add_files, remove_files)


def review(repository: Repository, add: str = "", remove: str = "", lang: str = "en") -> Review:
    """Review an update."""
    return check(repository, build_request(add, remove), lang=lang)


def update(repository: Repository, add: str = "", remove: str = "", lang: str = "en") -> AppliedUpdate:
    """Apply an update that is acceptable."""
    applied = apply(repository, build_request(add, remove), author="A. Maintainer", lang=lang)
    assert applied.activity is not None, applied.review.render()
    return applied
