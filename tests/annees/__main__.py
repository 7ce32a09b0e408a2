"""`python -m tests.annees 1 --ans 10`: ten years of a simulator from the seed 1."""

import argparse
import sys
import tempfile
from pathlib import Path

for folder in (Path(__file__).parents[2], Path(__file__).parents[1], Path(__file__).parent):
    sys.path.insert(0, str(folder))

import coutures  # noqa: E402

coutures.avant_tout()

import chauffe  # noqa: E402
import jeu  # noqa: E402


def main() -> int:
    """Play the seeds that are asked for; the status is 1 where something doesn't hold."""
    parser = argparse.ArgumentParser(prog="python -m tests.annees", description=__doc__)
    parser.add_argument("graines", nargs="+", type=int, help="seeds")
    parser.add_argument("--ans", type=float, default=1.0, help="years of each")
    parser.add_argument("--court", action="store_true", help="the short form of the suite")
    parser.add_argument("--sans", default="", help="kinds of work to leave out, by commas")
    parser.add_argument("--omis", default="", help="steps without calls: 1-20,25")
    parser.add_argument("--pas", type=int, help="how many steps to play, of those of the years")
    parser.add_argument("--tout", action="store_true", help="go on after what doesn't hold")
    parser.add_argument("--reduit", action="store_true", help="shrink a seed that fails")
    asked = parser.parse_args()
    memory = "/dev/shm" if Path("/dev/shm").is_dir() else None
    chauffe.chauffe()
    failed = False
    for graine in asked.graines:
        with tempfile.TemporaryDirectory(prefix="annees", dir=memory) as racine:
            failed |= jeu.joue(graine, asked, Path(racine))
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
