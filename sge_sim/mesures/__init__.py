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

from sge_sim.domaine.plages import Plages as Plages
from sge_sim.domaine.plages import format_plages as format_plages
from sge_sim.domaine.plages import parse_plages as parse_plages
from sge_sim.mesures.calendrier import minuits as minuits
from sge_sim.mesures.consommations import Consommation as Consommation
from sge_sim.mesures.consommations import Consommations as Consommations
from sge_sim.mesures.consommations import SerieConsommations as SerieConsommations
from sge_sim.mesures.consommations import consommations as consommations
from sge_sim.mesures.courbes import Courbe as Courbe
from sge_sim.mesures.courbes import courbe as courbe
from sge_sim.mesures.courbes import courbe_10_minutes as courbe_10_minutes
from sge_sim.mesures.depassements import GrandeurFacturee as GrandeurFacturee
from sge_sim.mesures.depassements import grandeurs_facturees as grandeurs_facturees
from sge_sim.mesures.depassements import registres_factures as registres_factures
from sge_sim.mesures.entrees_datees import PASSAGE_5_MINUTES as PASSAGE_5_MINUTES
from sge_sim.mesures.factices import courbe_factice as courbe_factice
from sge_sim.mesures.factices import energies_factices as energies_factices
from sge_sim.mesures.factices import puissances_factices as puissances_factices
from sge_sim.mesures.index import CADRANS_DISTRIBUTEUR as CADRANS_DISTRIBUTEUR
from sge_sim.mesures.index import CADRANS_FOURNISSEUR as CADRANS_FOURNISSEUR
from sge_sim.mesures.index import Index as Index
from sge_sim.mesures.index import index_aux as index_aux
from sge_sim.mesures.index import index_courants as index_courants
from sge_sim.mesures.index import index_er as index_er
from sge_sim.mesures.index import index_quotidiens as index_quotidiens
from sge_sim.mesures.point import CompteurPose as CompteurPose
from sge_sim.mesures.point import Grandeur as Grandeur
from sge_sim.mesures.point import Grille as Grille
from sge_sim.mesures.point import HeuresCreuses as HeuresCreuses
from sge_sim.mesures.point import JourRectifie as JourRectifie
from sge_sim.mesures.point import Opposition as Opposition
from sge_sim.mesures.point import PeriodeCollecte as PeriodeCollecte
from sge_sim.mesures.point import PointMesure as PointMesure
from sge_sim.mesures.point import ProfilConsommation as ProfilConsommation
from sge_sim.mesures.point import PuissanceSouscrite as PuissanceSouscrite
from sge_sim.mesures.point import Structure as Structure
from sge_sim.mesures.point import TrouDeCourbe as TrouDeCourbe
from sge_sim.mesures.point import en_vigueur as en_vigueur
from sge_sim.mesures.point import grilles_entre as grilles_entre
from sge_sim.mesures.quotidiennes import PuissanceMensuelle as PuissanceMensuelle
from sge_sim.mesures.quotidiennes import energies_quotidiennes as energies_quotidiennes
from sge_sim.mesures.quotidiennes import group_by_month as group_by_month
from sge_sim.mesures.quotidiennes import phases_de as phases_de
from sge_sim.mesures.quotidiennes import puissances_maximales as puissances_maximales
from sge_sim.mesures.quotidiennes import puissances_mensuelles as puissances_mensuelles
