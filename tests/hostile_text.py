"""Characters and names that formats forbid, change or hide, for the tests of what is written."""

from __future__ import annotations

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
CONTROLS = [chr(code) for code in (*range(0x20), *range(0x7F, 0xA0))]
"""The 33 control characters of ASCII, and those of ISO 6429 after them."""
BIDIRECTIONAL = list("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
NONCHARACTERS = ["\ufdd0", "\ufffe", "\uffff", "\U0001fffe", "\U0010ffff"]
SPACES = ["\xa0", "\xad", "\u2028", "\u2029", "\u3000", "\ufeff", "\ufffd", "\ue000"]
LONG = "長a" * 50_000
"""A hundred thousand characters without a blank."""
CHARACTERS = [*CONTROLS, *BIDIRECTIONAL, *NONCHARACTERS, *SPACES]
EXCLUDED_BY_XML = {chr(code) for code in range(0x20)} - set("\t\n\r") | {"\ufffe", "\uffff"}
"""What XML 1.0 §2.2 leaves out of Char, apart from surrogates."""

WRITABLE_PROPERTIES = [
    *(f"{RDF}{name}" for name in ("type", "value", "_1", "first", "langString", "subject")),
    *(
        f"http://example.org/{name}"
        for name in ("成員", "𠮷a", "メンバー", "회원", "é", "a.b", "-a", "1b", "a·b")
    ),
    *("http://www.w3.org/XML/1998/namespace", "http://www.w3.org/XML/1998/namespacelang"),
    *("http://example.org/xml", "http://example.org/xmlns", "urn:a:b", "a:b", "http://example.org/@id"),
    *("http://example.org/?q='a'&b=c", "http://example.org/a\u202eb", "http://example.org/𠮷:b"),
]
"""Properties that every syntax can write."""
UNWRITABLE_PROPERTIES = [
    *(f"{RDF}{name}" for name in ("RDF", "ID", "about", "parseType", "resource", "nodeID", "datatype")),
    *(f"{RDF}{name}" for name in ("Description", "li", "aboutEach", "aboutEachPrefix", "bagID")),
    *("http://www.w3.org/2000/xmlns/", "http://www.w3.org/2000/xmlns/foo"),
    *("http://example.org/", "http://example.org/1", "http://example.org/a%20", "http://example.org/a𠮷"),
]
"""Properties that RDF/XML cannot write (RDF 1.1 XML Syntax §5.1, Namespaces in XML §3)."""
