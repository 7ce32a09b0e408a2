"""One physics: everything that is measured on a point, from its seed.

A point (`PointMesure`) and legal days [debut, fin) give curves, indexes, energies, maximum powers
and billing consumptions that agree with each other to the unit. Nothing here reads a file, a
database or a clock, and all numbers are integers: the same window is the same bytes on every
machine, alone or in a larger one.

Below all is the day of a point (`journees`): a few energies, spread over rows of a bank of shapes
(`formes`) by what stands behind the meter (`installations`) and the days of France
(`calendrier`).

Who tells of a point reads it in one of two forms: the columns of these functions, with what was
lost, or the series and the readings that a `lecture` asks for (`series`, `releves`).

>>> from datetime import date
>>> pose = date(2021, 1, 7)
>>> point = PointMesure(
...     graine=7,
...     segment="C5",
...     puissances=(PuissanceSouscrite(pose, 6),),
...     mise_en_service=pose,
...     compteurs=(CompteurPose(pose),),
...     grille_distributeur=(Grille(pose, "DI000002", Structure.HP_HC),),
...     grille_fournisseur=(Grille(pose, "FC000165", Structure.BASE),),
...     heures_creuses=(HeuresCreuses(pose, parse_plages("22H56-6H56")),),
...     collectes=(PeriodeCollecte(date(2021, 2, 13)),),
... )
>>> lundi, mardi = date(2024, 1, 8), date(2024, 1, 9)
>>> watts = courbe(point, lundi, mardi)
>>> index = index_quotidiens(point, lundi, date(2024, 1, 10))
>>> energie = energies_quotidiennes(point, lundi, mardi)
>>> int(watts.valeurs.sum()) // 2 == int(energie.valeurs[0]) == int(index.total[1] - index.total[0])
True
>>> len(watts.valeurs), str((watts.horodates + watts.decalages)[0].astype("datetime64[s]"))
(48, '2024-01-08T00:30:00')
>>> bool(puissances_maximales(point, lundi, mardi).valeurs[0] >= watts.valeurs.max())
True
>>> factures = consommations(point, date(2023, 1, 8), lundi)
>>> # Twelve months, one of them split by an estimate.
>>> [(serie.classe, len(serie.consommations)) for serie in factures.distributeur]
[('HC', 13), ('HP', 13)]
"""

from sge_sim.clock import FIN_DES_JOURS, PREMIER_JOUR
from sge_sim.domaine.plages import Plages, format_plages, parse_plages
from sge_sim.mesures.calendrier import minuits
from sge_sim.mesures.consommations import (
    Consommation,
    Consommations,
    SerieConsommations,
    consommations,
)
from sge_sim.mesures.courbes import Courbe, courbe, courbe_10_minutes
from sge_sim.mesures.depassements import (
    GrandeurFacturee,
    grandeurs_facturees,
    registres_factures,
)
from sge_sim.mesures.entrees_datees import PASSAGE_5_MINUTES
from sge_sim.mesures.factices import courbe_factice, energies_factices, puissances_factices
from sge_sim.mesures.index import (
    CADRANS_DISTRIBUTEUR,
    CADRANS_FOURNISSEUR,
    Index,
    index_aux,
    index_courants,
    index_de_depose,
    index_er,
    index_quotidiens,
)
from sge_sim.mesures.point import (
    CompteurPose,
    Grandeur,
    Grille,
    HeuresCreuses,
    JourRectifie,
    Opposition,
    PeriodeCollecte,
    PointMesure,
    ProfilConsommation,
    PuissanceSouscrite,
    Structure,
    TrouDeCourbe,
    en_vigueur,
    grilles_entre,
)
from sge_sim.mesures.quotidiennes import (
    Energies,
    PuissanceMensuelle,
    Puissances,
    energies_quotidiennes,
    group_by_month,
    phases_de,
    puissances_maximales,
    puissances_mensuelles,
)

__all__ = [
    "CADRANS_DISTRIBUTEUR",
    "CADRANS_FOURNISSEUR",
    "FIN_DES_JOURS",
    "PASSAGE_5_MINUTES",
    "PREMIER_JOUR",
    "CompteurPose",
    "Consommation",
    "Consommations",
    "Courbe",
    "Energies",
    "Grandeur",
    "GrandeurFacturee",
    "Grille",
    "HeuresCreuses",
    "Index",
    "JourRectifie",
    "Opposition",
    "PeriodeCollecte",
    "Plages",
    "PointMesure",
    "ProfilConsommation",
    "PuissanceMensuelle",
    "PuissanceSouscrite",
    "Puissances",
    "SerieConsommations",
    "Structure",
    "TrouDeCourbe",
    "consommations",
    "courbe",
    "courbe_10_minutes",
    "courbe_factice",
    "en_vigueur",
    "energies_factices",
    "energies_quotidiennes",
    "format_plages",
    "grandeurs_facturees",
    "grilles_entre",
    "group_by_month",
    "index_aux",
    "index_courants",
    "index_de_depose",
    "index_er",
    "index_quotidiens",
    "minuits",
    "parse_plages",
    "phases_de",
    "puissances_factices",
    "puissances_maximales",
    "puissances_mensuelles",
    "registres_factures",
]
