"""A file with some statements put in and others taken out: only the blocks concerned change."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

import pyoxigraph as ox

from msme_kg.namespaces import Prefixes
from msme_kg.rdf.canonical_turtle import TurtleWriter
from msme_kg.rdf.parser import parse
from msme_kg.rdf.terms import loose, parts
from msme_kg.storage import cache
from msme_kg.storage.dataset import GraphFile
from msme_kg.storage.formatting import canonical, confirm, with_statements
from msme_kg.storage.subject_index import Blocks


def edited(
    file: GraphFile, added: Sequence[ox.Quad], removed: Sequence[ox.Quad], prefixes: Prefixes
) -> GraphFile:
    """Return a file after a change; the blocks of other things keep every byte.

    A file that is not in canonical form is brought into it first. What is returned was parsed again and
    compared with what it has to say.

    Args:
        file: the file; one without bytes is made.
        added: statements that it is to make, none of them with blank nodes.
        removed: statements that it makes no more.
        prefixes: those of the graph.

    Raises:
        msme_kg.errors.InputError: it is malformed, or cannot be written in canonical form.
    """
    writer = TurtleWriter(prefixes)
    file = _in_form(file, prefixes)
    blocks = Blocks.of(file.content, file.key)
    gone = set(map(loose, removed))
    before = [loose(quad) for quad in parse(file.content, file.path)]
    after = [quad for quad in before if quad not in gone] + list(map(loose, added))
    if blocks is None:  # it has lists or brackets
        return replace(file, content=with_statements(file, after, prefixes))
    of_thing: dict[str, list[ox.Quad]] = defaultdict(list)
    things = {parts(quad)[0].value for quad in (*added, *removed)}
    for quad in after:
        if parts(quad)[0].value in things:
            of_thing[parts(quad)[0].value].append(quad)
    content = file.content.rstrip(b"\n") + b"\n\n"
    ends = {len(file.content): len(content)}
    spans = [([ends.get(place, place) for place in blocks.span(iri)], iri) for iri in things]
    for (start, end), iri in sorted(spans, reverse=True):  # from the back, so that places before stay right
        text = "".join(f"{block}\n\n" for block in writer.blocks(of_thing[iri], file.path))
        content = content[:start] + text.encode() + content[end:]
    content = content.rstrip(b"\n") + b"\n"
    confirm(content, file.path, after)
    result = replace(file, content=content)
    cache.store("canonical", _key(result, prefixes), {})
    return result


def _in_form(file: GraphFile, prefixes: Prefixes) -> GraphFile:
    """Return a file in canonical form; of one that was found to be so once it is remembered."""
    key = _key(file, prefixes)
    if cache.load("canonical", key) is not None:
        return file
    content = canonical(file, prefixes)
    if content == file.content:
        cache.store("canonical", key, {})
    return replace(file, content=content)


def _key(file: GraphFile, prefixes: Prefixes) -> str:
    return cache.key_of(cache.made_by(), file.key, *(text for pair in prefixes.items() for text in pair))
