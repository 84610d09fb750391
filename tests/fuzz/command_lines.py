"""Hypothesis strategies for calls of the command line: arguments, streams, variables and standard input."""

# ruff: noqa: SIM905 (lists of words are read more easily as text)
from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cache
from typing import Any

import click
from hypothesis import strategies as st

from msme_kg.cli.options import INPUT, OUTPUT
from msme_kg.cli.root import COMMANDS, root

SERVERS = {"mcp", "serve"}
"""Commands that start processes and run until they are ended; requests at random are in ``web_server``."""
CALLED = [name for name in COMMANDS if name not in SERVERS]
HEAVY_COMMANDS = {"fmt", "portal", "site"}
"""Commands that take seconds when everything is right, and are called less often."""
USUAL = {"apply": ("add", "yes"), "check": ("add",), "query": ("as_of", "thing"), "new": ("table",)}
"""Names of the parameters that a command mostly gets."""
SENSIBLE = {
    "as_of": ["2023-08-01"],
    "base_url": ["https://example.org/kg/"],
    "before": ["graph", "HEAD", "good.ttl", "graph/data/sources.ttl"],
    "after": ["graph", "good.ttl", "a.nt"],
    "file": ["q.rq", "-"],
    "folder": ["new-folder", "folder/new"],
    "endpoints": ["http://127.0.0.1:1/sparql"],
    "graphs": ["data/actors", "data/sources"],
    "root": ["graph"],
    "shapes": ["shapes.ttl"],
    "since": ["2023-01-01"],
    "table": ["table.csv"],
    "text": ["SELECT * WHERE { ?s a msme:WTOMember } LIMIT 3", "ASK {}"],
    "timeout": ["20"],
    "update": ["update.ru"],
    "url": ["http://127.0.0.1:1"],
    "year": ["2023"],
}
"""Values that make sense, by the name of the parameter."""


@dataclass(frozen=True)
class Call:
    """A call of the command line.

    Attributes:
        arguments: the words after the name of the program.
        stdin: the kind of standard input.
        content: the bytes of standard input, where its kind has any.
        stdout: the kind of standard output.
        stderr: the kind of standard error.
        environment: variables that are set, or removed where None; ``{work}`` stands for the working folder.
        is_process: whether it is a new process, not a fork of one that has imported everything.
    """

    arguments: tuple[str, ...]
    stdin: str = "content"
    content: bytes = b""
    stdout: str = "file"
    stderr: str = "file"
    environment: tuple[tuple[str, str | None], ...] = ()
    is_process: bool = False


BIG5 = os.fsdecode("中文".encode("big5"))
INPUTS = [
    *"good.ttl bad.ttl broken.ttl empty.ttl latin1.ttl utf16.ttl bom.ttl nul.ttl folder folder.ttl".split(),
    *"a.nt a.nq a.trig a.rdf a.jsonld q.rq update.ru table.csv shapes.ttl link.ttl out.ttl loop.ttl".split(),
    *"dangling.ttl pipe.ttl socket.ttl null.ttl zero.ttl full.ttl missing.ttl unreadable.ttl .hidden".split(),
    *"graph graph/data graph/data/sources.ttl graph/ontology/msme.ttl graph/queries . .. / - HEAD".split(),
    *"/dev/null /dev/stdin /dev/fd/0 /dev/full /proc/self/mem HEAD~1 main --root -- http://127.0.0.1/a".split(),
    "a b.ttl",
    'q"<>\\.ttl',
    "new\nline.ttl",
    "\x1b[31m.ttl",
    "\u202ebidi.ttl",
    "中文.ttl",
    f"{BIG5}.ttl",
    "n" * 255,
    "n" * 256,
    "x/" * 3000,
    "",
]
"""Names of files and folders; ``sandbox.py`` makes those that can be made."""
OUTPUTS = [
    *"out.txt new.svg folder folder/new missing/new graph/data/new.ttl graph/data/sources.ttl".split(),
    *"graph/data/CHANGELOG.md graph/.git/HEAD graph/.msme-kg.lock graph/new graph/queries".split(),
    *"good.ttl q.rq update.ru table.csv link.ttl loop.ttl dangling.ttl read-pipe null.ttl full.ttl".split(),
    *"socket.ttl graph-link/data/x.ttl . .. - /dev/null /dev/full /dev/stdout /dev/stderr /dev/fd/9".split(),
    *"new.csv new.XLSX new.json new.docx new.html new.png new.pdf new.ttl.gz".split(),
    "a b.txt",
    "new\nline.txt",
    "\x1b[31m.txt",
    f"{BIG5}.txt",
    "n" * 255,
    "n" * 256,
    "",
]
TEXTS = [
    *"us US member:us member/us MC14 WT/MIN(17)/58 2023-08-01 2023 today 0 1 -1 en zh-Hant".split(),
    *"certain possible stated all one each data/actors HEAD nothing - -- -h --help -o = @ * % $x".split(),
    *"0000-01-01 9999-12-31 2023-02-30 9999999999999999 1e400 nan inf https://example.org/a urn:a".split(),
    *"a:b <urn:a> {} {{x}} %s %n \\u0041 \\ ' \" `x` $(x) ;x |x &x > < # \udcff".split(),
    "",
    " ",
    "a b",
    "a\nb",
    "\r",
    "\t",
    "\x0b",
    "\x1b]0;t\x07",
    "\x7f",
    "\x85",
    "\u200b",
    "\u202e",
    "\u2028",
    "\ufeff",
    "\ufffe",
    "\U000e0041",
    "中國",
    "Côte d’Ivoire",
    "e\u0301",
    "א\u05b0",
    "👨\u200d👩",
    BIG5,
    "a" * 5000,
    "中" * 2000,
    '"} UNION { ?s ?p ?o } #',
]
QUERIES = [
    "ASK {}",
    "SELECT * WHERE { ?s a msme:WTOMember } LIMIT 3",
    "CONSTRUCT WHERE { ?s a msme:Event }",
    "DESCRIBE member:us",
    "SELECT (1/0 AS ?x) ('\u0007' AS ?y) {}",
    "SELECT",
    "CLEAR ALL",
    "SELECT * { SERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }",
    "ASK { ?s ?p '\ufffe' }",
    "SELECT * { " + "{" * 3000,
    "",
]
ADDRESSES = [
    *"http://127.0.0.1:1 http://127.0.0.1:1/sparql http://localhost:1/ http://[::1]:1 http://[::1".split(),
    *"http://127.0.0.1:99999 https://127.0.0.1:1/%zz ftp://127.0.0.1/ file:///etc/hostname 127.0.0.1".split(),
    *"http:// http://user:secret@127.0.0.1:1/ https://example.org/kg/ HTTPS://EXAMPLE.ORG ://".split(),
    "http://127.0.0.1:1/\r\nX: y",
    "http://127.0.0.1:1/中文 a",
    f"http://127.0.0.1:1/{BIG5}",
    "",
]
NUMBERS = ["0", "1", "3", "1000", "-1", "1e3", "0.5", "nan", "inf", "٣", "9" * 400, "", "x", "0x10", " 1"]
SECONDS = ["0", "0.001", "1", "20", "1000000", "1e9", "nan", "-1", "x"]
CONTENTS = [
    b"",
    b"ASK {}",
    b"<https://w3id.org/msme-kg/source/brief> "
    + b'<http://www.w3.org/2004/02/skos/core#altLabel> "The States"@en .',
    b"member,since\nIN,2025-03\n",
    b"<a> <b> <c> .\n" * 50,
    b"INSERT DATA { <urn:a> <urn:b> <urn:c> }",
    b"\xff\xfeA\0S\0K\0",
    b"\xef\xbb\xbfASK {}",
    b"\0" * 100,
    b"\xa4\xa4\xa4\xe5",
    b"{" * 100_000,
    b"x" * 1_000_000,
    b"\x1b[31m\r\n",
]
VARIABLES: dict[str, list[str | None]] = {
    "LC_ALL": ["C", "POSIX", "C.utf8", "zh_TW.BIG5", "en_US.ISO-8859-1", "x" * 300, "\udcff"],
    "LANG": ["C", "zh_TW.UTF-8", ""],
    "LANGUAGE": ["zh_TW:en", "../../x"],
    "TZ": ["UTC", "Asia/Taipei", ":/etc/hostname", "x", "\udcff"],
    "MSME_KG_LANG": ["zh-TW", "xx", "", BIG5, "-_.@", "zh_" * 500],
    "MSME_KG_TODAY": ["2023-08-01", "9999-12-31", "soon", "", BIG5],
    "MSME_KG_ROOT": ["{work}/missing", "{work}/folder", "{work}/good.ttl", "{work}/graph-link", BIG5, "/"],
    "MSME_KG_CACHE": [
        "",
        "{work}/own-cache",
        "{work}/good.ttl",
        "{work}/loop.ttl",
        "own-cache",
        f"own-cache-{BIG5}",
        "/dev/null/x",
    ],
    "XDG_CACHE_HOME": ["cache", "", "./x", "~", BIG5],
    "HOME": ["home", "", "~", "/nonexistent", BIG5],
    "SOURCE_DATE_EPOCH": ["0", "1700000000", "-1", "9" * 30, "x", "", "1e3", "٣"],
    "MSME_KG_USER": ["a", "a:b", "a\nb", BIG5],
    "MSME_KG_PASSWORD": ["a", "a\r\nb", BIG5],
    "MSME_KG_TOKEN": ["a", "a\nb", "中", BIG5],
    "MSME_KG_NETRC": ["{work}/good.ttl", "{work}/pipe.ttl", "{work}/missing", "/dev/zero", ""],
    "COLUMNS": ["0", "-5", "1", "x", "9" * 30],
    "TERM": ["dumb", "", "x" * 5000],
    "NO_COLOR": ["1"],
    "PAGER": ["{work}/program"],
    "EDITOR": ["{work}/program"],
    "GIT_DIR": ["{work}/folder", "/nonexistent", ""],
    "GIT_EXTERNAL_DIFF": ["{work}/program"],
    "GIT_CONFIG_COUNT": ["x"],
    "PATH": ["", "/nonexistent", "{work}"],
    "http_proxy": ["http://127.0.0.1:1", "x"],
    "PYTHONUTF8": ["0", "1"],
    "PYTHONIOENCODING": ["ascii", "latin-1:strict", "utf-16"],
    "PYTHONOPTIMIZE": ["2"],
    "PYTHONUNBUFFERED": ["1"],
    "PYTHONDEVMODE": ["1"],
    "_MSME_KG_COMPLETE": ["bash_complete", "zsh_complete", "fish_complete", "bash_source", "x", "x_complete"],
    "COMP_WORDS": ["msme-kg query me", "msme-kg 'x", "", "msme-kg describe U", f"msme-kg {BIG5}"],
    "COMP_CWORD": ["1", "2", "-1", "x", "999"],
}
STREAMS = ("closed", "full", "broken", "read-only", "socket")


@cache
def list_commands() -> dict[tuple[str, ...], click.Command]:
    """Return all commands by their words; each canned query and kind of entity is one."""
    ctx = click.Context(root, info_name="msme-kg")
    found: dict[tuple[str, ...], click.Command] = {}
    for name in CALLED:
        command = root.get_command(ctx, name)
        assert command
        found[(name,)] = command
        if isinstance(command, click.Group):
            subs = ((sub, command.get_command(ctx, sub)) for sub in command.list_commands(ctx))
            found |= {(name, sub): one for sub, one in subs if one}
    return found


@st.composite
def values_of(draw: Any, parameter: click.Parameter) -> str:
    """Draw a value of a parameter, by its type and name; mostly one that makes sense."""
    name, kind = parameter.name or "", parameter.type
    makes_sense = draw(st.integers(0, 3)) > 0
    if isinstance(kind, click.Choice):
        pool = kind.choices if makes_sense else TEXTS
    elif makes_sense and name in SENSIBLE:
        pool = SENSIBLE[name]
    elif kind is OUTPUT:
        pool = ["out.txt"] if makes_sense else OUTPUTS
    elif kind is INPUT:
        pool = ["good.ttl"] if makes_sense else INPUTS
    elif isinstance(kind, click.types._NumberRangeBase):
        pool = ["3"] if makes_sense else NUMBERS
    elif name in {"endpoint", "endpoints", "url", "base_url"}:
        pool = ADDRESSES
    elif name == "text":
        pool = QUERIES + TEXTS
    else:
        pool = ["US"] if makes_sense else TEXTS
    return str(draw(st.sampled_from(list(pool))))


@st.composite
def argument_lists(draw: Any) -> tuple[str, ...]:
    """Draw the words of a call: a command with some of its parameters, sometimes in disorder."""
    commands = list_commands()
    families = [name for name in CALLED for _ in range(1 if name in HEAVY_COMMANDS else 5)]
    family = draw(st.sampled_from(families))
    words = draw(st.sampled_from([words for words in commands if words[0] == family]))
    command = commands[words]
    given: list[str] = []
    options = [one for one in command.params if isinstance(one, click.Option)]
    required = [one for one in options if one.required or one.name in USUAL.get(family, ())]
    if draw(st.integers(0, 14)) == 0:
        required = []
    for option in [*required, *draw(st.lists(st.sampled_from(options), max_size=3))]:
        given += draw(words_of(option))
    for argument in command.params:
        if isinstance(argument, click.Argument):
            few = [1] * 12 + [0, 2]
            count = draw(st.sampled_from([0, 1, 1, 1, 2, 3] if argument.nargs == -1 else few))
            given += [draw(values_of(argument)) for _ in range(count)]
    whole = [*words, *given]
    if draw(st.integers(0, 19)) == 0:
        return tuple(draw(st.permutations(whole)))
    if draw(st.integers(0, 19)) == 0:
        whole.insert(draw(st.integers(0, len(whole))), draw(st.sampled_from(TEXTS)))
    return tuple(whole)


@st.composite
def words_of(draw: Any, option: click.Option) -> list[str]:
    """Draw the words of an option, in one of the ways to write it."""
    name = draw(st.sampled_from(option.opts))
    if option.is_flag:
        return [name]
    value = draw(values_of(option))
    if name.startswith("--"):
        return draw(st.sampled_from([[name, value], [f"{name}={value}"]]))
    return draw(st.sampled_from([[name, value], [f"{name}{value}"]]))


def calls() -> st.SearchStrategy[Call]:
    """Return the strategy for calls."""
    outputs = st.sampled_from(["file"] * 12 + list(STREAMS))
    variables = st.sampled_from(sorted(VARIABLES)).flatmap(
        lambda name: st.tuples(st.just(name), st.sampled_from(VARIABLES[name]))
    )
    return st.builds(
        Call,
        argument_lists(),
        stdin=st.sampled_from(
            ["content"] * 12 + ["closed", "null", "write-only", "broken", "zero", "socket"]
        ),
        content=st.sampled_from(CONTENTS) | st.binary(max_size=60),
        stdout=outputs,
        stderr=outputs,
        environment=st.lists(variables, max_size=3, unique_by=lambda one: one[0]).map(tuple),
        is_process=st.integers(0, 29).map(lambda number: number == 0),
    )
