"""`python -m tests.annees 1 --ans 10`: ten years of a simulator from the seed 1."""

import argparse
import os
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

for folder in (Path(__file__).parents[2], Path(__file__).parents[1], Path(__file__).parent):
    sys.path.insert(0, str(folder))

import coutures  # noqa: E402

coutures.avant_tout()

import chauffe  # noqa: E402
import fautes_textes  # noqa: E402
import jeu  # noqa: E402


def main() -> int:
    """Play the seeds that are asked for; the status is 1 where something doesn't hold."""
    parser = argparse.ArgumentParser(prog="python -m tests.annees", description=__doc__)
    parser.add_argument("graines_donnees", metavar="GRAINE", nargs="*", type=int, help="seeds")
    parser.add_argument("--ans", type=float, default=1.0, help="years of each")
    parser.add_argument("--court", action="store_true", help="the short form of the suite")
    parser.add_argument("--sans", default="", help="kinds of work to leave out, by commas")
    parser.add_argument("--omis", default="", help="steps without calls: 1-20,25")
    parser.add_argument("--pas", type=int, help="how many steps to play, of those of the years")
    parser.add_argument("--tout", action="store_true", help="go on after what doesn't hold")
    parser.add_argument("--reduit", action="store_true", help="shrink a seed that fails")
    fautes = {each.nom: each for each in fautes_textes.read_fautes()}
    parser.add_argument("--faute", choices=fautes, help="a break to plant")
    parser.add_argument("--graines", type=int, default=0, help="play the seeds 1 to so many")
    parser.add_argument("--processus", type=int, default=1, help="how many share the seeds")
    asked = parser.parse_args()
    chauffe.chauffe()
    if asked.faute:
        fautes_textes.plante(fautes[asked.faute])
    seeds = [*asked.graines_donnees, *range(1, asked.graines + 1)]
    shares = [seeds[rang :: asked.processus] for rang in range(asked.processus)]
    if len(shares) == 1:
        return int(_play(seeds, asked))
    children = [os.fork() or os._exit(_play(share, asked)) for share in shares]
    return max(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children)


def _play(seeds: Sequence[int], asked: argparse.Namespace) -> bool:
    """Play seeds, each in a folder that is then removed; return whether one failed."""
    memory = "/dev/shm" if Path("/dev/shm").is_dir() else None
    failed = False
    for seed in seeds:
        with tempfile.TemporaryDirectory(prefix="annees", dir=memory) as racine:
            failed |= jeu.joue(seed, asked, Path(racine))
    return failed


if __name__ == "__main__":
    sys.exit(main())
