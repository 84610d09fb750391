"""The rules by which w3id.org sends whoever asks for an IRI to a page, or to the file that says it."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from msme_kg.namespaces import BASE

MEDIA_TYPES = {"ttl": "text/turtle", "jsonld": "application/ld+json", "nt": "application/n-triples"}
"""The syntaxes in which each file is to be had, and the media type that asks for it."""

_HTML = "text/html"
_HTACCESS_HEADER = """\
# {name}: https://w3id.org/{name}/
# Whoever names a syntax of RDF before HTML gets the file that holds the statements; all others get the page.
Options -MultiViews
RewriteEngine on
"""


def render_htaccess(
    base_url: str, paths_by_iri: Mapping[str, str], dump_path: str, fixed_rules: Mapping[str, str]
) -> str:
    """Return the text of ``.htaccess``.

    Args:
        base_url: the address of the folder, with a slash at its end.
        paths_by_iri: for each IRI the path of the file that says it, without ending.
        dump_path: the path of the file that holds all, without ending; for what has no place.
        fixed_rules: for patterns of paths under the base the file, without ending; they come first.
    """
    name = BASE.rstrip("/").rpartition("/")[2]
    lines = [_HTACCESS_HEADER.format(name=name)]
    for ending, media_type in MEDIA_TYPES.items():
        others = "|".join(re.escape(one) for one in (_HTML, *MEDIA_TYPES.values()) if one != media_type)
        lines.append(f"RewriteCond %{{HTTP_ACCEPT}} ^(?:(?!{others}).)*{re.escape(media_type)} [NC]\n")
        lines.append(f"RewriteRule ^ - [E=SYNTAX:{ending}]\n")
    lines += [
        f"\nRewriteRule ^$ {base_url} [R=302,L]\n",
        "RewriteCond %{ENV:SYNTAX} ^$\n",
        f"RewriteRule ^(.+?)/?$ {base_url}$1/ [R=303,L]\n\n",
    ]
    for pattern, path in [*fixed_rules.items(), *_build_patterns(paths_by_iri), ("^", dump_path)]:
        lines.append(f"RewriteRule {pattern} {base_url}{path}.%{{ENV:SYNTAX}} [R=303,L]\n")
    return "".join(lines)


def _build_patterns(places: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield a pattern of paths for each file, as short as tells the files apart."""
    by_segment: dict[str, dict[str, str]] = defaultdict(dict)
    for iri, path in places.items():
        local = iri.removeprefix(BASE).partition("#")[0]
        by_segment[local.partition("/")[0]][local.partition("/")[2]] = path
    for segment, found in sorted(by_segment.items()):
        if len(set(found.values())) == 1:
            yield f"^{_escape_regex(segment)}(?:/.*)?$", min(found.values())
            continue
        # A vocabulary is a folder of concepts; a shape or attestation is called after what it is about.
        mark = "/" if any("/" in rest for rest in found) else "-"
        groups = _group_by_prefix(found, mark)
        if len(groups) <= len(set(found.values())):  # else the words before the mark say nothing
            for start, paths in sorted(groups.items()):
                if len(paths) == 1:
                    yield f"^{_escape_regex(segment)}/{_escape_regex(start)}(?:{mark}.*)?$", min(paths)


def _escape_regex(text: str) -> str:
    return re.escape(text).replace("\\-", "-")  # a hyphen means itself here


def _group_by_prefix(found: Mapping[str, str], mark: str) -> dict[str, set[str]]:
    groups: dict[str, set[str]] = defaultdict(set)
    for rest, path in found.items():
        groups[rest.partition(mark)[0]].add(path)
    return groups


def render_readme(base_url: str, publisher: str, example_iris: Iterable[str]) -> str:
    """Return the README that w3id.org asks for beside the rules.

    Args:
        base_url: the address of the folder.
        publisher: who keeps it.
        example_iris: examples of IRIs.
    """
    examples = "\n".join(f"- <{path}>" for path in example_iris)
    name = BASE.rstrip("/").rpartition("/")[2]
    return f"""\
# {name}

Persistent identifiers of a knowledge graph: <{BASE}> leads to <{base_url}>.

Kept by {publisher}; the way to reach them is at <{base_url}>.

Things, the ontology, its vocabularies and shapes, and the named graphs have IRIs under <{BASE}>.
Asked for `text/turtle`, `application/ld+json` or `application/n-triples`, an IRI leads to the file that says
it; asked for anything else, to its page. Quality values in `Accept` are not weighed: the first type counts.

{examples}
"""
