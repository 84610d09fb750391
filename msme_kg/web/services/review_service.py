"""Validation as a service: findings about a pasted document or update, and what it would change."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from email.parser import BytesParser
from email.policy import HTTP
from urllib.parse import parse_qsl

from msme_kg.changes.changeset import UpdateRequest
from msme_kg.errors import InputError, KGError, UsageError, to_printable
from msme_kg.message_catalog import build_text, require_choice
from msme_kg.operations.check import review_state
from msme_kg.operations.validate import validate_document
from msme_kg.publish.site.live_pages import LivePages
from msme_kg.rendering.review_summary import summarize_error, summarize_review
from msme_kg.rendering.text_result import TextResult
from msme_kg.storage.dataset import GraphFile
from msme_kg.validation.validation_input import ValidationInput
from msme_kg.web.http_message import HttpRequest, HttpResponse
from msme_kg.web.negotiation import choose_media_type, choose_request_language
from msme_kg.web.problem import build_problem

REVIEWED_TYPES = {
    "text/turtle": ".ttl",
    "application/n-triples": ".nt",
    "application/trig": ".trig",
    "application/n-quads": ".nq",
    "application/rdf+xml": ".rdf",
    "application/ld+json": ".jsonld",
}
"""The media types of documents that are reviewed, and the suffix of each syntax."""
_UPDATE = "application/sparql-update"
_FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
_FORMATS = {
    "json": "application/json",
    "text": "text/plain; charset=utf-8",
    "sarif": "application/sarif+json",
    "turtle": "text/turtle; charset=utf-8",
}
_FIELDS = ("add", "remove", "update")
_MAX_FIELDS = 20
"""The most fields of a form; those of the page are five."""
_PASTED, _UPLOADED = "pasted", "uploaded"
"""The names of pasted text and of a file in messages, before their suffix."""


class ReviewService:
    """Reviews documents and updates; nothing is written."""

    def __init__(self, state: ValidationInput, live_pages: LivePages) -> None:
        """Review updates of a graph.

        Args:
            state: the graph.
            live_pages: renders the page with the form.
        """
        self._state, self._live_pages = state, live_pages

    def check(self, request: HttpRequest) -> HttpResponse:
        """Answer ``POST /api/check``: what an update would break, resolve and change."""
        if request.method != "POST":
            return build_problem(405, "post", request, headers=(("allow", "POST"),))
        update = self._read_update(request)
        if isinstance(update, HttpResponse):
            return update
        lang = choose_request_language(request)
        return _render(review_state(self._state, update, lang), request)

    def validate(self, request: HttpRequest) -> HttpResponse:
        """Answer ``POST /api/validate``: what is wrong with a document, and what adding it would break."""
        if request.method != "POST":
            return build_problem(405, "post", request, headers=(("allow", "POST"),))
        update = self._read_update(request)
        if isinstance(update, HttpResponse):
            return update
        if len(update.add) != 1 or update.remove or update.updates:
            raise UsageError(build_text("error.web-one-document"))
        return _render(
            validate_document(self._state, update.add[0], lang=choose_request_language(request)), request
        )

    def check_form(self, lang: str, request: HttpRequest) -> HttpResponse:
        """Answer the form on the page ``/check/``: the page with the report, also of an error in the data."""
        media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        fields = _read_form(request, media_type) if media_type in _FORMS else {}
        try:
            review = review_state(self._state, _build_update(fields), lang)
            summary = summarize_review(review.proposal, review.renderer, review.formatter)
        except KGError as error:
            summary = summarize_error(error, lang)
        pasted = {
            name: content.decode("utf-8", "replace") for name, (file, content) in fields.items() if not file
        }
        body = self._live_pages.render_review(lang, summary, pasted)
        return HttpResponse(200, "text/html; charset=utf-8", body, (("content-language", lang),), False)

    def _read_update(self, request: HttpRequest) -> UpdateRequest | HttpResponse:
        media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if media_type in _FORMS:
            return _build_update(_read_form(request, media_type))
        if media_type == _UPDATE:
            return UpdateRequest(updates=(GraphFile(f"{_PASTED}.ru", "", request.body),))
        suffix = REVIEWED_TYPES.get(media_type)
        if suffix is None:
            types = ", ".join([*REVIEWED_TYPES, _UPDATE, *_FORMS])
            return build_problem(415, "content-type", request, types=types)
        return UpdateRequest(add=(GraphFile.from_content(f"{_PASTED}{suffix}", request.body),))


def _read_form(request: HttpRequest, media_type: str) -> dict[str, tuple[str, bytes]]:
    """Return the fields that are filled in, each with the name of its file and its content.

    Raises:
        InputError: the form is malformed, or has too many fields.
        UsageError: a field is filled in twice.
    """
    found: dict[str, tuple[str, bytes]] = {}
    for name, file, content in _list_fields(request, media_type):
        if content.strip():
            if name in found:
                raise UsageError(build_text("error.given-twice", option=to_printable(name)))
            found[name] = (file, content)
    return found


def _list_fields(request: HttpRequest, media_type: str) -> Iterator[tuple[str, str, bytes]]:
    if media_type == _FORMS[0]:
        try:
            fields = parse_qsl(request.body.decode("utf-8", "replace"), max_num_fields=_MAX_FIELDS)
        except ValueError:
            raise InputError(build_text("error.web-form")) from None
        yield from ((name, "", text.encode()) for name, text in fields)
        return
    head = f"content-type: {request.headers['content-type']}\r\n\r\n".encode("latin-1", "replace")
    boundary = (
        request.headers["content-type"].partition("boundary=")[2].strip('" ').encode("latin-1", "replace")
    )
    if not boundary or request.body.count(b"--" + boundary) > _MAX_FIELDS:
        raise InputError(build_text("error.web-form"))
    message = BytesParser(policy=HTTP).parsebytes(head + request.body)
    if not message.is_multipart():
        raise InputError(build_text("error.web-form"))
    for part in message.iter_parts():
        name = part.get_param("name", header="content-disposition")
        content = part.get_payload(decode=True)
        if isinstance(name, str) and isinstance(content, bytes):
            yield name, part.get_filename() or "", content


def _build_update(fields: Mapping[str, tuple[str, bytes]]) -> UpdateRequest:
    """Return the update of a form; pasted text is Turtle, and files have the syntax that their names say."""
    documents: dict[str, list[GraphFile]] = {name: [] for name in _FIELDS}
    for name, (file, content) in fields.items():
        kind = name.removesuffix("-file")
        if kind not in documents:
            continue
        suffix = ".ru" if kind == "update" else _find_suffix(file)
        path = f"{_UPLOADED if file else _PASTED}{'' if kind == 'add' else f'-{kind}'}{suffix}"
        if kind == "update":
            documents[kind].append(GraphFile(path, "", content))
        else:
            documents[kind].append(GraphFile.from_content(path, content))
    if not any(documents.values()):
        raise UsageError(build_text("error.web-nothing-pasted"))
    add, remove, updates = (tuple(documents[name]) for name in _FIELDS)
    return UpdateRequest(add, remove, updates)


def _find_suffix(file: str) -> str:
    if not file:
        return ".ttl"
    suffix = f".{file.rpartition('.')[2].lower()}"
    if suffix not in REVIEWED_TYPES.values():
        known = ", ".join(REVIEWED_TYPES.values())
        raise UsageError(
            build_text("error.web-file-name", file=to_printable(file)),
            hint=build_text("error.one-of", values=known),
        )
    return suffix


def _render(result: TextResult, request: HttpRequest) -> HttpResponse:
    form = request.get_parameter("format")
    if form:
        require_choice(form, _FORMATS, "format")
    else:
        plain = {media_type.partition(";")[0]: name for name, media_type in _FORMATS.items()}
        chosen = choose_media_type(request.headers.get("accept", ""), tuple(plain))
        form = plain[chosen] if chosen else "json"
    return HttpResponse(200, _FORMATS[form], result.render(form).encode(), (), False)
