"""Zips an archive, always to the same bytes."""

import io
from datetime import datetime
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from sge_sim.clock import PARIS
from sge_sim.flux.envoi import Archive

_UNIX = 3
_PERMISSIONS = 0o644 << 16


def zipped(archive: Archive, creation: datetime) -> bytes:
    """Return the zip of an archive; its members are dated by `creation`, in legal time.

    Nothing of the machine's time goes in, so that a publication made anew is the same file.
    """
    buffer = io.BytesIO()
    with ZipFile(buffer, "w", ZIP_DEFLATED) as file:
        for name, content in archive.membres:
            file.writestr(member_info(name, creation), content)
    return buffer.getvalue()


def member_info(name: str, creation: datetime) -> ZipInfo:
    """Return how a member is described: deflated, dated by `creation` in legal time."""
    when = creation.astimezone(PARIS)
    member = ZipInfo(name, (*when.timetuple()[:5], when.second))
    member.create_system = _UNIX
    member.external_attr = _PERMISSIONS
    member.compress_type = ZIP_DEFLATED
    return member
