"""The redirect rules for w3id.org lead every IRI to its page or the file that describes it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox
import pytest

BASE = "https://w3id.org/msme-kg/"
SITE = "https://data.example.org/msme/"
ACCEPT = {"ttl": "text/turtle", "jsonld": "application/ld+json", "nt": "application/n-triples"}
FORMATS = {"ttl": ox.RdfFormat.TURTLE, "jsonld": ox.RdfFormat.JSON_LD, "nt": ox.RdfFormat.N_TRIPLES}
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8"


def split_words(line: str) -> list[str]:
    """Return the words of a directive as Apache reads them (``ap_getword_conf``)."""
    words = []
    for quoted, plain in re.findall(r'"((?:\\.|[^"\\])*)"|(\S+)', line):
        words.append(re.sub(r'\\([\\"])', r"\1", quoted) if quoted else plain.replace("\\\\", "\\"))
    return words


@dataclass
class Rules:
    """The rules as Apache evaluates them: each with its conditions, up to the first redirect."""

    lines: list[list[str]]

    @classmethod
    def read(cls, path: Path) -> Rules:
        """Read the rules; other lines are known by name."""
        lines = path.read_text(encoding="utf-8").splitlines()
        known = {"RewriteCond", "RewriteRule", "RewriteEngine", "Options", "#", ""}
        assert {line.partition(" ")[0] for line in lines} <= known
        return cls([split_words(line) for line in lines if line.startswith(("RewriteCond", "RewriteRule"))])

    def follow(self, path: str, accept: str) -> tuple[int, str]:
        """Return the code and the address to which a path leads."""
        variables = {"HTTP_ACCEPT": accept, "ENV:SYNTAX": ""}
        holds = True
        for kind, subject, pattern, *flags in self.lines:
            if kind == "RewriteCond":
                given = re.IGNORECASE if flags == ["[NC]"] else 0
                holds &= bool(re.search(pattern, variables[subject[2:-1]], given))
                continue
            found, applies, holds = re.search(subject, path), holds, True
            if not found or not applies:
                continue
            if pattern == "-":
                variables["ENV:SYNTAX"] = flags[0].removeprefix("[E=SYNTAX:").removesuffix("]")
                continue
            variables.update({f"${number}": group for number, group in enumerate(found.groups(), 1)})
            target = re.sub(
                r"\\(?P<plain>.)|%\{(?P<name>[\w:]+)\}|(?P<group>\$\d)|(?P<condition>%\d)",
                lambda one: one["plain"] or variables.get(one["name"] or one["group"], ""),
                pattern,
            )
            return int(re.search(r"R=(\d+)", flags[0])[1]), target  # type: ignore[index]
        raise AssertionError(path)


@pytest.fixture(scope="module")
def rules(portal: Path) -> Rules:
    return Rules.read(portal / "w3id/.htaccess")


def subjects(path: Path, ending: str) -> set[str]:
    quads = ox.parse(path.read_bytes(), format=FORMATS[ending])
    return {quad.subject.value for quad in quads if isinstance(quad.subject, ox.NamedNode)}


@pytest.fixture(scope="module")
def iris(portal: Path) -> set[str]:
    """Return every IRI under the base that the folder describes."""
    files = [portal / name for name in ("dump/msme-kg.ttl", "catalog.ttl", "queries.ttl")]
    files += (portal / "ontology/shapes").glob("*.ttl")
    return {iri for path in files for iri in subjects(path, "ttl") if iri.startswith(BASE)}


@pytest.mark.parametrize("ending", ACCEPT)
def test_rdf_request_leads_to_the_describing_file(
    portal: Path, rules: Rules, iris: set[str], ending: str
) -> None:
    assert len(iris) > 2000
    said: dict[str, set[str]] = {}
    for iri in iris:
        code, target = rules.follow(iri.removeprefix(BASE).partition("#")[0], ACCEPT[ending])
        assert code == 303
        assert target.startswith(SITE)
        assert target.endswith(f".{ending}")
        path = target.removeprefix(SITE)
        if path not in said:
            said[path] = subjects(portal / path, ending)
        assert iri in said[path], (iri, path)
    dumps = [path for path in said if path.startswith("dump/")]
    assert len(said) > 50
    assert len(dumps) == 1


@pytest.mark.parametrize("ending", ACCEPT)
def test_named_graph_leads_to_its_file(portal: Path, rules: Rules, ending: str) -> None:
    for path in ("data/sources", "ontology/vocab/work-area", "ontology/shapes/Event", "ontology/msme"):
        assert rules.follow(f"graph/{path}", ACCEPT[ending]) == (303, f"{SITE}{path}.{ending}")
        assert (portal / f"{path}.{ending}").is_file()


@pytest.mark.parametrize(
    "accept", ["text/html", BROWSER, "*/*", "", "application/pdf", "text/html, text/turtle;q=0.1"]
)
@pytest.mark.parametrize(
    "path",
    [
        "member/us",
        "ontology",
        "ontology/0.1.0",
        "vocab/work-area/1",
        "shape/Event-label",
        "graph/data/sources",
    ],
)
def test_other_requests_lead_to_the_page(rules: Rules, accept: str, path: str) -> None:
    assert rules.follow(path, accept) == (303, f"{SITE}{path}/")
    assert rules.follow(f"{path}/", accept) == (303, f"{SITE}{path}/")


@pytest.mark.parametrize("accept", ["text/html", "text/turtle", ""])
def test_base_iri_leads_to_the_site(rules: Rules, accept: str) -> None:
    assert rules.follow("", accept) == (302, SITE)


@pytest.mark.parametrize(
    ("accept", "ending"),
    [
        ("text/turtle, application/ld+json;q=0.9, */*;q=0.1", "ttl"),
        ("application/ld+json, text/turtle;q=0.9", "jsonld"),
        ("APPLICATION/N-TRIPLES", "nt"),
        ("application/n-triples, text/html", "nt"),
    ],
)
def test_first_media_type_counts(rules: Rules, accept: str, ending: str) -> None:
    assert rules.follow("member/us", accept) == (303, f"{SITE}data/actors/members.{ending}")


def test_readme_states_the_target(portal: Path) -> None:
    text = (portal / "w3id/README.md").read_text(encoding="utf-8")
    assert f"<{BASE}> leads to <{SITE}>" in text
    assert "the msme-kg contributors" in text
    assert text.count("\n- <") < 40
