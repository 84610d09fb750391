"""Problems as responses: problem details in JSON (RFC 9457), and a page for browsers."""

from __future__ import annotations

import json
import sys
import traceback
from collections.abc import Callable, Sequence
from html import escape
from http import HTTPStatus

from msme_kg.errors import TOO_LARGE, KGError, SourceLocation
from msme_kg.message_catalog import build_text, select_messages, translate
from msme_kg.namespaces import LANGUAGES
from msme_kg.web.http_message import HttpRequest, HttpResponse
from msme_kg.web.negotiation import accepts_html, choose_language

Service = Callable[[HttpRequest], HttpResponse]
"""Answers requests."""
PROBLEM_TYPE = "application/problem+json"
_STATUS_BY_EXIT_CODE = {2: 400, 3: 400, 4: 400, 5: 503, 6: 500, 7: 503}
_NO_REQUEST = HttpRequest("GET", "/")


def build_problem(
    status: int,
    kind: str,
    request: HttpRequest = _NO_REQUEST,
    headers: tuple[tuple[str, str], ...] = (),
    links: Sequence[tuple[str, str]] = (),
    **values: object,
) -> HttpResponse:
    """Return the response for a problem of HTTP itself.

    Args:
        status: the status code.
        kind: the key of its messages ``web-problem`` and ``web-hint``.
        request: what was asked; its headers name the language and the form of the answer.
        headers: further headers.
        links: labels and addresses of other pages, for a page for browsers.
        values: values of placeholders of the messages.
    """
    message = build_text(f"web-problem.{kind}", **values)
    error = KGError(message, hint=build_text(f"web-hint.{kind}", **values), code=f"web/{kind}")
    return render_problem(error, request, status, headers, links)


def render_problem(
    error: KGError,
    request: HttpRequest,
    status: int = 0,
    headers: tuple[tuple[str, str], ...] = (),
    links: Sequence[tuple[str, str]] = (),
) -> HttpResponse:
    """Return an error as a response.

    Args:
        error: the error.
        request: what was asked.
        status: the status code; by default that of the kind of error.
        headers: further headers.
        links: labels and addresses of other pages, for a page for browsers.
    """
    is_too_large = error.code == TOO_LARGE
    status = status or (413 if is_too_large else _STATUS_BY_EXIT_CODE.get(error.exit_code, 500))
    title = HTTPStatus(status).phrase
    lang = choose_language(request.headers.get("accept-language", ""))
    detail, hint = translate(error.message, lang), translate(error.hint or "", lang)
    if accepts_html(request.headers.get("accept", "")):
        return HttpResponse(
            status,
            "text/html; charset=utf-8",
            _render_page(request.prefix, lang, title, detail, hint, error.location, links).encode(),
            (*headers, ("content-language", lang)),
            False,
        )
    members: dict[str, object] = {"type": "about:blank", "title": title, "status": status, "detail": detail}
    if hint:
        members["hint"] = hint
    if error.code:
        members["code"] = error.code
    if error.location is not None:
        location = error.location
        members["location"] = {
            name: value
            for name, value in (("file", location.file), ("line", location.line), ("column", location.column))
            if value
        }
        if location.excerpt:
            members["excerpt"] = location.excerpt
    body = json.dumps(members, ensure_ascii=False, indent=2) + "\n"
    return HttpResponse(status, PROBLEM_TYPE, body.encode(), (*headers, ("content-language", lang)), False)


def answer_or_explain(service: Service, request: HttpRequest) -> HttpResponse:
    """Return the answer of a service; an error becomes a problem, and a fault is in the log too."""
    try:
        return service(request)
    except MemoryError:
        return build_problem(503, "memory", request, headers=(("retry-after", "2"),))
    except KGError as error:
        return render_problem(error, request)
    except Exception:  # noqa: BLE001 (the worker lives on; the log has the fault)
        traceback.print_exc(file=sys.stderr)
        return build_problem(500, "fault", request)


def _render_page(
    prefix: str,
    lang: str,
    title: str,
    detail: str,
    hint: str,
    location: SourceLocation | None,
    links: Sequence[tuple[str, str]],
) -> str:
    excerpt = f"<pre>{escape(location.excerpt)}</pre>\n" if location and location.excerpt else ""
    place = [str(location)] if location and location.line else []
    said = [*place, detail] if lang == LANGUAGES[0] else place  # in Chinese, the heading says it
    first, last = (f"<p>{escape(text)}</p>\n" if text else "" for text in (": ".join(said), hint))
    paragraphs = first + excerpt + last
    items = "".join(f'<li><a href="{escape(href)}">{escape(text)}</a></li>\n' for text, href in links)
    paragraphs += f"<ul>\n{items}</ul>\n" if items else ""
    heading = escape(title if lang == LANGUAGES[0] else detail)
    home = escape(select_messages("site.", lang)["home"])
    return (
        f'<!DOCTYPE html>\n<html lang="{lang}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{heading}</title>\n"
        f'<link rel="stylesheet" href="{prefix}/assets/site.css">\n</head>\n<body>\n<main class="wide">\n'
        f'<h1>{heading}</h1>\n{paragraphs}<p><a href="{prefix}/">{home}</a></p>\n'
        "</main>\n</body>\n</html>\n"
    )
