"""Patching of a file: added and removed triples rewrite only the blocks of their subjects."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import pyoxigraph as ox

from msme_kg.namespaces import PrefixMap
from msme_kg.rdf.canonical_turtle import CanonicalTurtleWriter
from msme_kg.rdf.parser import parse
from msme_kg.rdf.terms import split_quad, without_graph
from msme_kg.storage import cache
from msme_kg.storage.dataset import GraphFile
from msme_kg.storage.formatting import format_file, render_file, verify_round_trip
from msme_kg.storage.subject_index import SubjectIndex


def patch_file(
    file: GraphFile, added: Sequence[ox.Quad], removed: Sequence[ox.Quad], prefixes: PrefixMap
) -> GraphFile:
    """Return a file after a change; the blocks of other subjects keep every byte.

    A file that is not in canonical form is formatted first. The result is parsed and compared with the
    triples it should have.

    Args:
        file: the file; empty for a new one.
        added: triples to add, none with blank nodes.
        removed: triples to remove.
        prefixes: the prefixes of the graph.

    Raises:
        msme_kg.errors.InputError: the file is malformed, or cannot be written in canonical form.
    """
    writer = CanonicalTurtleWriter(prefixes)
    file = _ensure_canonical(file, prefixes)
    index = SubjectIndex.from_file(file)
    gone = set(map(without_graph, removed))
    before = [without_graph(quad) for quad in parse(file.content, file.path)]
    after = [quad for quad in before if quad not in gone] + list(map(without_graph, added))
    if index is None:  # it has collections or brackets
        return file.with_content(render_file(file, after, prefixes))
    by_subject: dict[str, list[ox.Quad]] = defaultdict(list)
    subjects = {split_quad(quad)[0].value for quad in (*added, *removed)}
    for quad in after:
        if split_quad(quad)[0].value in subjects:
            by_subject[split_quad(quad)[0].value].append(quad)
    content = file.content.rstrip(b"\n") + b"\n\n"
    ends = {len(file.content): len(content)}
    spans = [([ends.get(offset, offset) for offset in index.get_byte_span(iri)], iri) for iri in subjects]
    pieces, copied = [], 0
    for (start, end), iri in sorted(spans):
        text = "".join(f"{block}\n\n" for block in writer.format_blocks(by_subject[iri], file.path))
        pieces += [content[copied:start], text.encode()]
        copied = end
    content = b"".join([*pieces, content[copied:]]).rstrip(b"\n") + b"\n"
    verify_round_trip(content, file.path, after)
    result = file.with_content(content)
    cache.store("canonical", _build_cache_key(result, prefixes), {})
    return result


def _ensure_canonical(file: GraphFile, prefixes: PrefixMap) -> GraphFile:
    """Return a file in canonical form; the cache remembers files that are."""
    key = _build_cache_key(file, prefixes)
    if cache.has_entry("canonical", key):
        return file
    content = format_file(file, prefixes)
    if content == file.content:
        cache.store("canonical", key, {})
    return file.with_content(content)


def _build_cache_key(file: GraphFile, prefixes: PrefixMap) -> str:
    return cache.compute_cache_key(
        cache.compute_code_key(), file.key, *(text for pair in prefixes.items() for text in pair)
    )
