"""An order of CommandeTransmissionHistoriqueMesures, as its rules look at it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sge_sim.domaine.nomenclatures import MesuresType
from sge_sim.services.ordres import Ordre


@dataclass(frozen=True)
class DemandeTransmissionHistorique(Ordre):
    """An order of history, as its rules look at it.

    `pas` is the step of the curve in minutes, None where none is sent or in another unit than
    minutes; `pas_envoye` tells whether one is. `personne` tells whether the client is named.
    `collectes` are the periods [debut, fin) in which the curve of a C5 is collected;
    `tout_required` refuses what is cut or empty otherwise. `entete_required` tells whether the
    demand is refused without its header, which `entete` tells it has.
    """

    entete: bool
    entete_required: bool
    objet_code: str
    date_debut: date
    date_fin: date
    accord: bool
    personne: bool
    civilite_connue: bool
    secteur: str | None
    mesures_type: MesuresType
    corrigees: bool
    pas_envoye: bool
    pas: Decimal | None
    collectes: Sequence[tuple[date, date | None]]
    tout_required: bool

    @property
    def courbe(self) -> bool:
        return self.mesures_type == "CDC"

    @property
    def c5(self) -> bool:
        return self.known_point.segment == "C5"
