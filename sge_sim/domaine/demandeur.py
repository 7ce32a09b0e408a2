"""Who asks."""

from typing import NamedTuple

from sge_sim.domaine.nomenclatures import KindActeur


class Demandeur(NamedTuple):
    """The market actor that presents the client certificate, whatever login it writes."""

    code: str
    kind: KindActeur
