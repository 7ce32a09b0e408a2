"""The commands of sge-sim, as they are typed."""

from collections.abc import Iterator

import click


def every_command(group: click.Group, path: str = "") -> Iterator[tuple[str, click.Command]]:
    """Yield the words of each command that the help names, and what runs."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        words = f"{path} {name}".strip()
        if isinstance(command, click.Group):
            yield from every_command(command, words)
        elif not command.hidden:
            yield words, command
