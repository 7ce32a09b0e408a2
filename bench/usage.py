"""What the programs of `bench/` are given on the command line, and how they say so."""

from argparse import ArgumentParser, RawDescriptionHelpFormatter


def parser_of(program: str, doc: str | None) -> ArgumentParser:
    """Return a parser for `python -m program`, whose help is what its module says of itself."""
    return ArgumentParser(
        prog=f"python -m {program}",
        description=doc,
        formatter_class=RawDescriptionHelpFormatter,
    )
