"""Processes of git that run no program of a repository, fetch nothing, and end.

A repository may be hostile, and git obeys its configuration. The commands used here start no program
themselves, but a missing object would be fetched with a program that the configuration names.
"""

from __future__ import annotations

import os
import re
import stat
import sys
from contextlib import suppress
from itertools import chain
from pathlib import Path
from typing import IO, Any

from msme_kg.errors import (
    DeadlineExceededError,
    InputError,
    SafetyError,
    SourceLocation,
    UsageError,
    WriteError,
    to_printable,
)

REPAIR_HINT = (
    "look with git fsck; if you trust the repository, complete it with git fetch --refetch "
    "or git submodule update --init"
)
_TIMEOUT = 60.0
"""Seconds after which git is ended: a named pipe among its files would hold it for ever."""
_MAX_OUTPUT = 1 << 29
"""The most bytes that git may print: a few kilobytes of objects can unpack to any size."""
_MAX_MEMORY = 3 << 30
"""The most bytes of address space for git, which reads some of its files whole, however long they are."""
_MAX_LINE = 4096
"""The most bytes that are read of a file with a path."""
_READ_WHOLE = ("*", "info/*", "objects/info/*")
"""The files of a repository that git reads from beginning to end."""
_UNKNOWN_OPTION = 129
"""The exit code of git for an option that it does not know."""
_OPTIONS = (
    "--no-pager",
    *("-c", "core.fsmonitor=false"),
    *("-c", "core.hooksPath=/dev/null"),
    *("-c", "safe.bareRepository=explicit"),  # the graph itself could look like a repository
)
_VARIABLES = {
    "GIT_ALLOW_PROTOCOL": "none",  # unlike protocol.allow, a repository cannot override it
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
    "LC_ALL": "C",  # messages are compared below
}


_running: list[Any] = []
"""The processes that have not ended."""


def kill_git() -> None:
    """Kill the processes of git that run, before this process ends at once."""
    for process in _running:
        process.kill()


def run_git(folder: Path, *arguments: str, stdin: bytes = b"") -> bytes | None:
    """Return the output of a git command; None if it finds nothing, or the folder is not under git.

    The repository is the one whose checkout contains the folder, whatever the environment says: git tells its
    hooks about another one, and ``core.worktree`` can name another folder.

    Args:
        folder: the folder in which it runs, with links resolved.
        arguments: the command and its arguments.
        stdin: its input.

    Raises:
        DeadlineExceededError: git takes too long.
        InputError: git cannot read the repository.
        SafetyError: git or this function refuses the repository.
        UsageError: git is not installed.
    """
    checkout = next((one for one in (folder, *folder.parents) if os.path.lexists(one / ".git")), None)
    variables = {name: text for name, text in os.environ.items() if not name.startswith("GIT_")}
    variables |= _VARIABLES | {"GIT_CEILING_DIRECTORIES": str((checkout or folder).parent)}
    if checkout is not None:
        _reject_pipes(checkout / ".git")
        _reject_foreign_worktree(checkout / ".git")
        variables["GIT_WORK_TREE"] = str(checkout)
    _reject_includes(folder, variables)
    code, output, message = _start_git(folder, variables, *arguments, stdin=stdin)
    if code in {0, 1}:
        return None if code else output
    if "not a git repository" in message:
        return None
    if "safe.directory" in message:
        raise SafetyError(
            "git refuses the repository, because it belongs to another user",
            location=SourceLocation(str(folder)),
            hint="if you trust that user: git config --global --add safe.directory DIRECTORY",
        )
    what = f"git: {to_printable(message.partition(chr(10))[0])}"
    raise InputError(what, location=SourceLocation(str(folder)), hint=REPAIR_HINT)


def _reject_pipes(folder: Path) -> None:
    """Raise an error for a pipe or device, such as ``HEAD``, which git would read without end."""
    for file in sorted(chain.from_iterable(map(folder.glob, _READ_WHOLE))):
        is_endless = file.is_fifo() or file.is_char_device()
        if is_endless or (file.name == "config" and not file.is_file()):
            raise SafetyError("not a regular file", location=SourceLocation(str(file)), hint="remove it")


def _reject_foreign_worktree(link: Path) -> None:
    """Raise an error for a ``.git`` file with the data of another working tree, which git would change."""
    target = _read_line(link).removeprefix("gitdir:").strip()
    owner = _read_line(link.parent / target / "gitdir")
    if target and owner and (link.parent / target / owner).resolve() != link.resolve():
        raise SafetyError(
            "the repository that it names belongs to another working tree",
            location=SourceLocation(str(link)),
            hint="if you moved this one: git worktree repair",
        )


def _read_line(path: Path) -> str:
    """Return the text of a short regular file without the line break; empty for anything else."""
    try:
        if not stat.S_ISREG(os.stat(path).st_mode):
            return ""
        with path.open("rb") as file:
            return os.fsdecode(file.read(_MAX_LINE)).rstrip("\n")
    except (OSError, ValueError):  # ValueError: NUL
        return ""


def _reject_includes(folder: Path, variables: dict[str, str]) -> None:
    """Raise an error if the configuration of the repository makes git read what is not a regular file."""
    code, listed, _ = _start_git(
        folder, variables, "config", "--no-includes", "--show-scope", "--show-origin", "--list", "-z"
    )
    if code == _UNKNOWN_OPTION:
        raise UsageError("git is too old", hint="install git 2.26 or newer, or name files to validate")
    fields = os.fsdecode(listed).split("\0")
    for scope, origin, setting in zip(fields[::3], fields[1::3], fields[2::3], strict=False):
        key, _, path = setting.partition("\n")
        if scope not in {"local", "worktree"} or not re.fullmatch(
            r"include(?:if\..*)?\.path", key, re.DOTALL
        ):
            continue
        target = folder / Path(origin.removeprefix("file:")).parent / os.path.expanduser(path)
        if os.path.lexists(target) and not target.is_file():
            raise SafetyError(
                "the git configuration of the repository includes what is not a file",
                location=SourceLocation(str(folder)),
                hint="remove [include] from .git/config; for apply, naming --author is enough",
            )


def _open_temporary_file() -> IO[bytes]:
    """Return a file without a name.

    Raises:
        WriteError: no folder for temporary files can be written to.
    """
    import tempfile

    try:
        return tempfile.TemporaryFile()
    except OSError:
        what = "no folder for temporary files can be written to"
        raise WriteError(what, hint="name one with TMPDIR") from None


def _limit_memory(process_id: int) -> None:
    """Let git end with a message when it needs too much memory; only Linux can limit another process."""
    if sys.platform == "linux":
        import resource

        with suppress(OSError, ValueError):  # it has ended, or a lower limit is in force
            resource.prlimit(process_id, resource.RLIMIT_AS, (_MAX_MEMORY, _MAX_MEMORY))


def _start_git(
    folder: Path, variables: dict[str, str], *arguments: str, stdin: bytes = b""
) -> tuple[int, bytes, str]:
    """Return the exit code, the output and the error messages of git."""
    import subprocess  # slow imports that most commands do not need
    import threading

    with _open_temporary_file() as request, _open_temporary_file() as messages:
        request.write(stdin)
        request.seek(0)
        command = ["git", *_OPTIONS, *arguments]
        files = {"stdin": request, "stdout": subprocess.PIPE, "stderr": messages}
        try:
            process = subprocess.Popen(command, cwd=folder, env=variables, **files)  # type: ignore[call-overload]  # options in a mapping
        except OSError:
            raise UsageError("git is not installed", hint="install git, or name files to validate") from None
        _limit_memory(process.pid)
        _running.append(process)
        timer = threading.Timer(_TIMEOUT, process.kill)
        timer.start()
        try:
            output: bytes = process.stdout.read(_MAX_OUTPUT + 1)
            if len(output) > _MAX_OUTPUT:
                raise SafetyError(
                    f"git prints more than {_MAX_OUTPUT >> 20} MB", location=SourceLocation(str(folder))
                )
            code: int = process.wait()
        finally:
            timer.cancel()
            process.kill()
            process.wait()
            process.stdout.close()
            _running.remove(process)
        if code < 0:
            raise DeadlineExceededError(f"git did not finish within {_TIMEOUT:g} seconds")
        messages.seek(0)
        return code, output, os.fsdecode(messages.read(_MAX_LINE))
