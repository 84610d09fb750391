"""Proves over the syntax tree that the package keeps its layers, rooms and sizes, and pastes no SPARQL."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import pyoxigraph as ox
import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "msme_kg"
BASE = "https://w3id.org/msme-kg/"
# From the lowest on; the package itself is what users import.
LAYERS = [
    {"errors", "namespaces", "version", "name_folding"},
    {"message_catalog"},
    {"repository", "rdf"},
    {"storage"},
    {"sparql"},
    {"entities", "shacl"},
    *({name} for name in ("changes", "validation", "rendering")),
    {"briefing", "publish"},
    *({name} for name in ("operations", "api", "web", "__init__", "cli", "__main__")),
]
ROOMS = {
    "click": {"cli/"},
    "mcp": {"web/tools/"},
    "mcp_types": {"web/tools/"},
    "numpy": {"shacl/", "validation/"},
    "pandas": {"rendering/result_table.py"},
    "elementpath": {"shacl/"},
    "pyrudof": {"shacl/"},
    "pyshacl": {"shacl/"},
    "rdflib": {"shacl/", "validation/"},
    "httptools": {"web/server/"},
    "uvicorn": {"web/server/"},
    "vl_convert": {"rendering/chart_picture.py"},
    "xlsxwriter": {"rendering/workbook.py"},
    "yaml": {"sparql/header_yaml.py", "sparql/query_header.py"},
}
ONE_FILE = {"SPARQLWrapper"}
ONE_FOLDER = {"docx", "jinja2"}
ANYWHERE = {"pyoxigraph"}
SPARQL = re.compile(r"\b(?:SELECT|ASK|CONSTRUCT|WHERE)\b[^{]*\{", re.DOTALL)
PASTING = {"format", "format_map", "join", "replace"}
# What of the domain the code may name, and why the ontology cannot say it.
DOMAIN = {
    "changes/attestations.py <admin#>": "housekeeping needs no source",
    "changes/attestations.py <ontology#>": "the namespace of the terms below",
    "changes/attestations.py <admin#composesLabels>": "which labels need no source: the ontology says it",
    "changes/attestations.py <admin#recordEnds>": "an update raises the end of the record",
    "changes/attestations.py <attestation/>": "the IRI of one that a correction makes",
    "changes/attestations.py <ontology#Attestation>": "who says what: a correction must not change it",
    "changes/attestations.py <ontology#Source>": "a source describes itself, likewise",
    "changes/attestations.py <ontology#attests>": "what an attestation covers, likewise",
    "changes/attestations.py <ontology#basis>": "that it rests on no source, likewise",
    "changes/attestations.py <ontology#of>": "which thing it is of, likewise",
    "changes/attestations.py <ontology#recordSourced>": "what all sources of a thing cover, likewise",
    "changes/change_log.py <change/>": "what an update did is noted by the tool alone, as an activity",
    "changes/change_log.py <admin#>": "the statements that came and went, likewise",
    "changes/file_placement.py <admin#storedIn>": "the ontology says in which file things of a class live",
    "changes/file_placement.py <admin#storedWith>": "with which other thing a thing lives, likewise",
    "entities/labels.py admin:storedWith": "a label on an attestation is one of its thing",
    "entities/name_index.py admin:storedWith": "likewise",
    "entities/name_index.py admin:composesLabels": "which labels are made of other names",
    "entities/name_index.py admin:kind": "what is a source or claim: its name says much of others",
    "entities/resolver.py msme:value": "a number alone is first of all what a claim states",
    "entities/statistics.py admin:storedWith": "likewise",
    "entities/statistics.py admin:kind": "which classes have things of their own: the ontology says it here",
    "entities/statistics.py admin:recordEnds": "info, and the note beyond it (docs/decisions.md#dates)",
    "entities/statistics.py kind source": "a source is its own source",
    "entities/statistics.py kind dataset": "a dataset is described by its makers",
    "entities/statistics.py kind attestation": "one that rests on our own words has a basis, not a source",
    "publish/portal/sparql_executables.py <query/>": "a canned query has an IRI only where it is published",
    "validation/certainty_rules.py <ontology#>": "which bounds make a date certain (docs/decisions.md#dates)",
    "rendering/change_sentences.py <ontology#>": "two bounds are one date to the reader of a change",
    "repository.py data/dataset.ttl": "the file that describes the graph as a whole: an update dates it",
    "repository.py <graph/>": "a file is a named graph (docs/decisions.md#identifiers)",
    "repository.py ontology/msme.ttl": "the file that declares prefixes, and by which a root is known",
}
TREES = {path: ast.parse(path.read_text(encoding="utf-8")) for path in sorted(PACKAGE.rglob("*.py"))}
NAMES = {path: path.relative_to(PACKAGE).as_posix() for path in TREES}
FILES = pytest.mark.parametrize("path", TREES, ids=NAMES.values())
DEPLOY = sorted((ROOT / "deploy").rglob("*.py"))


def module(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


MODULES = {module(path): path for path in TREES}


def imports(path: Path) -> set[str]:
    """Name every module that a file imports, within functions too."""
    found: set[str] = set()
    for node in ast.walk(TREES[path]):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert not node.level
            assert node.module
            whole = {f"{node.module}.{alias.name}" for alias in node.names}
            found |= {one if one in MODULES else node.module for one in whole}
    return found


def layer(path: Path) -> int:
    name = path.relative_to(PACKAGE).with_suffix("").parts[0]
    (number,) = (number for number, names in enumerate(LAYERS) if name in names)
    return number


@FILES
def test_imports_go_downwards_only(path: Path) -> None:
    for name in imports(path) & set(MODULES):
        assert layer(MODULES[name]) <= layer(path), name


def test_imports_have_no_circle() -> None:
    graph = {module(path): imports(path) & set(MODULES) for path in TREES}
    assert len(list(TopologicalSorter(graph).static_order())) == len(TREES)


def test_importing_the_package_imports_nothing_else() -> None:
    for node in TREES[PACKAGE / "__init__.py"].body:
        if isinstance(node, ast.Import | ast.ImportFrom):
            assert ast.unparse(node) in {
                "from __future__ import annotations",
                "from typing import TYPE_CHECKING",
                "from msme_kg.version import __version__",
            }


def test_foreign_names_stay_in_their_rooms() -> None:
    seen: dict[str, set[str]] = {}
    for path, file in NAMES.items():
        for name in {name.partition(".")[0] for name in imports(path)} - {"msme_kg"}:
            if name not in sys.stdlib_module_names:
                seen.setdefault(name, set()).add(file)
    assert {"click", "pyoxigraph", "pyshacl", "rdflib", "yaml"} <= set(seen)
    for name, files in seen.items():
        if name in ONE_FILE:
            assert len(files) == 1, name
        elif name in ONE_FOLDER:
            assert len({file.rpartition("/")[0] for file in files}) == 1, name
        elif name not in ANYWHERE:
            assert name in ROOMS, f"{name} has no room: name one in ROOMS, or do without it"
            assert all(file.startswith(tuple(ROOMS[name])) for file in files), (name, files)


@FILES
def test_only_the_repository_and_its_storage_open_files_of_a_root(path: Path) -> None:
    """Elsewhere ``Repository.read`` does, so that no link leads out of a root."""
    joins = [
        node.lineno
        for node in ast.walk(TREES[path])
        if isinstance(node, ast.BinOp)
        and isinstance(node.op, ast.Div)
        and ast.unparse(node.left).endswith("root")
    ]
    # The folder to be written is compared with those of the graph there; nothing is opened.
    allowed = ("repository.py", "storage/", "publish/atomic_folder.py", "cli/arguments.py", "web/server/")
    assert not joins or NAMES[path].startswith(allowed), joins


@FILES
def test_sizes(path: Path) -> None:
    assert path.read_text(encoding="utf-8").count("\n") <= 400
    for node in ast.walk(TREES[path]):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert (node.end_lineno or 0) - node.lineno < 60, node.name


def first_lines(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """Yield the name and the first line of the docstring of a module and of what it defines."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            text = ast.get_docstring(node)
            if text:
                yield getattr(node, "name", "module"), text.split("\n")[0]


@FILES
def test_first_lines_name_the_thing_in_a_sentence(path: Path) -> None:
    assert ast.get_docstring(TREES[path])
    for name, line in first_lines(TREES[path]):
        assert line.endswith("."), name
        assert not re.search(r"[.!?]\s+[A-Z]", line), name
        assert not re.match(r"(What|Whether|How)\b", line), (name, line)


def test_file_names_are_unique_but_for_command_and_operation() -> None:
    rooms: dict[str, set[str]] = {}
    for file in NAMES.values():
        room, _, name = file.rpartition("/")
        if name != "__init__.py":
            rooms.setdefault(name, set()).add(room)
    assert {
        name: where for name, where in rooms.items() if len(where) > 1 and not where <= {"cli", "operations"}
    } == {}


@pytest.mark.parametrize("path", DEPLOY, ids=[path.name for path in DEPLOY])
def test_scripts_of_clusters_keep_sizes_and_forms(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert path.read_text(encoding="utf-8").count("\n") <= 400
    assert all(line.endswith(".") or name == "module" for name, line in first_lines(tree))
    for node in functions(tree):
        assert (node.end_lineno or 0) - node.lineno < 60, node.name
        assert node.name.strip("_").split("_")[0] in VERBS | {"main"}, node.name


# Verbs, and the prepositions and auxiliaries of conversions, constructors and predicates.
VERBS = set((Path(__file__).with_name("verbs.txt")).read_text(encoding="utf-8").split())
PARTICIPLE = re.compile(
    r"(?:[a-z]{2,}ed|made|held|told|said|given|asked|kept|found|written|known|stated|shown)$"
)
OWN_NAMES = {
    "api.py brief": "named like the command",
    "api.py fmt": "named like the command",
    "api.py info": "named like the command",
    "api.py portal": "named like the command",
    "api.py queries": "the list of what query() accepts",
    "api.py site": "named like the command",
    "api.py sparql": "named like the command",
    "api.py new": "named like the command",
    "cli/help_format.py getvalue": "named like that of io",
    "cli/main.py main": "the entry point",
    "cli/streams.py readall": "named like that of io",
    "cli/streams.py readinto": "likewise",
    "rendering/result_table.py head": "named like that of pandas",
    "shacl/pyrudof_runner.py do_GET": "named like that of http.server",
    "web/server/http_protocol.py connection_lost": "named like that of asyncio",
    "web/server/http_protocol.py connection_made": "likewise",
    "web/server/http_protocol.py data_received": "likewise",
    "web/server/zygote.py main": "the entry point",
}


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef]:
    """Yield functions and methods but properties, overloads of a dispatch, and commands of click."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            decorators = [ast.unparse(one) for one in node.decorator_list]
            is_named_otherwise = any(
                "property" in one or ".register" in one or "command(" in one or "group(" in one
                for one in decorators
            )
            if (
                not is_named_otherwise
                and not node.name.startswith("__")
                and node.name not in {"_", "_repr_html_", "_repr_markdown_"}
            ):
                yield node


@FILES
def test_functions_begin_with_a_verb_and_are_no_participles(path: Path) -> None:
    for node in functions(TREES[path]):
        words = node.name.strip("_").split("_")
        if f"{NAMES[path]} {node.name}" not in OWN_NAMES:
            assert words[0] in VERBS, node.name
            assert not (len(words) == 1 and PARTICIPLE.match(words[0])), node.name


WALLS = {
    "shacl": {"changes", "validation", "entities"},
    "rdf": {"repository"},
}
"""Rooms that must not import others although these are not above them, or so that they stay general."""


@FILES
def test_walls(path: Path) -> None:
    room = NAMES[path].partition("/")[0]
    used = {name.split(".")[1] for name in imports(path) if name.startswith("msme_kg.")}
    assert not used & WALLS.get(room, set())


def test_no_room_is_more_than_a_fifth_of_the_package() -> None:
    lines: dict[str, int] = {}
    for path, file in NAMES.items():
        room = file.partition("/")[0]
        lines[room] = lines.get(room, 0) + path.read_text(encoding="utf-8").count("\n")
    assert {room: count for room, count in lines.items() if count > sum(lines.values()) / 5} == {}
    assert sum(lines.values()) < 51_600


@FILES
def test_nothing_is_called_after_what_it_is_not(path: Path) -> None:
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    assert not set(parts) & {"common", "helper", "helpers", "misc", "util", "utils"}


def text_of(node: ast.AST) -> str:
    """Give the constant text within an expression."""
    return "".join(
        one.value for one in ast.walk(node) if isinstance(one, ast.Constant) and isinstance(one.value, str)
    )


def pasted(tree: ast.AST) -> Iterator[ast.AST]:
    """Yield what puts text into SPARQL: operators, methods and placeholders; names of constants count."""
    assigned = [
        node for node in ast.walk(tree) if isinstance(node, ast.Assign | ast.AnnAssign) and node.value
    ]
    named = {
        target.id
        for node in assigned
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
        if isinstance(target, ast.Name)
        and isinstance(node.value, ast.Constant)
        and SPARQL.search(text_of(node))
    }

    def is_query(node: ast.AST) -> bool:
        return bool(SPARQL.search(text_of(node))) or any(
            isinstance(one, ast.Name) and one.id in named for one in ast.walk(node)
        )

    for node in ast.walk(tree):
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Mod):
            sides = [node.left, node.right]
        elif isinstance(node, ast.AugAssign):
            sides = [node.target, node.value]
        elif (
            isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in PASTING
        ):
            sides = [node.func.value, *node.args]
        elif isinstance(node, ast.JoinedStr) and any(
            isinstance(one, ast.FormattedValue) for one in node.values
        ):
            sides = [node]
        else:
            continue
        if any(is_query(side) for side in sides):
            yield node


@FILES
def test_no_text_is_pasted_next_to_sparql(path: Path) -> None:
    assert [
        f"line {node.lineno}" for node in pasted(TREES[path]) if isinstance(node, ast.expr | ast.stmt)
    ] == []


@pytest.mark.parametrize(
    "code",
    [
        "f'SELECT ?a WHERE {{ {x} }}'",
        "'SELECT * WHERE { ' + x + ' }'",
        "'ASK { %s }' % x",
        "'ASK {{ {} }}'.format(x)",
        "Q = 'ASK { X }'\ny = Q.replace('X', x)",
        "''.join(['CONSTRUCT WHERE {', x, '}'])",
        "Q = 'SELECT * WHERE {'\nQ += x",
    ],
)
def test_pasting_would_be_seen(code: str) -> None:
    assert list(pasted(ast.parse(code)))


def constants(tree: ast.AST) -> Iterator[str]:
    """Yield the text in a module without docstrings; placeholders of the base are filled in."""
    said = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    known = {"BASE": BASE, "ONTOLOGY": f"{BASE}ontology#", "ADMIN": f"{BASE}admin#"}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in said:
            yield node.value
        elif isinstance(node, ast.JoinedStr):
            yield "".join(
                known.get(ast.unparse(one.value), "\0")
                if isinstance(one, ast.FormattedValue)
                else text_of(one)
                for one in node.values
            )


def domain() -> tuple[set[str], set[str]]:
    """Give the prefixes of the domain and its kinds, as the ontology says them."""
    quads = list(ox.parse((ROOT / "ontology/msme.ttl").read_bytes(), format=ox.RdfFormat.TURTLE))
    sh = "http://www.w3.org/ns/shacl#"
    halves: dict[object, dict[str, str]] = {}
    for quad in quads:
        halves.setdefault(quad.subject, {})[quad.predicate.value] = quad.object.value
    prefixes = {
        half[f"{sh}prefix"] for half in halves.values() if half.get(f"{sh}namespace", "").startswith(BASE)
    }
    return prefixes, {quad.object.value for quad in quads if quad.predicate.value == f"{BASE}admin#kind"}


def test_domain_is_named_only_where_the_ontology_cannot_say_it() -> None:
    prefixes, kinds = domain()
    assert "msme" in prefixes
    assert "membership" in kinds
    curie = re.compile(rf"(?<![\w:-])(?:{'|'.join(sorted(prefixes))}):[A-Za-z][\w-]*")
    iri = re.compile(rf"(?<!<){BASE}([\w/#-]+)")
    file = re.compile(r"(?:ontology|data)/[\w./-]+\.ttl")
    found: set[str] = set()
    for path, tree in TREES.items():
        for text in constants(tree):
            words = {*curie.findall(text), *file.findall(text), *(f"<{one}>" for one in iri.findall(text))}
            if SPARQL.search(text):
                words |= {f"kind {one}" for one in re.findall(r'"([a-z-]+)"', text) if one in kinds}
            found |= {f"{NAMES[path]} {word}" for word in words}
    assert found == set(DOMAIN)
