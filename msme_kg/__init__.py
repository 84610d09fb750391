"""msme-kg: a knowledge graph of the WTO Informal Working Group on MSMEs; ``msme_kg.open()`` starts."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import os
    from collections.abc import Sequence

    from msme_kg.api import KnowledgeGraph

__all__ = ["__version__", "open"]
__version__ = "0.1.0"


def open(  # noqa: A001
    root: str | os.PathLike[str] | None = None,
    *,
    lang: str = "en",
    endpoint: str | Sequence[str] | None = None,
    timeout: float = 30.0,
) -> KnowledgeGraph:
    """Open a knowledge graph for asking.

    Args:
        root: a folder with ``ontology/``, ``data/`` and ``queries/``; without it ``MSME_KG_ROOT``, else
            the graph that comes with the package.
        lang: the language of labels and text, ``"en"`` or ``"zh-Hant"``.
        endpoint: the address of a SPARQL 1.1 store that holds the graph and is asked in place of the files;
            of several, the next answers when one fails.
        timeout: how many seconds an endpoint may take for one question.

    Raises:
        msme_kg.errors.KGError: the folder is not a knowledge graph, a file in it is malformed, or an address
            is.
    """
    from msme_kg.api import KnowledgeGraph

    if endpoint is None:
        return KnowledgeGraph.open(root, lang=lang)
    from msme_kg.sparql.http_client import Deadline

    return KnowledgeGraph.open_remote(
        [endpoint] if isinstance(endpoint, str) else endpoint,
        f"msme-kg/{__version__}",
        lambda: Deadline.from_timeout(timeout),
        root,
        lang=lang,
    )
