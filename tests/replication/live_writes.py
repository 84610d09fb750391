"""Live writes: changes go to the primary while clients ask replicas, members are killed and the log is torn.

``PYTHONPATH=tests python -m replication.live_writes [KILLS]`` prints the figures of a long run, with that
many kills of the primary.
"""

from __future__ import annotations

import http.client
import os
import random
import secrets
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from urllib.parse import urlencode

import pyoxigraph as ox
from conftest import ROOT, environment
from test_golden import CASES, LAST_DAY
from triple_stores import matrix
from triple_stores.fuseki import JARS, program

from replication.cluster import Cluster, running
from replication.query_load import Load, run_queries
from replication.releases import OLD, create_next_release

SCRIPT = "fuseki-patch-log/live_writes.py"
REPLICAS = ("replica-1", "replica-2")
FILE = "data/actors/members.ttl"
_UPDATE = """\
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
WITH <https://w3id.org/msme-kg/graph/data/actors/members>
DELETE { ?s rdfs:label ?old } INSERT { ?s rdfs:label "$label"@en } WHERE {
  VALUES ?s { <https://w3id.org/msme-kg/member/cn> } ?s rdfs:label ?old FILTER(LANG(?old) = "en")
}"""


@dataclass
class Figures:
    """Outcome of the experiment.

    Attributes:
        load: the queries.
        shipping: seconds from each change until both replicas answered with it.
        return_seconds: seconds from the kill of a replica until it had the changes made meanwhile.
        kills: kills of the primary.
        torn: unfinished transactions in the log.
        unequal: kills after which a replica was not as the primary.
    """

    load: Load = field(default_factory=Load)
    shipping: list[float] = field(default_factory=list)
    return_seconds: float = 0.0
    kills: int = 0
    torn: int = 0
    unequal: list[str] = field(default_factory=list)


def open_cluster(folder: Path) -> Cluster:
    """Return a cluster with the Fuseki of the tests.

    Raises:
        AbsentError: HAProxy, Java or Fuseki is missing.
    """
    program()
    (jar,) = sorted(JARS.glob("jena-fuseki-server-*.jar"))[-1:]
    return Cluster(folder, SCRIPT, FUSEKI_JAR=str(jar), JAVA_OPTIONS="-Xmx512m -XX:TieredStopAtLevel=1")


def push(cluster: Cluster, root: Path = ROOT) -> None:
    """Push a graph to the primary."""
    pushed = start_push(cluster, root)
    said = pushed.communicate(timeout=300)[0]
    assert pushed.returncode == 0, said


def start_push(cluster: Cluster, root: Path) -> subprocess.Popen[str]:
    """Start pushing a graph to the primary."""
    command = [sys.executable, "-m", "msme_kg", "push", get_url(cluster, "primary", ""), "--root", str(root)]
    return subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment()
    )


def get_url(cluster: Cluster, name: str, service: str) -> str:
    """Return the URL of the store of a member, or of a service in it."""
    return f"http://{cluster.addresses[name]}/kg{service and '/'}{service}"


def read_quads(cluster: Cluster, name: str) -> set[str]:
    """Return all statements of a member as N-Quads, with canonical names of blank nodes."""
    body = urlencode({"query": "SELECT ?s ?p ?o ?g { GRAPH ?g { ?s ?p ?o } }"})
    connection = http.client.HTTPConnection(cluster.addresses[name], timeout=60)
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "Accept": "application/sparql-results+json",
    }
    connection.request("POST", "/kg/query", body, headers)
    response = connection.getresponse()
    assert response.status == 200, response.read()
    solutions = ox.parse_query_results(response.read(), format=ox.QueryResultsFormat.JSON)
    assert isinstance(solutions, ox.QuerySolutions)
    dataset = ox.Dataset(ox.Quad(*(row[variable] for variable in "spog")) for row in solutions)
    connection.close()
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return set(map(str, dataset))


def await_shipping(cluster: Cluster) -> None:
    """Wait until the replicas have all that the log has, but an unfinished transaction at its end."""
    ends = time.monotonic() + 60
    while True:
        last, path = max(list_transactions(cluster).items())
        last -= is_torn(path)
        positions = [read_position(cluster, name) for name in REPLICAS]
        if positions == [last, last]:
            return
        assert time.monotonic() < ends, (last, positions, (cluster.folder / "shipper.log").read_text())
        time.sleep(0.1)


def read_position(cluster: Cluster, name: str) -> int:
    """Return the number of the last transaction that a replica has."""
    return int((cluster.folder / name / "position").read_text())


def list_transactions(cluster: Cluster) -> dict[int, Path]:
    """Return the files of the log by number."""
    return {int(path.suffix[1:]): path for path in (cluster.folder / "primary/log").glob("patch.*")}


def list_torn(cluster: Cluster) -> list[int]:
    """Return the numbers of the unfinished transactions in the log."""
    return [number for number, path in list_transactions(cluster).items() if is_torn(path)]


def is_torn(path: Path) -> bool:
    """Return whether a transaction is unfinished."""
    return not path.read_bytes().endswith((b"TC .\n", b"TA .\n"))


def list_unequal(cluster: Cluster) -> list[str]:
    """Return the replicas that are not as the primary, to the quad."""
    wanted = read_quads(cluster, "primary")
    return [name for name in REPLICAS if read_quads(cluster, name) != wanted]


def write(cluster: Cluster, label: str) -> None:
    """Change the label of a Member in the primary."""
    update = _UPDATE.replace("$label", label)
    connection = http.client.HTTPConnection(cluster.addresses["primary"], timeout=60)
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    connection.request("POST", "/kg/update", urlencode({"update": update}), headers)
    assert connection.getresponse().status in {200, 204}
    connection.close()


def change(cluster: Cluster, load: Load, number: int) -> float:
    """Change the label of a Member, and return the seconds until both replicas have it."""
    label = f"{OLD}, change {number}"
    write(cluster, label)
    began = time.monotonic()
    for name in REPLICAS:
        while not has_label(cluster, name, label):
            assert time.monotonic() < began + 60, f"{name} did not get {label}"
            time.sleep(0.01)
    seconds = time.monotonic() - began
    load.wait(5)
    assert label in load.list_labels(began)
    return seconds


def tear_log(cluster: Cluster) -> None:
    """Append half a transaction to the log and kill the primary, as if it was killed while writing it."""
    number, last = max(list_transactions(cluster).items())
    content = last.read_bytes()
    last.with_suffix(f".{number + 1:04}").write_bytes(content[: len(content) // 2])
    cluster.kill("primary")
    await_primary(cluster)
    write(cluster, "China, after the log was torn")
    await_shipping(cluster)
    assert max(list_torn(cluster)) == number + 1


def rotate_log(cluster: Cluster, kept: int) -> None:
    """Write more changes than the log keeps, wait until the first are removed, and restart the primary."""
    first = min(list_transactions(cluster))
    for number in range(kept + 50):
        write(cluster, f"China, one of many changes: {number}")
    await_shipping(cluster)
    ends = time.monotonic() + 60
    while first in list_transactions(cluster):
        assert time.monotonic() < ends, "the log was not pruned"
        time.sleep(0.5)
    last = max(list_transactions(cluster))
    cluster.kill("primary")
    await_primary(cluster)
    write(cluster, "China, after the log was rotated")
    await_shipping(cluster)
    assert max(list_transactions(cluster)) == last + 1


def has_label(cluster: Cluster, name: str, label: str) -> bool:
    """Return whether a replica has a label of the Member."""
    query = f'ASK {{ <https://w3id.org/msme-kg/member/cn> ?label "{label}"@en }}'
    connection = http.client.HTTPConnection(cluster.addresses[name], timeout=60)
    try:
        connection.request("GET", f"/kg/query?{urlencode({'query': query})}")
        return b"true" in connection.getresponse().read()
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def experiment(
    cluster: Cluster, root: Path, changes: int, kills: int, least: int, askers: int, chance: random.Random
) -> Figures:
    """Write changes under a load of queries, kill a replica, then kill the primary while it is pushed to.

    Args:
        cluster: the running cluster.
        root: the graph, which was pushed.
        changes: number of changes.
        kills: number of kills of the primary.
        least: minimum number of queries.
        askers: the number of threads that ask.
        chance: source of the random moments.
    """
    figures = Figures()
    with run_queries(cluster.queries, askers) as figures.load:
        for number in range(changes):
            figures.shipping.append(change(cluster, figures.load, number))
        began = time.monotonic()
        cluster.kill("replica-1")
        change(cluster, figures.load, changes)
        figures.return_seconds = time.monotonic() - began
        figures.load.wait(max(10, least - len(figures.load.answers)))
    await_shipping(cluster)
    figures.unequal += list_unequal(cluster)
    with tempfile.TemporaryDirectory(prefix="msme-kg-") as folder:
        roots = (root, create_next_release(Path(folder), root))
        for number, path in enumerate(sorted(roots[1].glob("*/**/*.ttl"))):
            with path.open("a") as file:
                file.write(f'\n<urn:x:{number}> <urn:y> "another release" .\n')
        began = time.monotonic()
        push(cluster, roots[1])
        lasts = time.monotonic() - began
        for run in range(kills):
            pushing = start_push(cluster, roots[run % 2])
            time.sleep(chance.uniform(0.1, 0.9) * lasts)
            cluster.kill("primary")
            pushing.communicate(timeout=300)
            figures.kills += 1
            await_primary(cluster)
            await_shipping(cluster)
            figures.unequal += [f"{name} after kill {run + 1}" for name in list_unequal(cluster)]
    figures.torn = len(list_torn(cluster))
    return figures


def await_primary(cluster: Cluster) -> None:
    """Wait until the primary takes updates: while it repairs its store it answers queries only."""
    ends = time.monotonic() + 120
    while time.monotonic() < ends:
        time.sleep(0.3)
        connection = http.client.HTTPConnection(cluster.addresses["primary"], timeout=60)
        try:
            connection.request("HEAD", "/kg/data?default")
            if connection.getresponse().status == 200:
                return
        except (OSError, http.client.HTTPException):
            continue
        finally:
            connection.close()
    raise AssertionError((cluster.folder / "primary.log").read_text()[-2000:])


def list_wrong_answers(cluster: Cluster) -> list[matrix.Cell]:
    """Return the canned queries to which a replica gives other rows than the files."""
    url = get_url(cluster, "replica-2", "query")
    return [cell for cell in matrix.compare(url) if not cell.is_same]


def main() -> int:
    """Print the figures of a long run."""
    os.environ["MSME_KG_TODAY"] = LAST_DAY
    seed, kills = secrets.randbits(32), int([*sys.argv, "12"][1])
    with tempfile.TemporaryDirectory(prefix="msme-kg-") as folder:
        cluster = open_cluster(Path(folder) / "cluster")
        with running(cluster):
            push(cluster)
            await_shipping(cluster)
            wrong = list_wrong_answers(cluster)
            print(f"{len(wrong)} of {len(CASES)} questions with other rows", flush=True)
            figures = experiment(cluster, ROOT, 25, kills, 2000, 4, random.Random(seed))  # noqa: S311 (no secrets)
            print(f"seed {seed}; {figures.load.describe()}")
            shipping, most = median(figures.shipping), max(figures.shipping)
            print(
                f"{len(figures.shipping)} changes, shipped in {shipping:.2f} s (median), at most {most:.2f} s"
            )
            print(f"a killed replica had all after {figures.return_seconds:.1f} s")
            print(f"{figures.kills} kills of the primary, {figures.torn} torn; unequal: {figures.unequal}")
            print(*sorted(set(figures.load.faults)), sep="\n", flush=True)
            tear_log(cluster)
            rotate_log(cluster, 1000)
            unequal = list_unequal(cluster)
            print(f"after a torn and a rotated log, unequal: {unequal}")
    return int(bool(wrong or figures.load.faults or figures.unequal or unequal))


if __name__ == "__main__":
    sys.exit(main())
