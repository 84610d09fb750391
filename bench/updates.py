"""Updates that add one document, as a maintainer would write them."""

from __future__ import annotations

from pathlib import Path

_GOOD = """attestation:document-inf-msme-w-{n}-1 a msme:Attestation ;
    dcterms:source source:brief ;
    msme:attests dcterms:title ;
    msme:attests msme:issuer ;
    msme:attests msme:notAfter ;
    msme:attests msme:notBefore ;
    msme:attests msme:symbol ;
    msme:of document:inf-msme-w-{n} ;
.

attestation:document-inf-msme-w-{n}-2 a msme:Attestation ;
    msme:attests msme:workArea ;
    msme:attests rdfs:label ;
    msme:basis basis:own-words ;
    msme:of document:inf-msme-w-{n} ;
.

document:inf-msme-w-{n} a msme:Proposal ;
    rdfs:label "A proposal that was written for a benchmark"@en ;
    rdfs:label "供效能測試之提案"@zh-Hant ;
    dcterms:source source:brief ;
    dcterms:title "A proposal that was written for a benchmark"@en ;
    msme:issuer {issuer} ;
    msme:notAfter "{last}"^^xsd:date ;
    msme:notBefore "2023-06-01"^^xsd:date ;
    msme:symbol "INF/MSME/W/{n}" ;
    msme:workArea work-area:1 ;
.
"""


def write(path: Path, head: str) -> None:
    """Write an update without faults, and the same with two faults.

    Args:
        path: the first file; the name of the other ends in ``-bad``.
        head: the prefix lines.
    """
    good = _GOOD.format(n=999, last="2023-06-30", issuer="member:us")
    bad = _GOOD.format(n=999, last="2000-01-01", issuer="source:brief")
    for file, text in ((path, good), (path.with_name(f"{path.stem}-bad{path.suffix}"), bad)):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"{head}\n{text}", encoding="utf-8")
