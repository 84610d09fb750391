"""Jena's jars: from Maven Central, else Debian's with missing parts added."""

from __future__ import annotations

import re
import shutil
import subprocess
import zipfile
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
_DEBIAN = Path("/usr/share")
_OTHERS = re.compile(r"log4j|slf4j-(?!api|nop)|-\d")
_MOVED = "org/apache/jena/ext/"


@dataclass(frozen=True)
class JenaHome:
    """Class path of Jena, or the reason why it is absent.

    Attributes:
        class_path: what ``java -cp`` takes.
        version: of Jena.
        absent: why there is none; empty if there is one.
    """

    class_path: str = ""
    version: str = "not installed"
    absent: str = ""


def find(work: Path, debian: Path = _DEBIAN) -> JenaHome:
    """Return Jena, downloaded into a folder on first use.

    Args:
        work: what is made on the way lies there.
        debian: where Debian's packages put theirs.
    """
    if not shutil.which("java"):
        return JenaHome(absent="no java on this machine")
    jars = work / "jena"
    problem = _fetch(jars)
    if fetched := sorted(jars.glob("jena-cmds-*.jar")):
        return JenaHome(str(jars / "*"), fetched[0].stem.removeprefix("jena-cmds-"))
    if (debian / "java/jena-cmds.jar").exists():
        return _of_debian(debian, work / "jena-debian")
    return JenaHome(absent=f"{problem}, and Debian's libapache-jena-java is not installed")


def _fetch(jars: Path) -> str:
    """Download Jena if it is absent; return the reason of a failure, else an empty text."""
    if any(jars.glob("jena-cmds-*.jar")):
        return ""
    if not shutil.which("mvn"):
        return "no mvn on this machine to fetch Jena with"
    goal = ("dependency:copy-dependencies", f"-DoutputDirectory={jars}")
    done = subprocess.run(
        ["mvn", "-q", "-B", "-f", str(HERE / "jena/pom.xml"), *goal],
        capture_output=True,
        text=True,
        check=False,
    )
    return "" if done.returncode == 0 else "mvn could not fetch Jena"


def _of_debian(debian: Path, mended: Path) -> JenaHome:
    """Return Debian's Jena with its missing parts added.

    Its classes were renamed from ``org.apache.jena.ext.xerces`` to ``xerces``, their resources were not.
    """
    with zipfile.ZipFile(debian / "java/jena-core.jar") as core:
        for name in core.namelist():
            if name.startswith(f"{_MOVED}xerces/") and name.endswith(".properties"):
                target = mended / name.removeprefix(_MOVED)
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(core.read(name))
    versions = [path.stem.removeprefix("jena-cmds-") for path in (debian / "java").glob("jena-cmds-*.jar")]
    thrift = [str(path) for path in (debian / "maven-repo/org/apache/thrift").rglob("libthrift-*.jar")][:1]
    # Some logging back ends exclude each other; jars with a version are links to those without.
    jars = [str(path) for path in sorted((debian / "java").glob("*.jar")) if not _OTHERS.search(path.name)]
    class_path = ":".join([str(mended), *thrift, *jars])
    return JenaHome(class_path, f"{versions[0] if versions else 'unknown'} (Debian)")
