"""Python API of msme-kg: ``msme_kg.open()`` returns a ``KnowledgeGraph``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msme_kg.version import __version__

if TYPE_CHECKING:
    import os
    from collections.abc import Sequence

    from msme_kg.api import KnowledgeGraph

__all__ = ["__version__", "open"]


def open(  # noqa: A001
    root: str | os.PathLike[str] | None = None,
    *,
    lang: str = "en",
    endpoint: str | Sequence[str] | None = None,
    timeout: float = 30.0,
) -> KnowledgeGraph:
    """Open a knowledge graph.

    Args:
        root: a folder with ``ontology/``, ``data/`` and ``queries/``; by default ``MSME_KG_ROOT``, else the
            graph that comes with the package.
        lang: the language of labels and text, ``"en"`` or ``"zh-Hant"``.
        endpoint: the URL of a SPARQL 1.1 endpoint to query instead of the files; of several, the next
            is tried when one fails.
        timeout: seconds that an endpoint may take for one query.

    Raises:
        msme_kg.errors.KGError: the folder is not a knowledge graph, a file in it is malformed, or an address
            is.
    """
    from msme_kg.api import KnowledgeGraph

    if endpoint is None:
        return KnowledgeGraph.open(root, lang=lang)
    from msme_kg.repository import Repository
    from msme_kg.sparql.http_client import Deadline

    return KnowledgeGraph.from_endpoints(
        Repository.find(root),
        lang,
        [endpoint] if isinstance(endpoint, str) else endpoint,
        f"msme-kg/{__version__}",
        lambda: Deadline.from_timeout(timeout),
    )
