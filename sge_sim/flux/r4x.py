"""R4Q, R4H, R4M: load curves of C1-C4 and P1-P3 points (guide R4x v2.0.3, XSD v1.1.1).

Ten minutes, stamped at their start, also since meters record every five: `courbe_10_minutes`
makes them by the carry rule of the FAQ. Whole kW, kVAr and V (kVAr observed, the guide writes
kWr). One XML per point, with one `Donnees_Courbe` per quantity.

A raw point that was lost has neither value nor status. In a corrected curve, which only the
active power has, it has a value and the status E, estimated (assumed: it is what would have been
measured).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from xml.sax.saxutils import escape

from sge_sim.flux.envoi import Archive, Envoi, PointPublie
from sge_sim.flux.horodates import avec_decalage, bornes, legal
from sge_sim.mesures import Grandeur, courbe_10_minutes

PAS = 10
"""Minutes of the published step."""


@dataclass(frozen=True)
class _Serie:
    """How a quantity is published; `diviseur` brings W and VAr to kW and kVAr."""

    grandeur: Grandeur
    grandeur_physique: str
    unite: str
    diviseur: int


_SERIES = (
    _Serie(Grandeur.PA, "EA", "kW", 1000),
    _Serie(Grandeur.PRC, "ERC", "kVAr", 1000),
    _Serie(Grandeur.PRI, "ERI", "kVAr", 1000),
    _Serie(Grandeur.E, "E", "V", 1),
)


def files(envoi: Envoi, publies: Sequence[PointPublie]) -> Iterator[Archive]:
    """Write one archive, with one XML per point; none where nothing was recorded.

    Its name carries neither point nor service, so that a publication can't have two (assumed).
    Nor does it carry the direction: production is made a second after consumption (assumed).
    """
    if envoi.injection:
        envoi = replace(envoi, creation=envoi.creation + timedelta(seconds=1))
    flux = f"R4{envoi.frequence.value}"
    publies = [one for one in publies if len(courbe_10_minutes(one.point, one.debut, one.fin).pas)]
    if not publies:
        return
    yield Archive(
        f"ENEDIS_{envoi.destinataire}_{flux}_CDC_{envoi.tampon}.zip",
        tuple((_member_name(envoi, publie), write(envoi, publie)) for publie in publies),
        tuple(publie.prm for publie in publies),
    )


def _member_name(envoi: Envoi, publie: PointPublie) -> str:
    sens = "P" if publie.point.injection else "C"
    return (
        f"ENEDIS_{envoi.destinataire}_R4x_CDC_{envoi.frequence.value}_{sens}_{publie.prm}_"
        f"{publie.service_souscrit_id}_{envoi.tampon}.xml"
    )


def write(envoi: Envoi, publie: PointPublie) -> bytes:
    """Return the XML of one point, UTF-8.

    `Reference_Demande` is the service souscrit (observed 2022). Attributes are written with a
    space before their equals sign, as in the sample.
    """
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        "<Courbe>",
        "<Entete>",
        "<Identifiant_Flux>R4x</Identifiant_Flux>",
        "<Libelle_Flux>Flux de courbes de charge R4x</Libelle_Flux>",
        "<Identifiant_Emetteur>ENEDIS</Identifiant_Emetteur>",
        f"<Identifiant_Destinataire>{escape(envoi.destinataire)}</Identifiant_Destinataire>",
        f"<Date_Creation>{legal(envoi.creation)}</Date_Creation>",
        f"<Frequence_Publication>{envoi.frequence.value}</Frequence_Publication>",
        f"<Reference_Demande>{publie.service_souscrit_id}</Reference_Demande>",
        "<Nature_De_Courbe_Demandee>"
        f"{'Corrigée' if publie.corrigees else 'Brute'}</Nature_De_Courbe_Demandee>",
        "</Entete>",
        "<Corps>",
        f"<Identifiant_PRM>{publie.prm}</Identifiant_PRM>",
    ]
    series = _SERIES[:1] if publie.corrigees else _SERIES
    for serie in series:
        lines += _courbe(publie, serie)
    lines += ["</Corps>", "</Courbe>", ""]
    return "\n".join(lines).encode()


def _courbe(publie: PointPublie, serie: _Serie) -> Iterator[str]:
    releve = courbe_10_minutes(publie.point, publie.debut, publie.fin, serie.grandeur)
    debut, fin = bornes(publie.debut, publie.fin)
    sens = "PROD" if publie.point.injection else "CONS"
    yield "<Donnees_Courbe>"
    yield f"<Horodatage_Debut>{debut}</Horodatage_Debut>"
    yield f"<Horodatage_Fin>{fin}</Horodatage_Fin>"
    yield f"<Granularite>{PAS}</Granularite>"
    yield f"<Unite_Mesure>{serie.unite}</Unite_Mesure>"
    # A voltage is neither consumed nor produced.
    metier = "" if serie.grandeur is Grandeur.E else sens
    yield f"<Grandeur_Metier>{metier}</Grandeur_Metier>"
    yield f"<Grandeur_Physique>{serie.grandeur_physique}</Grandeur_Physique>"
    perdu = ' Valeur_Point ="{v}" Statut_Point ="E"' if publie.corrigees else ""
    for horodate, valeur, valide in zip(
        avec_decalage(releve.horodates, releve.decalages),
        (releve.valeurs // serie.diviseur).tolist(),
        releve.valides.tolist(),
        strict=True,
    ):
        mesure = ' Valeur_Point ="{v}" Statut_Point ="R"' if valide else perdu
        yield f'<Donnees_Point_Mesure Horodatage ="{horodate}"{mesure.format(v=valeur)}/>'
    yield "</Donnees_Courbe>"
