"""Credentials are sent to their host only, and no message shows them."""

from __future__ import annotations

import os
import shutil
import ssl
import subprocess
from base64 import b64encode
from collections.abc import Mapping
from pathlib import Path

import pytest
from conftest import Result, Run
from http_faults.answers import RIGHT, SELECT, redirect
from http_faults.server import Answer, Faulty, Talk, response, serve

USER, PASSWORD, TOKEN = "Analyst", "pass word-1", "tok-2.secret"
BASIC = b64encode(f"{USER}:{PASSWORD}".encode()).decode()
SECRETS = (PASSWORD, TOKEN, BASIC)
LOGIN = {"MSME_KG_USER": USER, "MSME_KG_PASSWORD": PASSWORD}


def ask(run: Run, *urls: str, env: Mapping[str, str]) -> Result:
    options = [part for url in urls for part in ("--endpoint", url)]
    ended = run("sparql", "-e", SELECT, *options, env=env)
    assert not any(secret in ended.out + ended.err for secret in SECRETS)
    return ended


@pytest.mark.parametrize(
    ("env", "header"),
    [
        (LOGIN, f"Basic {BASIC}"),
        ({"MSME_KG_TOKEN": TOKEN}, f"Bearer {TOKEN}"),
        ({"MSME_KG_USER": "", "MSME_KG_PASSWORD": "", "MSME_KG_TOKEN": ""}, None),
    ],
)
def test_credentials_come_from_the_environment(env: dict[str, str], header: str | None, run: Run) -> None:
    answers = {"a": redirect("/b"), "b": response(RIGHT)}
    with serve(answers) as server:
        assert ask(run, server.url("a"), env=env).code == 0
        assert [one.headers.get("authorization") for one in server.requests] == [header, header]


def test_credentials_are_not_sent_to_another_host(run: Run) -> None:
    with serve({"": response(RIGHT), "busy": response("", "", "500 Busy")}) as server:
        ended = ask(run, server.url("busy"), server.url("", "localhost"), env=LOGIN)
        assert ended.code == 0
        assert [one.headers.get("authorization") for one in server.requests] == [f"Basic {BASIC}", None]


@pytest.mark.parametrize("status", ["301 Moved", "307 Temporary"])
def test_credentials_are_not_sent_after_a_redirect(status: str, run: Run) -> None:
    with serve({"": response(RIGHT)}) as trap:
        with serve({"": redirect(trap.url("", "localhost"), status)}) as server:
            assert ask(run, server.url(""), env=LOGIN).code == 5
        assert trap.connections == 0


def test_netrc_credentials_are_by_host(tmp_path: Path, run: Run) -> None:
    file = tmp_path / "netrc"
    file.write_text(f'machine 127.0.0.1 login {USER} password "{PASSWORD}"\ndefault login x password y\n')
    env = {"MSME_KG_NETRC": str(file)}
    with serve({"": response(RIGHT)}) as server:
        assert ask(run, server.url(""), env=env).code == 0
        assert ask(run, server.url("", "localhost"), env=env).code == 0
        assert [one.headers.get("authorization") for one in server.requests] == [f"Basic {BASIC}", None]


def echo(status: str) -> Answer:
    """Answer with the credentials that came, wherever an answer can say them."""

    def answer(talk: Talk) -> None:
        said = f"Bearer {TOKEN} Basic {BASIC} {PASSWORD} " * 3
        response(said, "text/plain", status, f"Retry-After: {TOKEN} {BASIC}")(talk)

    return answer


@pytest.mark.parametrize("env", [LOGIN, {"MSME_KG_TOKEN": TOKEN}], ids=["login", "token"])
def test_credentials_in_a_response_are_redacted(env: dict[str, str], run: Run) -> None:
    answers = {status[:3]: echo(status) for status in ("400 Bad", "401 Who", "500 Error", "503 Busy")}
    with serve({**answers, "type": response(RIGHT, f"text/{TOKEN}{BASIC}")}) as server:
        secrets = (PASSWORD, BASIC) if env is LOGIN else (TOKEN,)
        for path in (*answers, "type"):
            ended = run("sparql", "-e", SELECT, "--endpoint", server.url(path), "--debug", env=env)
            assert ended.code in {3, 5}
            assert not any(one.lower() in ended.err.lower() for one in secrets)


@pytest.mark.parametrize(
    "url",
    [
        "http://Analyst:{}@127.0.0.1:9/",
        "https://{}@127.0.0.1/sparql",
        "http://Analyst:{}@/",
        "Analyst:{}@127.0.0.1",
        "http:Analyst:{}@127.0.0.1",
        "http://127.0.0.1:{}@9/",
        "ftp://Analyst:{}@127.0.0.1/",
        "http://Analyst:{}#@127.0.0.1/",
    ],
)
def test_url_with_password_is_refused_and_not_printed(url: str, run: Run) -> None:
    ended = ask(run, url.format(TOKEN), env={})
    assert (ended.code, ended.out) == (2, "")
    assert ended.err.splitlines()[1].startswith("hint: ")
    if "//" in url and "#" not in url:
        assert all(one in ended.err for one in ("MSME_KG_USER", "MSME_KG_PASSWORD", "MSME_KG_TOKEN"))


@pytest.mark.parametrize(
    "env",
    [
        {"MSME_KG_USER": USER},
        {"MSME_KG_PASSWORD": PASSWORD},
        {**LOGIN, "MSME_KG_TOKEN": TOKEN},
        {"MSME_KG_TOKEN": f"{TOKEN}\r\nX-Other: 1"},
        {"MSME_KG_TOKEN": f"{TOKEN} \x1b"},
        {"MSME_KG_USER": "a:b", "MSME_KG_PASSWORD": PASSWORD},
        {"MSME_KG_NETRC": "nowhere"},
        {"MSME_KG_NETRC": "."},
        {"MSME_KG_NETRC": "broken"},
        {"MSME_KG_NETRC": "binary"},
        {"MSME_KG_NETRC": "pipe"},
        {"MSME_KG_NETRC": "/dev/zero"},
    ],
)
def test_unusable_credentials_are_a_usage_error(env: dict[str, str], tmp_path: Path, run: Run) -> None:
    (tmp_path / "broken").write_text(f"machine 127.0.0.1 login {USER} passwort {TOKEN}\n")
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "binary").write_bytes(b"\xff\xfe\x00" + TOKEN.encode())
    with serve({"": response(RIGHT)}) as server:
        ended = ask(run, server.url(""), env=env)
        assert server.connections == 0
    assert (ended.code, ended.out) == (2, "")
    first, second = ended.err.splitlines()
    assert "MSME_KG_" in first + second or "token" in second


def certificate(folder: Path, names: str) -> ssl.SSLContext:
    """Return the context of a server with a certificate of its own, which lies in ``cert.pem``."""
    program = shutil.which("openssl")
    if program is None:
        pytest.skip("the program openssl, which makes a certificate, is not there")
    make = [program, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=test"]
    files = ["-keyout", str(folder / "key.pem"), "-out", str(folder / "cert.pem")]
    subprocess.run(
        [*make, *files, "-addext", f"subjectAltName={names}"], check=True, capture_output=True, timeout=60
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    return context


def test_certificates_are_verified(tmp_path: Path, run: Run) -> None:
    """Nobody vouches for it; somebody does; somebody does, but for another host."""
    tls = certificate(tmp_path, "IP:127.0.0.1")
    trusted = {**LOGIN, "SSL_CERT_FILE": str(tmp_path / "cert.pem")}
    answers = {"": response(RIGHT), "down": redirect("http://127.0.0.1:PORT/")}
    with serve(answers, tls) as server:
        url = server.url("", scheme="https")
        for env in (LOGIN, {**LOGIN, "PYTHONHTTPSVERIFY": "0"}):
            ended = ask(run, url, env=env)
            assert (ended.code, ended.out) == (5, "")
            assert f"127.0.0.1:{server.port}: its certificate is not trusted" in ended.err
        ended = ask(run, server.url("", "localhost", "https"), env=trusted)
        assert "its certificate is not trusted" in ended.err
        assert server.requests == []
        assert ask(run, url, env=trusted).code == 0
        assert server.requests[0].headers["authorization"] == f"Basic {BASIC}"
        os.mkfifo(tmp_path / "pipe")
        for path in (str(tmp_path / "pipe"), "/dev/zero"):
            ended = ask(run, url, env={**LOGIN, "SSL_CERT_FILE": path})
            assert (ended.code, ended.out) == (2, "")
            assert "SSL_CERT_FILE is not a file" in ended.err
        assert "from https to http" in ask(run, server.url("down", scheme="https"), env=trusted).err
        assert len(server.requests) == 2


def test_https_to_a_plain_server_fails(run: Run) -> None:
    def plain(talk: Talk) -> None:
        talk.send(b"HTTP/1.1 400 Bad Request\r\n\r\n")

    with serve({"": plain}) as server:
        assert isinstance(server, Faulty)
        url = server.url("", scheme="https")
        ended = run("sparql", "-e", SELECT, "--endpoint", url, "--timeout", "1", env=LOGIN)
    assert (ended.code, ended.out) == (5, "")
    assert f"127.0.0.1:{server.port}: " in ended.err
