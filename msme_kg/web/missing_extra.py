"""The error that packages of an extra are not installed."""

from __future__ import annotations

from msme_kg.errors import UsageError
from msme_kg.message_catalog import build_text


def build_missing_extra_error(extra: str) -> UsageError:
    """Return the error, with how to install the extra."""
    return UsageError(
        build_text("error.web-not-installed"), hint=build_text("error.web-install", extra=f"msme-kg[{extra}]")
    )
