"""Documentation: shown output equals real output, and README names every command."""

import doctest
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from msme_kg.cli.root import COMMANDS

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
DOCUMENTS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
# How-to guides change files: tests/documentation runs them. tests/web_server runs the guide to the HTTP API.
CONSOLE = [
    pytest.param(block, id=f"{path.stem}: {block.splitlines()[0][2:60]}")
    for path in DOCUMENTS
    if path.name != "http.md"
    for fence in re.findall(r"```console\n(.*?)```", path.read_text(encoding="utf-8"), re.DOTALL)
    for block in re.split(r"(?m)^(?=\$ )", fence)
    if block
]


@pytest.mark.parametrize("block", CONSOLE)
def test_shown_output_equals_real_output(block: str, tmp_path: Path) -> None:
    """Shown output is the whole standard output, or its beginning if a line with … follows."""
    line, _, expected = block.partition("\n")
    words = shlex.split(line.removeprefix("$ "))
    assert words[0] == "msme-kg"
    process = subprocess.run(
        [sys.executable, "-m", "msme_kg", *words[1:]],
        capture_output=True,
        check=True,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    printed = process.stdout.decode().replace("\r\n", "\n").rstrip()
    beginning, mark, _ = expected.partition("\n…\n")
    assert printed.startswith(beginning) if mark else printed == expected.rstrip()


def test_python_example_of_readme_runs(capsys: pytest.CaptureFixture[str]) -> None:
    (example,) = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    exec(compile(example, "README.md", "exec"), {})  # noqa: S102 (our own README)
    assert capsys.readouterr().out.startswith("79 ('code', 'member', 'since'")


@pytest.mark.parametrize("command", COMMANDS)
def test_readme_names_every_command(command: str) -> None:
    assert f"msme-kg {command}" in README


def test_python_guide_runs_as_doctest() -> None:
    """Run the examples of docs/python.md as doctests, in one session."""
    path = ROOT / "docs" / "python.md"
    options = doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS | doctest.IGNORE_EXCEPTION_DETAIL
    test = doctest.DocTestParser().get_doctest(
        path.read_text(encoding="utf-8").replace("```", ""), {}, path.name, str(path), 0
    )
    assert len(test.examples) > 30
    report: list[str] = []
    runner = doctest.DocTestRunner(optionflags=options)
    assert runner.run(test, out=report.append).failed == 0, "".join(report)
