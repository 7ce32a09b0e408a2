"""Zips an archive, always to the same bytes, and lays XML out on other lines.

Readers that go line by line exist: the profile `fidele` gives them the lines that they know.
"""

from datetime import datetime
from typing import Final

from sge_sim.clock import PARIS
from sge_sim.flux.envoi import Archive
from sge_sim.machine.documents import member_info, zipped

RACINE: Final = (b"?>\n<", b"?><")
"""The declaration and the root of ours, and those of the real files."""


def zipped_archive(archive: Archive, creation: datetime) -> bytes:
    """Return the zip of an archive; its members are dated by `creation`, in legal time.

    Nothing of the machine's time goes in, so that a publication made anew is the same file.
    """
    legal = creation.astimezone(PARIS)
    return zipped((member_info(name, legal), content) for name, content in archive.membres)


def on_lines(content: bytes, *replaced: tuple[bytes, bytes]) -> bytes:
    """Return an XML file of ours, UTF-8, with the lines of the real ones: each pair is what ours
    have, and what those have in its place."""
    for ours, real in replaced:
        content = content.replace(ours, real)
    return content
