"""Templates of a root are data: whatever they do, they end in text or in one error."""

from __future__ import annotations

import resource
from functools import partial
from pathlib import Path

import pytest

from msme_kg.errors import InputError, SafetyError
from msme_kg.rendering import templating
from msme_kg.rendering.templating import Templates
from msme_kg.repository import Repository

ENDLESS = "{% for i in range(99999) %}{% for j in range(99999) %}xxxxxxxx{% endfor %}{% endfor %}"
DOUBLED = "{% set x %}" + "{{ x }}" * 99 + "{% endset %}"
LARGE = {
    "repetition": "{{ 'a' * 10**10 }}",
    "loops": ENDLESS,
    "concatenation": "{% set n = namespace(x='a') %}" + "{% set n.x = n.x ~ n.x %}" * 60,
    "filter": "{{ 'a'|center(10**10) }}",
    "width": "{{ '%10000000000d' % 1 }}",
    "format": "{{ '{:>10000000000}'.format(1) }}",
    "block": "{% set x %}" + "a" * 999 + "{% endset %}" + DOUBLED * 6,
}
FAULTY = {
    "undefined": "{{ nothing }}",
    "surrogate": "{{ '\\ud800' }}",
    "division": "{{ 1 / 0 }}",
    "range": "{{ range(1000000) }}",
    "index": "{{ 'a'.index('b') }}",
    "class": "{{ ''.__class__.__mro__ }}",
    "recursion": "{{ m() }}",
    "parentheses": "{{ " + "(" * 3000 + "1" + ")" * 3000 + " }}",
    "tags": "{% if 1 %}" * 500 + "{% endif %}" * 500,
    "import": "{% import 'a.j2' as a %}{{ a.m() }}",
    "elsewhere": "{% include '../../secret.j2' %}",
    "absolute": "{% include '/etc/passwd' %}",
}


def call(folder: Path, body: str) -> str:
    (folder / "secret.j2").write_text("secret", encoding="utf-8")
    return write_template(folder, f"{{% macro m() %}}{body}{{% endmacro %}}").call_macro("a.j2", "m", {})


def write_template(folder: Path, text: str) -> Templates:
    (folder / "briefing/en").mkdir(parents=True)
    (folder / "briefing/en/a.j2").write_text(text, encoding="utf-8")
    return Templates(partial(Repository(folder).read_briefing_template, "en"))


@pytest.mark.parametrize("kind", LARGE)
def test_a_template_that_asks_for_much_memory_is_refused(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(templating, "MAX_MEMORY_BYTES", 32 << 20)
    before = resource.getrlimit(resource.RLIMIT_AS)
    with pytest.raises(SafetyError, match="32 MB") as caught:
        call(tmp_path, LARGE[kind])
    assert caught.value.location
    assert resource.getrlimit(resource.RLIMIT_AS) == before


def test_memory_is_limited_outside_of_macros_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(templating, "MAX_MEMORY_BYTES", 32 << 20)
    templates = write_template(tmp_path, ENDLESS)
    for use in (lambda one: one.has_macro("a.j2", "m"), lambda one: one.render("a.j2", {})):
        with pytest.raises(SafetyError):
            use(templates)


@pytest.mark.parametrize("kind", FAULTY)
def test_a_faulty_template_is_an_input_error(kind: str, tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        call(tmp_path, FAULTY[kind])
    assert caught.value.location
