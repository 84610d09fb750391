"""Query files: portable constructs only, public interface, and located errors in headers."""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable
from pathlib import Path

import pyoxigraph as ox
import pytest
import yaml
from conftest import SPECIAL, Run
from rdflib.namespace import OWL
from rdflib.plugins.sparql import prepareQuery

from msme_kg.api import KnowledgeGraph
from msme_kg.repository import Repository
from msme_kg.sparql import parameters
from msme_kg.sparql.binding import add_variables, bind_values
from msme_kg.sparql.joined_cells import sort_joined_cells
from msme_kg.sparql.query_catalog import CANNED, QueryCatalog
from msme_kg.sparql.query_header import parse_query
from msme_kg.validation.query_patterns import collect_patterns

ROOT = Path(__file__).resolve().parents[1]
NAMED = {
    path.stem: path for path in sorted((ROOT / "queries").rglob("*.rq")) if path.parent.name not in SPECIAL
}
CHECKS = {path.stem: path for path in sorted((ROOT / "queries" / "checks").glob("*.rq"))}
KINDS = {f"templates/{path.stem}": path for path in sorted((ROOT / "queries" / "templates").glob("*.rq"))}
EXPORTS = {f"export/{path.stem}": path for path in sorted((ROOT / "queries" / "export").glob("*.rq"))}
BRIEF = {f"briefing/{path.stem}": path for path in sorted((ROOT / "queries" / "briefing").glob("*.rq"))}
ANSWERS = {
    f"descriptions/{path.stem}": path for path in sorted((ROOT / "queries" / "descriptions").glob("*.rq"))
}
SELECTS = {**NAMED, **BRIEF, **ANSWERS, **{f"checks/{name}": path for name, path in CHECKS.items()}}
SELECTS |= {name: path for name, path in EXPORTS.items() if "\nSELECT " in path.read_text(encoding="utf-8")}
ALL = {**SELECTS, **EXPORTS, **KINDS}
EACH = pytest.mark.parametrize("name", ALL)

# Name: options with their defaults (None: any), and columns in order.
INTERFACE: dict[str, tuple[dict[str, str | None], str]] = {
    "members": (
        {
            **{"as-of": "today", "certainty": "certain", "evidence": None, "eu": "each"},
            **{"member": None, "only": None},
        },
        "code member since until through certainty evidence sources",
    ),
    "coverage": (
        {"as-of": "today", "eu": "each"},
        "as_of stated source named possible indirect within_eu unnamed",
    ),
    "growth": ({}, "date stated source named possible indirect unnamed"),
    "accessions": ({"from": None, "to": None, "certainty": "certain"}, "date code member basis source"),
    "coordinators": ({"as-of": None}, "person member from to certainty source"),
    "sponsors": ({"symbol": None}, "document code member role date member_then source"),
    "observers": ({"from": None, "to": None, "certainty": "certain"}, "code member event date source"),
    "documents": (
        {
            **{"kind": None, "from": None, "to": None, "certainty": "certain"},
            **{"area": None, "sponsor": None},
        },
        "symbol title kind date sponsors",
    ),
    "revisions": ({"symbol": None}, "symbol title revision_of date"),
    "package": (
        {"symbol": "INF/MSME/4/Rev.2", "annex": None},
        "annex kind title title_basis area symbol date document",
    ),
    "declaration": ({"symbol": "INF/MSME/W/36"}, "point text symbol date document"),
    "work-areas": ({}, "number area"),
    "work-plan": (
        {"year": "2023", "as-of": "today", "item": None},
        "item label deliverable status status_date source",
    ),
    "initiatives": (
        {"kind": None, "area": None, "welcomed-in": None, "as-of": None},
        "initiative kind launched operators partners languages homepage",
    ),
    "conflicts": ({"of": "any"}, "quantity as_of value source"),
    "evidence": ({"thing": None}, "statement value source locator scope"),
    "sources": ({"host": None}, "source title publisher date host url uses"),
    "member-profile": ({"member": None}, "date what thing evidence source"),
    "follow-up": (
        {"symbol": "INF/MSME/4/Rev.2", "annex": None},
        "date reported_on member what thing source",
    ),
    "languages": ({"initiative": None}, "initiative language since source"),
    "meetings": (
        {"from": None, "to": None, "certainty": "certain", "status": None},
        "date kind summary status documents source",
    ),
    "timeline": (
        {"from": None, "to": None, "certainty": "certain", "kind": None, "thing": None},
        "date kind event status",
    ),
    "changes": (
        {"from": None, "to": None, "certainty": "certain"},
        "date kind thing before after source",
    ),
    "champions": ({"year": None, "home": None, "result": None}, "year result winner home theme source"),
    "trade-policy-reviews": ({"member": None, "status": None}, "member date status reported_on symbols"),
    "organizations": ({}, "acronym organization role"),
    "unknowns": ({"kind": None}, "subject missing where since"),
    "statistics": ({"indicator": None}, "statement indicator value unit as_of publisher"),
}
REQUIRED = {
    "evidence": {"thing": "member/us"},
    "export/description": {"thing": "member/us"},
    **{name: {"thing": "member/us"} for name in ANSWERS},
    "member-profile": {"member": "CN"},
}
FORBIDDEN = {
    "NOW()": r"\bNOW\s*\(",
    # In the one form whose order we fix: msme_kg/sparql/joined_cells.py.
    "GROUP_CONCAT": r'\bGROUP_CONCAT\b(?!\(DISTINCT STR\(\?\w+\); separator="s"\))',
    "SAMPLE": r"\bSAMPLE\b",
    # Beside a variable it is of a group, which is never empty.
    "MAX of nothing": r"\bSELECT\s+(?:\((?:[^()]|\([^()]*\))*\)\s*)*\(MAX\s*\(",
    "a cast": r"\bxsd:\w+\s*\(",
    "FILTER(false)": r"\bFILTER\s*\(\s*(?:false|true)\s*\)",
    "COALESCE of more than variables": r"\bCOALESCE\b(?!\((?:\?\w+, )+\?\w+\))",
    "HAVING": r"\bHAVING\b",
    "LANG(x) = something": r'\bLANG\s*\([^)]*\)\s*!?=\s*+(?!"")',
    "something = LANG(x)": r'(?<!"")\s!?=\s*LANG\s*\(',
    "SELECT *": r"\bSELECT\s+(?:DISTINCT\s+)?\*",
    "SERVICE": r"\bSERVICE\b",
    "FROM": r"(?<!\?)\bFROM\b",
    "YEAR and its like": r"\b(?:YEAR|MONTH|DAY|HOURS|TIMEZONE|TZ)\s*\(",
    "chance": r"\b(?:RAND|UUID|STRUUID|BNODE)\s*\(",
}


def text_of(name: str) -> str:
    return ALL[name].read_text(encoding="utf-8")


def bare(text: str) -> str:
    """Return a query without comments and header, strings reduced to "s" and IRIs to <i>."""

    def shorter(match: re.Match[str]) -> str:
        token = match[0]
        if token[0] == "#":
            return ""
        return "<i>" if token[0] == "<" else token if token == '""' else '"s"'

    return re.sub(r'"(?:[^"\\\n]|\\.)*"|<[^<>\s"{}|^`\\]*>|#[^\n]*', shorter, text)


def header_of(text: str) -> dict[str, object]:
    lines = [line for line in text.splitlines() if line.startswith("#+")]
    assert text.splitlines()[: len(lines)] == lines, "the header stands first and in one piece"
    found = yaml.safe_load("\n".join(line[3:] for line in lines))
    assert isinstance(found, dict)
    return found


def test_queries_are_those_of_the_interface() -> None:
    assert set(NAMED) == set(INTERFACE)


ANY_ENTITY = {("evidence", "thing"), ("timeline", "thing")}
"""Options that any entity can be named for."""


@pytest.mark.parametrize("name", INTERFACE)
def test_options_for_entities_say_of_which_class_they_are(name: str) -> None:
    """Else a word such as compendium is taken for a concept, and the answer is empty."""
    for parameter in QueryCatalog(Repository.find(ROOT)).get(CANNED, name).parameters:
        if parameter.type == "iri" and (name, parameter.name) not in ANY_ENTITY:
            entities = parameter.entities
            assert entities.of_class or entities.scheme or entities.superclass, parameter.name


@EACH
def test_header_has_both_languages(name: str) -> None:
    header = header_of(text_of(name))
    spoken = ["title", *(["problem", "solution"] if name.startswith("checks/") else ["description"])]
    words = [header[key] for key in spoken]
    given = header.get("params", {})
    assert isinstance(given, dict)
    words += [one["help"] for one in given.values()]
    for word in words:
        assert isinstance(word, dict)
        assert set(word) == {"en", "zh-Hant"}
        assert re.search("[a-z]", word["en"])
        assert re.search("[\u4e00-\u9fff]", word["zh-Hant"])
    if name.startswith("checks/"):
        assert header["severity"] in {"violation", "warning", "info"}


@EACH
def test_headings_are_those_of_the_columns(name: str, kg: KnowledgeGraph) -> None:
    header = header_of(text_of(name))
    headings, joined = header.get("columns", {}), header.get("joined", [])
    assert isinstance(headings, dict)
    assert isinstance(joined, list)
    if headings:
        assert tuple(headings) == kg.sparql(text_of(name)).columns  # type: ignore[union-attr]
        for texts in headings.values():
            assert re.search("[\u4e00-\u9fff]|[A-Z]{2}", texts["zh-Hant"])
    concatenated = re.findall(
        r'GROUP_CONCAT\(DISTINCT STR\(\?\w+\); separator="; "\) AS \?(\w+)', text_of(name)
    )
    codes = set(header.get("language_codes", []))  # type: ignore[call-overload]
    assert set(joined) - codes == set(concatenated) & set(headings) - codes


@EACH
def test_query_has_no_construct_on_which_engines_differ(name: str) -> None:
    text = bare(text_of(name))
    assert [what for what, pattern in FORBIDDEN.items() if re.search(pattern, text, re.IGNORECASE)] == []


@EACH
def test_repeating_paths_are_under_distinct(name: str) -> None:
    text = bare(text_of(name))
    if re.search(r"\w[*+]\s+\S", re.sub(r"EXISTS \{[^}]*\}", "", text)):
        assert "SELECT DISTINCT" in text


@pytest.mark.parametrize("name", SELECTS)
def test_deprecated_entities_are_left_out_where_they_are_bound(name: str) -> None:
    """With ``?x`` unbound, ``NOT EXISTS { ?x owl:deprecated true }`` is false once anything is deprecated."""
    patterns = collect_patterns(prepareQuery(SELECTS[name].read_text(encoding="utf-8")).algebra, "focus")
    unbound = {
        str(one.subject)
        for alternative in patterns.alternatives
        for one in alternative
        if one.predicate == OWL.deprecated
        and one.context
        and not any(
            one.subject in (other.subject, other.object)
            and one.context[: len(other.context)] == other.context != one.context
            for other in alternative
        )
    }
    assert {variable for variable in unbound if not variable.startswith("_step")} == set()


@EACH
def test_every_block_for_a_value_is_marked(name: str) -> None:
    text = text_of(name)
    blocks = re.findall(r"VALUES\s*\(?\s*\?in_\w+.*", text)
    assert [
        block for block in blocks if not re.fullmatch(r"VALUES \?in_\w+ \{ [^}]+ \}  # param", block)
    ] == []
    used = set(re.findall(r"\?in_(\w+)", bare(text)))
    assert used == {match for block in blocks for match in re.findall(r"\?in_(\w+)", block)}
    params = header_of(text).get("params", {})
    assert isinstance(params, dict)
    periods = {key for key, one in params.items() if one["type"] == "period"}
    bounds = {f"{key}_{bound}" for key in periods for bound in ("from", "to")}
    assert used - {"lang"} == set(params) - periods | bounds


@EACH
def test_prefixes_declared_are_those_used(name: str) -> None:
    text = bare(text_of(name))
    declared = re.findall(r"^PREFIX ([\w-]+): <i>$", text, re.MULTILINE)
    body = re.sub(r"^PREFIX .*$", "", text, flags=re.MULTILINE)
    assert len(declared) == len(set(declared))
    assert set(declared) == set(re.findall(r"(?<![\w?:-])([A-Za-z][\w-]*):", body))


@EACH
def test_prefixes_mean_what_the_ontology_says(name: str, kg: KnowledgeGraph) -> None:
    for prefix, namespace in re.findall(r"^PREFIX ([\w-]+): <(.*)>$", text_of(name), re.MULTILINE):
        assert kg.prefixes[prefix] == namespace


def resolved(kg: KnowledgeGraph, name: str, *, widest: bool) -> str:
    """Return a named query with its defaults bound, or with any value wherever that is allowed."""
    query = parse_query(text_of(name), ALL[name].relative_to(ROOT).as_posix())
    given: dict[str, str | None] = dict(REQUIRED.get(name, {}))
    terms = parameters.convert_options(query, given, "en", lambda text, _: kg.resolve(text))
    if widest:
        given_default = {one.name: one.default for one in query.parameters}
        terms = {
            key: None if key in given_default and given_default[key] is None and name != "evidence" else term
            for key, term in terms.items()
        }
    return bind_values(query.text, {key: [term] for key, term in terms.items()})


@pytest.mark.parametrize("name", SELECTS)
def test_order_of_rows_is_total(name: str, kg: KnowledgeGraph) -> None:
    """Asked for its sort keys too, a query has no two different rows with the same keys."""
    text = re.sub(r"[^\S\n]#[^\n]*", "", resolved(kg, name, widest=True))
    body, _, order = re.sub(r" LIMIT \d+\n$", "", text).rpartition(" ORDER BY ")
    keys = re.findall(r"(?:DESC\()?(STR\(\?\w+\)|\?\w+)\)?", order)
    assert keys, "each query ends with ORDER BY"
    assert re.sub(r"\s+", " ", order.strip()) == " ".join(keys), "variables, or STR of one"
    named = [f"({key} AS ?key_{number})" for number, key in enumerate(keys)]
    at = re.search(r"\bWHERE \{\n", body)
    assert at
    head, rest = body[: at.start()], body[at.start() :]
    seen: dict[tuple[object, ...], tuple[object, ...]] = {}
    answer = kg.sparql(f"{head} {' '.join(named)} {rest} ORDER BY {order}")
    assert not isinstance(answer, bool)
    for row in answer.rows:  # type: ignore[union-attr]
        shown, sorted_by = row[: -len(keys)], row[-len(keys) :]
        assert seen.setdefault(sorted_by, shown) == shown


@pytest.mark.parametrize("name", INTERFACE)
def test_columns_are_the_public_ones(name: str, kg: KnowledgeGraph) -> None:
    required = REQUIRED.get(name, {})
    assert " ".join(kg.query(name, **required).columns) == INTERFACE[name][1]


@pytest.mark.parametrize("name", NAMED)
def test_rows_say_which_entity_they_are_about(name: str, kg: KnowledgeGraph) -> None:
    query = QueryCatalog(Repository.find(ROOT)).get(CANNED, name)
    if name == "sources":  # is a list of sources itself
        assert query.entities == ()
        return
    assert query.entities
    hidden = [one for one in query.entities if one not in query.columns]
    plain, wider = (
        sort_joined_cells(kg.engine.select(text), query.joined)
        for text in (query.text, add_variables(query.text, hidden))
    )
    assert wider.columns == (*plain.columns, *hidden)
    shown = len(plain.columns)
    assert [row[:shown] for row in wider.rows] == list(plain.rows)
    for row in wider.rows:
        named = dict(zip(wider.columns, row, strict=True))
        assert any(named[one] is not None for one in query.entities)


def test_variable_that_a_query_does_not_have_is_an_error(copy_of_graph: Path, run: Run) -> None:
    path = copy_of_graph / "queries" / "actors" / "members.rq"
    text = path.read_text(encoding="utf-8").replace("entities: [membership]", "entities: [nothing]")
    path.write_text(text, encoding="utf-8")
    ended = run("query", "members", "--root", copy_of_graph)
    assert ended.code == 3
    assert re.match(
        r"queries/actors/members\.rq:\d+(?::\d+)?: error: the query has no variable \?nothing", ended.err
    )


@pytest.mark.parametrize("name", INTERFACE)
def test_options_are_the_public_ones(name: str) -> None:
    query = QueryCatalog(Repository.find(ROOT)).get(CANNED, name)
    options = {parameter.option: parameter.default for parameter in query.parameters}
    assert list(options.items()) == list(INTERFACE[name][0].items())
    assert [parameter.option for parameter in query.parameters if parameter.required] == (
        list(REQUIRED.get(name, {}))
    )


def test_least_levels_say_what_their_widest_value_adds() -> None:
    levels = {
        (name, parameter.name): parameter
        for name, path in NAMED.items()
        for parameter in parse_query(path.read_text(encoding="utf-8"), name).parameters
        if parameter.name in {"certainty", "evidence"}
    }
    assert {("members", "certainty"), ("members", "evidence"), ("changes", "certainty")} <= set(levels)
    for place, parameter in levels.items():
        assert set(parameter.more) == {"en", "zh-Hant"}, place
        assert all("{count}" in text for text in parameter.more.values()), place
        assert parameter.choices[-1] in {"possible", "indirect"}


@pytest.mark.parametrize("name", CHECKS)
def test_checks_project_a_focus(name: str, kg: KnowledgeGraph) -> None:
    columns = kg.sparql(text_of(f"checks/{name}")).columns  # type: ignore[union-attr]
    assert columns[0] == "focus"
    assert set(columns) <= {"focus", "path", "value", "graph", "other"}


WINDOW = re.compile(
    r"BIND\((IF\(!BOUND\(\?(?P<a>\w+)\) && !BOUND\(\?(?P<b>\w+)\).*?)\s+AS \?\w+\)$", re.DOTALL | re.MULTILINE
)


def windows(name: str) -> list[str]:
    """Return the expressions that show a window, under common names."""
    return [
        re.sub(r"\s+", " ", re.sub(rf"\?{found['b']}\b", "?B", re.sub(rf"\?{found['a']}\b", "?A", found[1])))
        for found in WINDOW.finditer(text_of(name))
    ]


def test_windows_are_shown_by_one_expression() -> None:
    found = {name: windows(name) for name in ALL}
    assert sum(map(len, found.values())) >= 10
    assert all(len(found[name]) == text_of(name).count("-(01|03|05|07|08|10|12)-31$") for name in ALL)
    assert len({one for several in found.values() for one in several}) == 1


def shown(pairs: list[tuple[str | None, str | None]], ask: Callable[[str], object]) -> list[str | None]:
    (expression,) = {one for name in NAMED for one in windows(name)}
    day = '"{}"^^xsd:date'
    rows = " ".join(
        f"({number} {' '.join(day.format(one) if one else 'UNDEF' for one in pair)})"
        for number, pair in enumerate(pairs)
    )
    answer = ask(
        "PREFIX xsd: <http://www.w3.org/2001/XMLSchema#> SELECT ?shown WHERE { "
        f"VALUES (?n ?A ?B) {{ {rows} }} BIND({expression} AS ?shown) }} ORDER BY ?n"
    )
    return [row[0].value if row[0] else None for row in answer]  # type: ignore[attr-defined]


def test_window_is_shown_as_day_month_year_or_interval() -> None:
    pairs: list[tuple[str | None, str | None]] = []
    expected: list[str | None] = []
    for year in (2017, 2020, 2023, 2024, 2030):
        pairs.append((f"{year}-01-01", f"{year}-12-31"))
        expected.append(str(year))
        for month in range(1, 13):
            last = calendar.monthrange(year, month)[1]
            for ending in {27, 28, 29, 30, 31} & set(range(1, last + 1)):
                span = (f"{year}-{month:02}-01", f"{year}-{month:02}-{ending}")
                pairs.append(span)
                expected.append(f"{year}-{month:02}" if ending == last else "/".join(span))
    pairs += [
        ("2020-12-11", "2020-12-11"),
        ("2017-12-13", "2021-12-31"),
        ("2017-12-13", None),
        (None, "2017-12-13"),
        (None, None),
        ("2023-01-01", "2024-12-31"),
        ("2022-12-02", "2022-12-31"),
    ]
    expected += [
        "2020-12-11",
        "2017-12-13/2021-12-31",
        "2017-12-13/..",
        "../2017-12-13",
        None,
        "2023-01-01/2024-12-31",
        "2022-12-02/2022-12-31",
    ]
    assert shown(pairs, ox.Store().query) == expected


def line_of(path: Path, words: str) -> int:
    return next(n for n, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1) if words in line)


AREAS, PLAN = "queries/instruments/work-areas.rq", "queries/instruments/work-plan.rq"


@pytest.mark.parametrize(
    ("path", "old", "new", "line", "says"),
    [
        (AREAS, "#+ tags:", "#+ tag:", "#+ tag:", "tags"),
        (AREAS, "#+ tags: [", "#+ tags: [[", None, "YAML"),
        (AREAS, "zh-Hant: 工作領域}", "}", "#+ title", "zh-Hant"),
        (AREAS, "zh-Hant: 工作領域}", "fr: secteurs}", "#+ title", "zh-Hant"),
        (PLAN, "VALUES ?in_year {", "VALUES ?in_years {", None, "in_year"),
        (PLAN, "#+   year:", "#+   jahr:", None, "in_"),
        (PLAN, "type: year", "type: jahr", "#+   year:", "year"),
        (PLAN, "type: year", "typ: year", "typ: year", "type"),
        (PLAN, "type: year", "type: choice", "#+   year:", "choice"),
        (PLAN, '"2023" }  # param', '"2023" }', "#+   year:", "in_year"),
    ],
)
def test_header_error_has_its_location(
    path: str, old: str, new: str, line: str | None, says: str, copy_of_graph: Path, run: Run
) -> None:
    file = copy_of_graph / path
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")
    ended = run("query", file.stem, "--root", copy_of_graph)
    assert (ended.code, ended.out) == (3, "")
    place = re.match(rf"{re.escape(path)}:(\d+)(?::\d+)?: error: ", ended.err)
    assert place, ended.err
    if line:
        assert int(place[1]) == line_of(file, line)
    assert says in ended.err
    assert "\nhint: " in ended.err


def test_watched_options_that_do_not_fit_are_an_error(copy_of_graph: Path, run: Run) -> None:
    file = copy_of_graph / "queries" / "actors" / "members.rq"
    text = file.read_text(encoding="utf-8")
    for watched in ("[{as_of: soon}]", "[{day: today}]", "today", "[today]"):
        changed = re.sub(r"(?m)^#\+ watched: .*$", f"#+ watched: {watched}", text)
        file.write_text(changed, encoding="utf-8")
        ended = run("query", "members", "--root", copy_of_graph)
        assert (ended.code, ended.out) == (3, "")
        assert re.match(r"queries/actors/members\.rq:\d+(?::\d+)?: error: .*watched", ended.err), ended.err


@pytest.mark.parametrize(
    "header",
    [
        "#+ just words",
        "",
        "#+ title: {en: One, zh-Hant: 一}\n#+ description: {en: One, zh-Hant: 一}\n#+ tags: 5",
        "#+ title: {en: One, zh-Hant: 一}\n#+ description: {en: One, zh-Hant: 一}\n#+ params: [as_of]",
        "#+ title: {en: One, zh-Hant: 一}\n#+ description: {en: One, zh-Hant: 一}\n#+ params: {as_of: date}",
        "#+ title: {en: One, zh-Hant: 一}\n#+ description: {en: One, zh-Hant: 一}\n#+ 5: five",
        "#+ title: !!python/object/apply:os.getcwd []",
    ],
)
def test_header_of_another_structure_is_an_error(header: str, copy_of_graph: Path, run: Run) -> None:
    file = copy_of_graph / "queries" / "actors" / "odd.rq"
    file.write_text(f"{header}\nSELECT ?a WHERE {{ ?a ?b ?c }} ORDER BY ?a\n", encoding="utf-8")
    ended = run("query", "odd", "--root", copy_of_graph)
    assert (ended.code, ended.out) == (3, ""), ended.err
    assert re.match(r"queries/actors/odd\.rq:\d+(?::\d+)?: error: ", ended.err)


def test_file_that_is_not_utf8_is_an_error(copy_of_graph: Path, run: Run) -> None:
    (copy_of_graph / AREAS).write_bytes(b"#+ title: {en: caf\xe9}\n")
    ended = run("query", "work-areas", "--root", copy_of_graph)
    assert (ended.code, ended.out) == (3, "")
    assert ended.err.startswith(AREAS)


def test_two_files_with_one_name_are_an_error(copy_of_graph: Path, run: Run) -> None:
    other = copy_of_graph / "queries" / "provenance" / "members.rq"
    other.write_bytes((copy_of_graph / "queries" / "actors" / "members.rq").read_bytes())
    ended = run("query", "members", "--root", copy_of_graph)
    assert (ended.code, ended.out) == (3, "")
    assert ended.err.startswith("queries/provenance/members.rq")
    assert "queries/actors/members.rq" in ended.err
