"""Zips an archive, always to the same bytes."""

from datetime import datetime
from zipfile import ZipInfo

from sge_sim.clock import PARIS
from sge_sim.flux.envoi import Archive
from sge_sim.machine.documents import member_info, zipped


def zipped_archive(archive: Archive, creation: datetime) -> bytes:
    """Return the zip of an archive; its members are dated by `creation`, in legal time.

    Nothing of the machine's time goes in, so that a publication made anew is the same file.
    """
    return zipped((member_of(name, creation), content) for name, content in archive.membres)


def member_of(name: str, creation: datetime, *, stored: bool = False) -> ZipInfo:
    """Return how a member is described: dated by `creation` in legal time."""
    when = creation.astimezone(PARIS)
    moment = (when.year, when.month, when.day, when.hour, when.minute, when.second)
    return member_info(name, moment, stored=stored)
