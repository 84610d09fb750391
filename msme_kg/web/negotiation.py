"""Content negotiation: media types and languages by the preferences of a client (RFC 9110 §12)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from msme_kg.message_catalog import require_choice
from msme_kg.namespaces import LANGUAGES
from msme_kg.web.http_message import HttpRequest

_QUALITY = re.compile(r";\s*q\s*=\s*([0-9.]+)", re.IGNORECASE)


def choose_media_type(accept: str, offered: Sequence[str]) -> str | None:
    """Return the offered media type that a client prefers; None if it accepts none.

    Args:
        accept: the header ``Accept``; empty for anything.
        offered: the media types, the preferred one of the server first, which wins among equals.
    """
    if not accept.strip():
        return offered[0]
    ranges = list(_parse(accept))
    best, best_quality = None, 0.0
    for media_type in offered:
        # The most specific range counts.
        _, quality = max(
            ((_measure_fit(one, media_type), quality) for one, quality in ranges),
            default=(0, 0.0),
            key=lambda pair: pair[0],
        )
        if not any(_measure_fit(one, media_type) for one, _ in ranges):
            continue
        if quality > best_quality:
            best, best_quality = media_type, quality
    return best


def _measure_fit(media_range: str, media_type: str) -> int:
    """Return how specifically a range names a media type; 0 if it does not."""
    if media_range == media_type:
        return 3
    if media_range == f"{media_type.partition('/')[0]}/*":
        return 2
    return int(media_range == "*/*")


def accepts_html(accept: str) -> bool:
    """Tell whether a client names HTML, as browsers do, in contrast to programs that accept anything."""
    return any(one in {"text/html", "application/xhtml+xml"} and quality for one, quality in _parse(accept))


def choose_language(accept_language: str) -> str:
    """Return the language of the graph that a client prefers (RFC 4647 §3.4, by primary language)."""
    preferred = sorted(_parse(accept_language), key=lambda pair: -pair[1])
    for tag, quality in preferred:
        for lang in LANGUAGES if quality else ():
            if tag.partition("-")[0] == lang.partition("-")[0].lower():
                return lang
    return LANGUAGES[0]


def choose_request_language(request: HttpRequest) -> str:
    """Return the language of the parameter ``lang`` of a request, else that which its client prefers.

    Raises:
        msme_kg.errors.UsageError: the graph is not in the language that it names.
    """
    given = request.get_parameter("lang")
    lang = choose_language(given or request.headers.get("accept-language", ""))
    if given and given.partition("-")[0].lower() != lang.partition("-")[0].lower():
        require_choice(given, LANGUAGES, "lang")
    return lang


def _parse(header: str) -> Iterator[tuple[str, float]]:
    """Yield the values of a header with their qualities; parameters of media types are left out."""
    for part in header.split(","):
        value = part.partition(";")[0].strip().lower()
        match = _QUALITY.search(part)
        try:
            quality = min(float(match[1]), 1.0) if match else 1.0
        except ValueError:
            quality = 0.0
        if value:
            yield value, quality
