"""Redirect rules for w3id.org: content negotiation from each IRI to its page or RDF file."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from urllib.parse import unquote

from msme_kg.namespaces import BASE
from msme_kg.publish.portal.media_types import DISTRIBUTION_FORMATS
from msme_kg.sparql.markdown_text import escape_markdown

MEDIA_TYPES = {extension: DISTRIBUTION_FORMATS[extension].media_type for extension in ("ttl", "jsonld", "nt")}
"""The media types offered for each file, by file extension."""

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
    """Return the Apache ``.htaccess`` file that w3id.org serves, with ``mod_rewrite`` rules.

    Args:
        base_url: the URL of the published folder, with a trailing slash.
        paths_by_iri: the path of the file that describes each IRI, without extension.
        dump_path: the path of the dump, without extension, for IRIs that match no other rule.
        fixed_rules: paths of files, without extension, by a pattern of IRI paths; they take precedence.
    """
    base = _escape_substitution(unquote(base_url))
    name = BASE.rstrip("/").rpartition("/")[2]
    lines = [_HTACCESS_HEADER.format(name=name)]
    for extension, media_type in MEDIA_TYPES.items():
        others = "|".join(re.escape(other) for other in (_HTML, *MEDIA_TYPES.values()) if other != media_type)
        lines.append(f"RewriteCond %{{HTTP_ACCEPT}} ^(?:(?!{others}).)*{re.escape(media_type)} [NC]\n")
        lines.append(f"RewriteRule ^ - [E=SYNTAX:{extension}]\n")
    lines += [
        f"\nRewriteRule ^$ {_quote_word(base)} [R=302,L]\n",
        "RewriteCond %{ENV:SYNTAX} ^$\n",
        f"RewriteRule ^(.+?)/?$ {_quote_word(f'{base}$1/')} [R=303,L]\n\n",
    ]
    targets = [(pattern, _escape_substitution(path)) for pattern, path in _build_patterns(paths_by_iri)]
    for pattern, target in [*fixed_rules.items(), *targets, ("^", dump_path)]:
        lines.append(f"RewriteRule {pattern} {_quote_word(f'{base}{target}.%{{ENV:SYNTAX}}')} [R=303,L]\n")
    return "".join(lines)


def _escape_substitution(text: str) -> str:
    """Escape the characters that stand for variables; ``mod_rewrite`` percent-encodes the target itself."""
    return re.sub(r"([\\%$])", r"\\\1", text)


def _quote_word(text: str) -> str:
    """Return a text as one argument of a directive of Apache."""
    text = text.replace("\\", "\\\\")
    return '"{}"'.format(text.replace('"', '\\"')) if re.search(r"\s", text) else text


def _build_patterns(paths_by_iri: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield the shortest patterns of IRI paths that distinguish the files, each with its file."""
    by_segment: dict[str, dict[str, str]] = defaultdict(dict)
    for iri, path in paths_by_iri.items():
        local = iri.removeprefix(BASE).partition("#")[0]
        by_segment[local.partition("/")[0]][local.partition("/")[2]] = path
    for segment, path_by_rest in sorted(by_segment.items()):
        files = set(path_by_rest.values())
        if len(files) == 1:
            yield f"^{_escape_regex(segment)}(?:/.*)?$", min(files)
            continue
        # Concepts are grouped by vocabulary, shapes and attestations by a prefix of their name.
        separator = "/" if any("/" in rest for rest in path_by_rest) else "-"
        groups = _group_by_prefix(path_by_rest, separator)
        if len(groups) <= len(files):  # else the text before the separator does not identify a file
            for prefix, paths in sorted(groups.items()):
                if len(paths) == 1:
                    yield f"^{_escape_regex(segment)}/{_escape_regex(prefix)}(?:{separator}.*)?$", min(paths)


def _escape_regex(text: str) -> str:
    return re.escape(text).replace("\\-", "-")  # outside a character class a hyphen needs no escape


def _group_by_prefix(path_by_rest: Mapping[str, str], separator: str) -> dict[str, set[str]]:
    groups: dict[str, set[str]] = defaultdict(set)
    for rest, path in path_by_rest.items():
        groups[rest.partition(separator)[0]].add(path)
    return groups


def render_readme(base_url: str, publisher: str, example_iris: Iterable[str]) -> str:
    """Return the README that w3id.org requires with the rules.

    Args:
        base_url: the URL of the published folder.
        publisher: the maintainer of the identifiers.
        example_iris: IRIs to list as examples.
    """
    examples = "\n".join(f"- <{iri}>" for iri in example_iris)
    name = BASE.rstrip("/").rpartition("/")[2]
    return f"""\
# {name}

Persistent identifiers of a knowledge graph: <{BASE}> leads to <{base_url}>.

Kept by {escape_markdown(publisher, running_text=True)}; the way to reach them is at <{base_url}>.

Things, the ontology, its vocabularies and shapes, and the named graphs have IRIs under <{BASE}>.
Asked for `text/turtle`, `application/ld+json` or `application/n-triples`, an IRI leads to the file that says
it; asked for anything else, to its page. Quality values in `Accept` are not weighed: the first type counts.

{examples}
"""
