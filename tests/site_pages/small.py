"""A small graph with hostile data, and the command that builds its site."""

from __future__ import annotations

import shutil
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

from conftest import LONGEST, ROOT, environment

_HASH = sha256(b"https://w3id.org/msme-kg/.git/config").hexdigest()[:16]
EVIL = """
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix foaf: <http://xmlns.com/foaf/0.1/> .
@prefix msme: <https://w3id.org/msme-kg/ontology#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .

<https://w3id.org/msme-kg/member/evil> a msme:WTOMember ;
  rdfs:label "<script>alert('label')</script>"@en , "</title><img src=x onerror=alert(1)>"@zh-Hant ;
  foaf:homepage <javascript:alert(1)> , <data:text/html,evil> , <https://example.org/?a=1&b=%22> ;
  skos:note "</script><script>alert(2)</script><!--"@en , "{{ 7 * 7 }} \\u2028"@zh-Hant .
<https://w3id.org/msme-kg/member/../../../evil> rdfs:label "up"@en .
<https://w3id.org/msme-kg/query/members> rdfs:label "in the place of a query"@en .
<https://w3id.org/msme-kg/member/US> rdfs:label "capitals"@en .
<https://w3id.org/msme-kg/member/us/index.html> rdfs:label "a page's file"@en .
<https://w3id.org/msme-kg/member/a%20b?c=d> rdfs:label "no name of a file"@en .
<https://w3id.org/msme-kg/SHA256SUMS> rdfs:label "the list of hashes"@en .
<https://w3id.org/msme-kg/sitemap.xml> rdfs:label "the sitemap"@en .
<https://w3id.org/msme-kg/Query/members> rdfs:label "a folder but for its capital"@en .
<https://w3id.org/msme-kg/member/con.x> rdfs:label "a device of Windows"@en .
<https://w3id.org/msme-kg/.git/config> rdfs:label "a folder of git"@en .
""" + "".join(
    f'<https://w3id.org/msme-kg/{path}> rdfs:label "{label}"@en .\n'
    for path, label in {
        f"member/{'n' * 256}": "a long name",
        "deep/" * 1000 + "x": "a long path",
        f"other/x-{_HASH}": "the folder of another",
    }.items()
)


def write(folder: Path, *words: str | Path, **variables: str) -> subprocess.CompletedProcess[bytes]:
    """Run the command as a process."""
    return subprocess.run(
        [sys.executable, "-m", "msme_kg", "site", folder, *words],
        capture_output=True,
        timeout=LONGEST,
        env=environment(more=variables),
        check=False,
    )


def small_root(folder: Path) -> Path:
    """Create a graph from some of the files, with hostile data."""
    for part in ("ontology/msme.ttl", "ontology/vocab/basis.ttl", "data/dataset.ttl"):
        (folder / part).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / part, folder / part)
    shutil.copytree(ROOT / "queries", folder / "queries")
    (folder / "data/actors").mkdir()
    members = (ROOT / "data/actors/members.ttl").read_text("utf-8")
    head, *blocks = members.split("\n\n")
    (folder / "data/actors/members.ttl").write_text("\n\n".join([head, *blocks[-12:]]), "utf-8")
    (folder / "data/actors/evil.ttl").write_text(EVIL, "utf-8")
    return folder
