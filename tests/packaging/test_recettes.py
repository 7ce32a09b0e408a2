"""Recipes in roots of their own: Debian's interpreter of each language, and nothing of this machine
but its network. `make test-recettes` runs this with the archive of dist/.

An image of another base than Debian's is tried nowhere: `docs/installation.md` says so.
"""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest
from dist_files import built
from lxml import etree
from test_recipes import RUNNERS, shells
from typed import ROOT

pytestmark = pytest.mark.recettes

ENTER: Final = """
mount -t overlay overlay -o "lowerdir=$1,upperdir=$2/upper,workdir=$2/work" "$2/merged"
mount -t proc proc "$2/merged/proc" && mount --rbind /dev "$2/merged/dev"
mount --bind "$2/srv" "$2/merged/srv"
merged=$2/merged && shift 2
exec chroot "$merged" env -i -C /srv HOME=/root LC_ALL=C.UTF-8 PATH=/usr/sbin:/usr/bin:/bin "$@"
"""
GIVEN: Final = (
    *("SGE_SIM_ARCHIVE=file:///srv/archive.tar.gz", "SGE_SIM_PORT=0", "SGE_SIM_ADMIN_PORT=0"),
    *("SGE_SIM_POPULATION_SIZE=0", "PIP_BREAK_SYSTEM_PACKAGES=1", "PIP_ROOT_USER_ACTION=ignore"),
    "npm_config_prefer_offline=true",
)
SECONDS: Final = 600
POINT: Final = "25946599093143"
UNKNOWN: Final = "99999999999999"


@dataclass(frozen=True)
class Stack:
    """A language as Debian has it: packages, what a recipe prepares, the kit's first call."""

    packages: str
    prepare: str
    program: str
    file: str

    def client(self, kind: str) -> str:
        """The shell of a client of that kind."""
        call = f"{self.program} exemples/{self.file}"
        named = f"exemples/{self.file} demande.xml"
        return {
            "right": call,
            "wrong": f"sed -i s/{POINT}/{UNKNOWN}/ {named}; {call}; true",
            "mute": "true",
            "crashing": f"{call}; kill -9 $$",
        }[kind]


STACKS: Final = {
    "python": Stack("python3-pip", "pip install zeep", "python3", "premier_appel_zeep.py"),
    "java": Stack("openjdk-17-jdk-headless", "java -version", "java", "PremierAppel.java"),
    "node": Stack("npm", "npm install soap@1", "node", "premier_appel.js"),
    "php": Stack("php-cli,php-soap", "php -m", "php", "premier_appel.php"),
}
ENDS: Final = {"right": 0, "wrong": 1, "mute": 1, "crashing": 137}


@pytest.fixture(scope="module", params=STACKS)
def language(request: pytest.FixtureRequest) -> str:
    """A language whose root is made, and in it what a recipe prepares: the next finds it there."""
    name = str(request.param)
    root, packages = root_of(name), f"curl,ca-certificates,tar,gzip,{STACKS[name].packages}"
    made = [ROOT / "packaging" / "root.sh", "bookworm", root, packages]
    subprocess.run(made, check=True, timeout=3 * SECONDS)
    (root / "etc" / "hosts").write_text("127.0.0.1 localhost\n")  # as every engine gives one
    done = subprocess.run(
        ["chroot", root, "env", *GIVEN, "sh", "-c", f"cd /root && {STACKS[name].prepare}"],
        capture_output=True,
        text=True,
        timeout=SECONDS,
    )
    assert done.returncode == 0, done.stderr
    return name


def root_of(language: str) -> Path:
    return Path(os.environ["ROOTS"]) / f"recette-{language}"


@pytest.fixture
def layer() -> Iterator[Path]:
    """What a run writes over the root, gone after it."""
    folder = Path(tempfile.mkdtemp(dir=os.environ["ROOTS"]))
    for name in ("upper", "work", "merged", "srv"):
        (folder / name).mkdir()
    yield folder
    shutil.rmtree(folder)


@pytest.mark.parametrize("kind", ENDS)
@pytest.mark.parametrize("recipe", RUNNERS)
def test_a_recipe_ends_in_a_root_of_debian_as_its_client_did(
    language: str, recipe: str, kind: str, layer: Path
) -> None:
    stack, srv = STACKS[language], layer / "srv"
    shutil.copy(built("sge-sim-*-linux-x86_64.tar.gz"), srv / "archive.tar.gz")
    (srv / "client.sh").write_text(stack.client(kind))
    entered = ("unshare", "--mount", "--pid", "--fork", "--kill-child", "--propagation", "private")
    done = subprocess.run(
        [
            *(*entered, "sh", "-ec", ENTER, "sh", root_of(language), layer, *GIVEN),
            *(f"PREPARE={stack.prepare}", "CLIENT=sh /srv/client.sh"),
            *(*RUNNERS[recipe], "-c", shells()[recipe]),
        ],
        capture_output=True,
        text=True,
        timeout=SECONDS,
    )
    assert done.returncode == ENDS[kind], done.stdout[-2000:] + done.stderr[-2000:]
    junit = etree.parse(srv / "rapport" / "junit.xml")
    assert junit.xpath("//testcase/@name") == ["ADP-R1@C5"]
    assert bool(junit.xpath("//failure | //error")) == (kind in ("wrong", "mute"))
    shown = f"Point {POINT}, segment C5" in done.stdout
    assert shown == (kind in ("right", "crashing"))
    assert ("SGT401" in done.stdout + done.stderr) == (kind == "wrong")
