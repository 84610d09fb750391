"""msme-kg: a knowledge graph of the WTO Informal Working Group on MSMEs; ``msme_kg.open()`` starts."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import os

    from msme_kg.api import KnowledgeGraph

__all__ = ["__version__", "open"]
__version__ = "0.1.0"


def open(root: str | os.PathLike[str] | None = None, *, lang: str = "en") -> KnowledgeGraph:  # noqa: A001
    """Open a knowledge graph for asking.

    Args:
        root: a folder with ``ontology/``, ``data/`` and ``queries/``; without it ``MSME_KG_ROOT``, else
            the graph that comes with the package.
        lang: the language of labels and text, ``"en"`` or ``"zh-Hant"``.

    Raises:
        msme_kg.errors.KGError: the folder is not a knowledge graph, or a file in it is malformed.
    """
    from msme_kg.api import KnowledgeGraph

    return KnowledgeGraph.open(root, lang=lang)
