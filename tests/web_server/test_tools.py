"""Tools for clients of the Model Context Protocol: the client of its package talks to a real process."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, TypeVar

import jsonschema
from conftest import LONGEST, ROOT, environment
from mcp.client.client import Client
from mcp.client.stdio import StdioServerParameters, stdio_client

from msme_kg.api import KnowledgeGraph
from web_server.test_limits import RUNAWAYS

Answer = TypeVar("Answer")


def talk(call: Callable[[Client], Awaitable[Answer]], *options: str, root: Path = ROOT) -> Answer:
    """Start a server, talk to it, and let it end."""
    words = ["-m", "msme_kg", "--root", str(root), "mcp", *options]
    server = StdioServerParameters(command=sys.executable, args=words, env=environment())

    async def run() -> Answer:
        async with asyncio.timeout(LONGEST), Client(stdio_client(server)) as client:
            return await call(client)

    return asyncio.run(run())


def read_rows(result: Any) -> list[dict[str, Any]]:
    assert not result.is_error, result.content
    assert json.loads(result.content[0].text) == result.structured_content
    return list(result.structured_content["rows"])


def read_error(result: Any) -> str:
    assert result.is_error
    return str(result.content[0].text)


def test_the_tools_are_the_canned_queries_with_their_options(kg: KnowledgeGraph) -> None:
    async def call(client: Client) -> Any:
        return await client.list_tools()

    tools = {tool.name: tool for tool in talk(call).tools}
    assert list(tools) == [*(query.name for query in kg.queries()), "search", "describe", "sparql"]
    for tool in tools.values():
        jsonschema.Draft202012Validator.check_schema(tool.input_schema)
        assert tool.annotations.read_only_hint
    members = tools["members"].input_schema["properties"]
    assert members["certainty"]["enum"] == ["certain", "possible"]
    assert members["as_of"]["default"] == "today"
    assert tools["evidence"].input_schema["required"] == ["thing"]
    assert tools["work-plan"].input_schema["properties"]["limit"]["type"] == "integer"


def test_answers_have_iris_and_labels(kg: KnowledgeGraph) -> None:
    async def call(client: Client) -> list[Any]:
        return [
            await client.call_tool("members", {"as_of": "2023-08-01", "certainty": "certain"}),
            await client.call_tool("members", {"as_of": "2999-01-01", "limit": 2}),
            await client.call_tool("coordinators", {}),
            await client.call_tool("search", {"words": "臺灣"}),
            await client.call_tool("describe", {"name": "WT/MIN(17)/58"}),
            await client.call_tool("sparql", {"query": "SELECT ?m { ?m a msme:WTOMember } ORDER BY ?m"}),
            await client.call_tool("sparql", {"query": "CONSTRUCT { member:us a msme:X } {}"}),
            await client.call_tool("organizations", {"limit": 1}),
            await client.call_tool("describe", {"name": "INF/MSME/4/Rev.2", "as_of": "2018"}),
        ]

    members, later, coordinators, found, described, own, graph, listed, absent = talk(call)
    rows = read_rows(members)
    assert len(rows) == 79
    assert rows == [
        {**row, **{name: links[name] for name in ("member", "certainty", "evidence", "through")}}
        for row, links in zip(kg.query("members", as_of="2023-08-01"), rows, strict=True)
    ]
    assert rows[0]["member"] == {"iri": "https://w3id.org/msme-kg/member/af", "label": "Afghanistan"}
    assert members.structured_content["columns"]["since"] == "Since"
    assert len(read_rows(later)) == 2
    assert later.structured_content["notes"] == [
        "the first 2 of 85 rows",
        "the record ends on 2025-12-31; nothing later is recorded",
    ]
    assert [row["person"]["label"] for row in read_rows(coordinators)] == [
        row["person"] for row in kg.query("coordinators").to_labelled_rows()
    ]
    assert read_rows(found)[0]["thing"]["label"] == "Chinese Taipei"
    assert described.structured_content["entity"]["iri"].endswith("/document/wt-min-17-58")
    assert any(part["rows"] for part in described.structured_content["answer"])
    assert {"iri": "https://w3id.org/msme-kg/member/af", "label": "Afghanistan"} in [
        row["m"] for row in read_rows(own)
    ]
    assert "member:us" in graph.structured_content["turtle"]
    assert len(read_rows(listed)) == 1
    assert absent.structured_content["answer"] == read_rows(absent) == []
    remark = "On 31 December 2018 this had not begun, or it had ended."
    assert absent.structured_content["notes"][1] == remark


FAULTS: list[tuple[str, dict[str, Any], str]] = [
    ("members", {"as_off": "2023-08-01"}, "'as_off'\nhint: did you mean as_of?"),
    ("members", {"as_of": "soon"}, "'soon' is not a date"),
    ("members", {"certainty": ["certain"]}, "certainty"),
    ("members", {"limit": -1}, "limit"),
    ("memberz", {}, "hint: did you mean"),
    ("evidence", {}, "thing is needed"),
    ("search", {"words": " "}, "words"),
    ("search", {"words": "a", "q": "b"}, "words, limit"),
    ("describe", {"name": "Atlantis"}, "hint: "),
    ("sparql", {"query": "SELECT * {"}, "query:1:10: query syntax"),
    ("sparql", {"query": "ASK { SERVICE <http://127.0.0.1:1/> {} }"}, "SERVICE"),
    ("sparql", {"query": "INSERT DATA { member:us a msme:X }"}, "hint: "),
]


def test_a_fault_is_an_error_with_a_hint() -> None:
    async def call(client: Client) -> list[Any]:
        return [await client.call_tool(name, arguments) for name, arguments, _ in FAULTS]

    for fault, (name, arguments, words) in zip(talk(call), FAULTS, strict=True):
        assert words in read_error(fault), (name, arguments)


def test_texts_and_faults_are_in_the_language_of_the_server() -> None:
    async def call(client: Client) -> list[Any]:
        return [
            await client.list_tools(),
            await client.call_tool("members", {"as_of": "soon"}),
            await client.call_tool("members", {"as_of": "2023-08-01", "member": "US"}),
        ]

    tools, fault, members = talk(call, "--lang", "zh-Hant")
    assert {tool.title for tool in tools.tools} > {"特定日期之小組會員", "事物說明"}
    assert "提示：" in read_error(fault)
    assert read_rows(members)[0]["member"]["label"] == "美國"


def test_a_runaway_query_ends_and_the_server_lives_on() -> None:
    async def call(client: Client) -> list[Any]:
        calls = [client.call_tool("sparql", {"query": query}) for query in RUNAWAYS.values()]
        alone = await client.call_tool("sparql", {"query": RUNAWAYS["cross product"]})
        together = await asyncio.gather(*calls, client.call_tool("members", {}))
        return [alone, *together, await client.call_tool("sparql", {"query": "ASK {}"})]

    alone, *runaways, members, after = talk(call, "--timeout", "2")
    assert "longer than the time limit" in read_error(alone)
    assert all("hint: " in read_error(one) for one in runaways)
    assert len(read_rows(members)) == 85
    assert after.structured_content == {"boolean": True}


def list_own_processes() -> set[int]:
    """Return the processes of the program that this one has started, with those that they have started."""
    found = [
        int(pid) for task in Path("/proc/self/task").glob("*/children") for pid in task.read_text().split()
    ]
    for pid in found:
        for task in Path(f"/proc/{pid}/task").glob("*/children"):
            found += [int(child) for child in task.read_text().split()]
    return {pid for pid in found if b"msme_kg" in Path(f"/proc/{pid}/cmdline").read_bytes()}


def test_no_process_is_left_when_the_client_leaves() -> None:
    others = list_own_processes()  # the server of other tests

    async def call(client: Client) -> set[int]:
        await client.call_tool("sparql", {"query": "ASK {}"})
        return list_own_processes() - others

    processes = talk(call)
    assert len(processes) >= 4  # the server, a zygote, two workers
    assert [pid for pid in processes if Path(f"/proc/{pid}").exists()] == []


def test_changed_files_are_answered_from(copy_of_graph: Path) -> None:
    file = copy_of_graph / "data/actors/members.ttl"

    async def call(client: Client) -> bool:
        text = file.read_text("utf-8").replace('"Afghanistan"@en', '"Afghanistan, once more"@en')
        file.write_text(text, "utf-8")
        for _ in range(300):
            found = read_rows(await client.call_tool("describe", {"name": "member:af"}))
            if "Afghanistan, once more" in json.dumps(found):
                return True
            await asyncio.sleep(0.1)
        return False

    assert talk(call, root=copy_of_graph)
