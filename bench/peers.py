"""Measured tools: their commands and versions, and the reasons if they are absent."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import re
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import jena_home

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
WORK = HERE / ".work"
CACHES = Path(tempfile.gettempdir()) / "msme-kg-bench"
"""Caches of the warm runs: not within the checkout, since the command refuses a cache within the graph."""
HEAP = "-Xmx4g"
SHAPES, DATA, REPORT = "flat/shapes.ttl", "flat/data.ttl", "report.ttl"
OURS = "msme-kg"


@dataclass(frozen=True)
class Tool:
    """A command to measure.

    Attributes:
        name: name in the tables.
        command: program and arguments.
        shown: the same as a user would type it.
        cache: ``cold`` for an empty cache folder in each run, ``warm`` for a filled one; empty if the tool
            has none.
        report: file of its report; empty if that is standard output.
        form: format of its report: ``shacl``, ``json`` or ``csv``; empty if there is none.
        environment: variables that are set for it.
        absent: the reason why it cannot be measured; empty if it can.
        codes: exit codes of success.
        asks_anew: each run is a question that was not asked before, so that no answer is repeated.
    """

    name: str
    command: tuple[str, ...]
    shown: str
    cache: str = ""
    report: str = ""
    form: str = ""
    environment: Mapping[str, str] = field(default_factory=dict)
    absent: str = ""
    codes: frozenset[int] = frozenset({0, 1})
    asks_anew: bool = False


def _script(name: str, module: str) -> tuple[str, ...]:
    """Return the command of a program in this environment: its script, else its module."""
    script = Path(sys.executable).parent / name
    return (str(script),) if script.exists() else (sys.executable, "-m", module)


def ours(arguments: str, cache: str, form: str = "") -> Tool:
    """Return our own tool with arguments, on an empty or a filled cache."""
    command = (*_script(OURS, "msme_kg"), *arguments.split())
    environment = {} if len(command) == len(arguments.split()) + 1 else {"PYTHONPATH": str(ROOT)}
    return Tool(f"{OURS}, {cache}", command, f"{OURS} {arguments}", cache, "", form, environment)


def validators() -> list[Tool]:
    """Return the validators of two files: our own tool, then its peers."""
    alone = f"validate --alone --shapes {SHAPES} --format json {DATA}"
    return [ours(alone, "cold", "json"), ours(alone, "warm", "json"), pyshacl(), rudof(), jena()]


def pyshacl() -> Tool:
    """Return pySHACL's own command."""
    arguments = ("-s", SHAPES, "-f", "turtle", "-o", REPORT, DATA)
    return Tool(
        "pySHACL",
        (*_script("pyshacl", "pyshacl"), *arguments),
        f"pyshacl {' '.join(arguments)}",
        report=REPORT,
        form="shacl",
        absent=_module_absent("pyshacl"),
    )


def rudof() -> Tool:
    """Return pyrudof, which has no command, with a script of ours."""
    arguments = (SHAPES, DATA, REPORT)
    return Tool(
        "pyrudof",
        (sys.executable, str(HERE / "peer_rudof.py"), *arguments),
        f"python bench/peer_rudof.py {' '.join(arguments)}",
        report=REPORT,
        form="shacl",
        absent=_module_absent("pyrudof"),
        codes=frozenset({0}),
    )


def jena() -> Tool:
    """Return Jena's command."""
    arguments = ("shacl.shacl", "validate", "--shapes", SHAPES, "--data", DATA)
    home = jena_home.find(WORK)
    return Tool(
        "Jena",
        ("java", HEAP, "-cp", home.class_path, *arguments),
        f"java {HEAP} -cp 'jena/*' {' '.join(arguments)}",
        form="shacl",
        absent=home.absent,
        codes=frozenset({0}),
    )


def query_tools() -> list[Tool]:
    """Return the tools for a canned query on the shipped graph, and a process with the imports alone."""
    files = [
        str(path.relative_to(ROOT))
        for pattern in ("ontology/msme.ttl", "ontology/vocab/*.ttl", "data/**/*.ttl")
        for path in sorted(ROOT.glob(pattern))
        if "changes" not in path.parts
    ]
    query = "queries/actors/members.rq"
    ask = "query members --as-of 2023-08-01 --format csv"
    imports = "import click, pyoxigraph"
    return [
        ours(ask, "cold", "csv"),
        ours(ask, "warm", "csv"),
        Tool(
            "rdflib",
            (sys.executable, str(HERE / "peer_rdflib.py"), query, *files),
            f"python bench/peer_rdflib.py {query} ontology/msme.ttl ontology/vocab/*.ttl data/**/*.ttl",
            form="csv",
            absent=_module_absent("rdflib"),
            codes=frozenset({0}),
        ),
        Tool("imports alone", (sys.executable, "-c", imports), f"python -c '{imports}'"),
    ]


def prefixes() -> dict[str, str]:
    """Return the prefixes of the files of the graph."""
    text = (ROOT / "ontology/msme.ttl").read_text(encoding="utf-8")
    return dict(re.findall(r"^@prefix ([^:]*): <([^>]*)> \.$", text, re.MULTILINE))


def versions() -> dict[str, str]:
    """Return the versions of the tools."""
    found = {"Python": sys.version.split()[0]}
    for name in (OURS, "pyoxigraph", "numpy", "click", "rdflib", "pyshacl", "pyrudof"):
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            found[name] = _own_version() if name == OURS else "not installed"
    found["Jena"] = jena_home.find(WORK).version
    found["Java"] = _first_line("java", "-version")
    return found


def _own_version() -> str:
    text = (ROOT / "msme_kg/__init__.py").read_text(encoding="utf-8")
    match = re.search(r'__version__ = "([^"]*)"', text)
    return f"{match[1] if match else 'unknown'} (checkout)"


def _module_absent(name: str) -> str:
    return "" if importlib.util.find_spec(name) else f"{name} is not installed: pip install {name}"


def _first_line(*command: str) -> str:
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except OSError:
        return "not installed"
    return (done.stdout + done.stderr).strip().splitlines()[0].replace('"', "")
