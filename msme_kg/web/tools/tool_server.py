"""Server of the Model Context Protocol on standard input and output; workers answer the calls."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from msme_kg.message_catalog import format_message
from msme_kg.repository import Repository
from msme_kg.version import __version__
from msme_kg.web.http_message import HttpRequest, HttpResponse
from msme_kg.web.missing_extra import build_missing_extra_error
from msme_kg.web.problem import build_problem
from msme_kg.web.server.generation import Generations
from msme_kg.web.server.worker_pool import BusyError, PoolSettings, TooLargeError, WorkerEndedError
from msme_kg.web.tools.tool_schema import SPARQL

if TYPE_CHECKING:
    from mcp.server.lowlevel import Server


def run_tool_server(
    repository: Repository, settings: PoolSettings, lang: str, notify: Callable[[str], None]
) -> None:
    """Answer the client at the other end of standard input and output until it leaves.

    Args:
        repository: the graph.
        settings: the settings of the workers.
        lang: the language of texts.
        notify: receives lines about the server.

    Raises:
        msme_kg.errors.UsageError: the extra ``mcp`` is not installed.
        msme_kg.web.server.worker_pool.LoadError: the graph cannot be loaded.
    """
    try:
        import mcp.server.lowlevel  # noqa: F401 (before the graph is loaded)
    except ImportError:
        raise build_missing_extra_error("mcp") from None
    generations = Generations(repository, settings, notify)
    asyncio.run(_serve(generations, lang))


async def _serve(generations: Generations, lang: str) -> None:
    from mcp.server.stdio import stdio_server

    generations.start()
    try:
        server = _build_server(generations, lang)
        async with stdio_server() as (incoming, outgoing):
            await server.run(incoming, outgoing, server.create_initialization_options())
    finally:
        await generations.stop()


def _build_server(generations: Generations, lang: str) -> Server[Any]:
    from mcp.server.lowlevel import Server
    from mcp_types import CallToolRequestParams, CallToolResult, ListToolsResult, TextContent, Tool

    async def list_tools(_context: object, _params: object) -> ListToolsResult:
        response = await _ask(generations, HttpRequest("GET", "/"))
        return ListToolsResult(tools=[Tool.model_validate(one) for one in json.loads(response.body)])

    async def call_tool(_context: object, params: CallToolRequestParams) -> CallToolResult:
        body = json.dumps(params.arguments or {}).encode()
        headers = {"accept-language": lang}
        request = HttpRequest("POST", f"/{params.name}", headers=headers, body=body)
        response = await _ask(generations, request, is_costly=params.name == SPARQL)
        content = json.loads(response.body)
        if response.status != 200:
            text = _describe_problem(content, lang)
            return CallToolResult(content=[TextContent(text=text)], is_error=True)
        return CallToolResult(content=[TextContent(text=response.body.decode())], structured_content=content)

    return Server(
        "msme-kg",
        version=__version__,
        instructions=format_message("tools.instructions", lang),
        on_list_tools=list_tools,
        on_call_tool=call_tool,
    )


async def _ask(generations: Generations, request: HttpRequest, *, is_costly: bool = False) -> HttpResponse:
    """Return the response of a worker, or the problem that there is none."""
    try:
        return await generations.answer(request, is_costly=is_costly)
    except BusyError:
        return build_problem(503, "busy", request)
    except TooLargeError:
        return build_problem(413, "too-large", request)
    except WorkerEndedError as error:
        return build_problem(503, error.problem, request, cause=error.cause)


def _describe_problem(problem: dict[str, Any], lang: str) -> str:
    """Return a problem as the command line does: what is wrong, where, and a hint."""
    place = ":".join(map(str, problem.get("location", {}).values()))
    lines = [
        f"{place}: {problem['detail']}" if place else problem["detail"],
        problem.get("excerpt", ""),
        format_message("tools.hint", lang, hint=problem["hint"]) if "hint" in problem else "",
    ]
    return "\n".join(filter(None, (line.strip("\n") for line in lines)))
