"""The quick comparison of a file with its canonical form finds what formatting it as a whole finds."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from msme_kg.namespaces import PrefixMap
from msme_kg.storage import formatting
from msme_kg.storage.dataset import GraphFile
from msme_kg.storage.formatting import format_file

PREFIXES = PrefixMap({"e": "http://e/", "xsd": "http://www.w3.org/2001/XMLSchema#"})
HEAD = "@prefix e: <http://e/> .\n@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .\n\n"
FIRST = 'e:a e:p 1 ;\n    e:p "b"@zh-Hant ;\n.\n'
SECOND = "e:b a e:C ;\n    e:p e:a ;\n.\n"
CANONICAL = f"{HEAD}{FIRST}\n{SECOND}"
VARIANTS = [
    CANONICAL,
    f"# A comment\n\n{CANONICAL}",
    f"{HEAD}{SECOND}\n{FIRST}",
    f"{HEAD}{FIRST}\n\n{SECOND}",
    f"{HEAD}{FIRST}\n{FIRST}\n{SECOND}",
    CANONICAL.rstrip("\n"),
    f"{CANONICAL}\n",
    CANONICAL.replace("zh-Hant", "zh-hant"),
    CANONICAL.replace("e:p 1", "e:p 1 ;\n    e:p 1"),
    CANONICAL.replace("e:a ;", "<http://e/a> ;"),
    CANONICAL.replace("a e:C ;\n    e:p e:a", "e:p e:a ;\n    a e:C"),
    CANONICAL.replace("@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .\n", ""),
    CANONICAL.replace("\n", "\r\n"),
    HEAD,
    HEAD.rstrip("\n") + "\n",
]


@pytest.mark.parametrize("text", VARIANTS)
def test_variants_get_the_form_that_formatting_as_a_whole_gives(
    text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = GraphFile.from_content("a.ttl", text.encode())
    quick = format_file(file, PREFIXES)
    monkeypatch.setattr(formatting, "_is_canonical", lambda *_: False)
    assert quick == format_file(file, PREFIXES)
    assert (quick == file.content) is (text in {VARIANTS[0], VARIANTS[1], VARIANTS[-1]})


def build_large(change: Callable[[str], str] = str) -> GraphFile:
    blocks = (f"e:n{number:06} e:p {number} ;\n.\n" for number in range(50_000))
    return GraphFile.from_content("a.ttl", change(HEAD + "\n".join(blocks)).encode())


def test_a_large_file_is_compared_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MSME_KG_CACHE", str(tmp_path))
    file = build_large()
    assert format_file(file, PREFIXES) == file.content
    monkeypatch.setattr(formatting, "_is_canonical", lambda *_: pytest.fail("compared again"))
    assert format_file(build_large(), PREFIXES) == file.content
    monkeypatch.undo()
    changed = build_large(lambda text: text.replace("e:n049999 e:p 49999", "e:n049999  e:p 49999"))
    assert format_file(changed, PREFIXES) == file.content
