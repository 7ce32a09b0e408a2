"""`python -m sge_sim` is `sge-sim`."""

from sge_sim.cli import main

main()
