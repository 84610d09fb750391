"""Writer of RDF/XML (RDF 1.1 XML Syntax): one element for each statement, grouped by subject."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import count, groupby
from xml.parsers import expat

import pyoxigraph as ox

from msme_kg.errors import InputError, to_printable
from msme_kg.namespaces import RDF, XSD, PrefixMap
from msme_kg.rdf.characters import escape_xml, quote_xml, require_xml_text
from msme_kg.rdf.terms import normalize_language_tag, split_quad

_SYNTAX_TERMS = ("RDF", "ID", "about", "parseType", "resource", "nodeID", "datatype", "Description", "li")
_OLD_TERMS = ("aboutEach", "aboutEachPrefix", "bagID")
_FORBIDDEN_PROPERTIES = {f"{RDF}{name}" for name in (*_SYNTAX_TERMS, *_OLD_TERMS)}
"""Names that cannot be a property, and ``rdf:li``, which is read as ``rdf:_1`` (§5.1, §7.4)."""
_RESERVED_NAMESPACE = "http://www.w3.org/2000/xmlns/"
"""The namespace that must not be declared (Namespaces in XML §3)."""
_ASCII_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*")


class RdfXmlWriter:
    """Writer of one document."""

    def __init__(self, prefixes: PrefixMap) -> None:
        self._prefixes = prefixes
        self._prefix_by_namespace = {namespace: prefix for prefix, namespace in prefixes.items()}
        self._declared = {RDF: "rdf"}

    def serialize(self, batches: Iterable[Iterable[ox.Quad]]) -> Iterator[str]:
        """Yield the document of triples sorted by subject, whose text is held: all prefixes come first.

        Raises:
            InputError: XML cannot express a character of a literal or a property.
        """
        bodies = ["\n".join(self._format_descriptions(batch)).encode() for batch in batches]
        declarations = sorted(self._declared.items())
        attributes = "".join(f"\n  xmlns:{prefix}={quote_xml(iri)}" for iri, prefix in declarations)
        yield f'<?xml version="1.0" encoding="UTF-8"?>\n<rdf:RDF{attributes}>\n'
        yield from (f"{body.decode()}\n" for body in bodies if body)
        yield "</rdf:RDF>\n"

    def _format_descriptions(self, quads: Iterable[ox.Quad]) -> Iterator[str]:
        for subject, statements in groupby(quads, key=lambda quad: quad.subject):
            key = "nodeID" if isinstance(subject, ox.BlankNode) else "about"
            yield f"<rdf:Description rdf:{key}={quote_xml(subject.value)}>"
            yield from (f"  {self._format_property(quad)}" for quad in statements)
            yield "</rdf:Description>"

    def _format_property(self, quad: ox.Quad) -> str:
        subject, predicate, term = split_quad(quad)
        tag = self._name_element(predicate.value)
        if isinstance(term, ox.NamedNode):
            return f"<{tag} rdf:resource={quote_xml(term.value)}/>"
        if isinstance(term, ox.BlankNode):
            return f"<{tag} rdf:nodeID={quote_xml(term.value)}/>"
        entity = str(subject) if isinstance(subject, ox.BlankNode) else self._shorten(subject.value)
        require_xml_text(term.value, "RDF/XML", f"{self._shorten(predicate.value)} of {entity}")
        text = escape_xml(term.value)
        if term.language:
            return f'<{tag} xml:lang="{normalize_language_tag(term.language)}">{text}</{tag}>'
        if term.datatype.value == f"{XSD}string":
            return f"<{tag}>{text}</{tag}>"
        return f"<{tag} rdf:datatype={quote_xml(term.datatype.value)}>{text}</{tag}>"

    def _name_element(self, iri: str) -> str:
        """Return the qualified name of a property, whose namespace and local name together are its IRI."""
        start = len(iri)
        while start and _is_name(f"a{iri[start - 1]}"):
            start -= 1
        while start < len(iri) and not _is_name(iri[start]):
            start += 1
        namespace, local = iri[:start], iri[start:]
        if not local or namespace == _RESERVED_NAMESPACE or iri in _FORBIDDEN_PROPERTIES:
            raise InputError(
                f"RDF/XML cannot name the property {self._shorten(iri)}", hint="choose another syntax"
            )
        if namespace not in self._declared:
            self._declared[namespace] = self._choose_prefix(namespace)
        return f"{self._declared[namespace]}:{local}"

    def _choose_prefix(self, namespace: str) -> str:
        prefix, taken = self._prefix_by_namespace.get(namespace, ""), set(self._declared.values())
        if _ASCII_NAME.fullmatch(prefix) and prefix not in taken and not prefix.lower().startswith("xml"):
            return prefix
        names = (f"ns{number}" for number in count(len(taken)))
        return next(name for name in names if name not in taken and name not in self._prefixes)

    def _shorten(self, iri: str) -> str:
        return to_printable(self._prefixes.shorten(iri) or iri)


@cache
def _is_name(text: str) -> bool:
    """Tell whether XML parsers accept a name without a colon (Namespaces in XML §3).

    Beyond ASCII, expat decides: as most parsers do, it knows the names of XML 1.0 before its fifth edition.
    """
    if text.isascii():
        return _ASCII_NAME.fullmatch(text) is not None
    try:
        expat.ParserCreate().Parse(f"<{text}/>", True)
    except expat.ExpatError:
        return False
    return True
