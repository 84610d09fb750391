"""Updates that add one document, as a maintainer would write them."""

from __future__ import annotations

from pathlib import Path

_GOOD = """document:inf-msme-w-{n} a msme:Proposal ;
    rdfs:label "A proposal that was written for a benchmark"@en ;
    rdfs:label "供效能測試之提案"@zh-Hant ;
    dcterms:source source:brief ;
    dcterms:title "A proposal that was written for a benchmark"@en ;
    msme:basis basis:own-words ;
    msme:issuer member:us ;
    msme:notAfter "{last}"^^xsd:date ;
    msme:notBefore "2023-06-01"^^xsd:date ;
    msme:symbol "INF/MSME/W/{n}" ;
    msme:workArea work-area:1 ;
{more}.
"""


def write(path: Path, head: str) -> None:
    """Write an update without faults, and the same with two faults.

    Args:
        path: the first file; the name of the other ends in ``-bad``.
        head: the prefix lines.
    """
    good = _GOOD.format(n=999, last="2023-06-30", more="")
    bad = _GOOD.format(n=999, last="2000-01-01", more="    prov:wasRevisionOf source:brief ;\n")
    for file, text in ((path, good), (path.with_name(f"{path.stem}-bad{path.suffix}"), bad)):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"{head}\n{text}", encoding="utf-8")
