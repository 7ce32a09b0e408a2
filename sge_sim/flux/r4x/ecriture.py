"""R4Q, R4H, R4M: load curves of C1-C4 and P1-P3 points (guide R4x v2.0.3, XSD v1.1.1).

Stamped at the start of the step: ten minutes, also since meters record every five, by the carry
rule of the FAQ (`courbe_10_minutes`); five as recorded for the points set so (files of some points
since March 2023; the guide gives no date). Whole kW and kVAr (kVAr observed, the guide writes kWr).
One XML per point, with one `Donnees_Courbe` per quantity: EA and ERI, in both directions (observed
2022 for consumption). The guide knows ERC and E (V, without `Grandeur_Metier`) too; no file was
seen with them, and none is made.

A raw point that was lost has neither value nor status. In a corrected curve, which only the
active power has, it has a value and the status E, estimated (assumed: it is what would have been
measured), and a point of a day that was put right the status C (guide; that day whole: assumed).
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from xml.sax.saxutils import escape

import numpy as np

from sge_sim.flux.envoi import Archive, Envoi, PointPublie
from sge_sim.flux.horodates import avec_decalage, bornes, legal
from sge_sim.flux.packaging import RACINE, on_lines
from sge_sim.mesures import PASSAGE_5_MINUTES, Grandeur, courbe, courbe_10_minutes
from sge_sim.mesures.rectifications import corrected_curve

_SERIES = ((Grandeur.PA, "EA", "kW"), (Grandeur.PRI, "ERI", "kVAr"))
"""What is published by default, with its name and unit."""


Membre = tuple[str, bytes, str]
"""The XML of a point in its archive: its name, its content, the PRM."""


def membres(envoi: Envoi, publies: Iterable[PointPublie]) -> Iterator[Membre]:
    """Write the XML of each point; none where nothing was recorded."""
    envoi = _dated(envoi)
    for publie in publies:
        if len(courbe_10_minutes(publie.point, publie.debut, publie.fin).pas):
            yield _member_name(envoi, publie), write(envoi, publie), publie.prm


def archives(envoi: Envoi, written: Iterable[Membre]) -> Iterator[Archive]:
    """Make one archive of the XML of points; none without any.

    Its name carries neither point nor service, so that a publication can't have two (assumed).
    """
    found = list(written)
    if found:
        yield Archive(
            f"ENEDIS_{envoi.destinataire}_R4{envoi.frequence.value}_CDC_{_dated(envoi).tampon}.zip",
            tuple((nom, content) for nom, content, _ in found),
            tuple(prm for *_, prm in found),
        )


def _dated(envoi: Envoi) -> Envoi:
    """The name doesn't carry the direction either: production is made a second after consumption
    (assumed)."""
    if not envoi.injection:
        return envoi
    return replace(envoi, creation=envoi.creation + timedelta(seconds=1))


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
    for grandeur, nom, unite in series:
        for debut, fin, pas in _pas(publie):
            part = replace(publie, debut=debut, fin=fin)
            lines += _courbe(part, grandeur, nom, unite, pas)
    lines += ["</Corps>", "</Courbe>", ""]
    return "\n".join(lines).encode()


def _pas(publie: PointPublie) -> Iterator[tuple[date, date, int]]:
    """Yield the parts of a publication that have one step: first day, end day, minutes.

    Nothing was published every five minutes before meters recorded so. A publication that has
    both steps has a `Donnees_Courbe` for each (assumed).
    """
    passage = min(max(publie.debut, PASSAGE_5_MINUTES), publie.fin)
    if publie.r4x_pas == 10:
        passage = publie.fin
    for debut, fin, pas in ((publie.debut, passage, 10), (passage, publie.fin, 5)):
        if debut < fin:
            yield debut, fin, pas


def _courbe(
    publie: PointPublie, grandeur: Grandeur, nom: str, unite: str, pas: int
) -> Iterator[str]:
    read = courbe if pas == 5 else courbe_10_minutes
    releve = read(publie.point, publie.debut, publie.fin, grandeur)
    mains = np.zeros(len(releve.pas), np.bool_)
    if publie.corrigees:
        releve, mains = corrected_curve(publie.point, releve)
    debut, fin = bornes(publie.debut, publie.fin)
    yield "<Donnees_Courbe>"
    yield f"<Horodatage_Debut>{debut}</Horodatage_Debut>"
    yield f"<Horodatage_Fin>{fin}</Horodatage_Fin>"
    yield f"<Granularite>{pas}</Granularite>"
    yield f"<Unite_Mesure>{unite}</Unite_Mesure>"
    yield f"<Grandeur_Metier>{publie.point.metier}</Grandeur_Metier>"
    yield f"<Grandeur_Physique>{nom}</Grandeur_Physique>"
    perdu = "E" if publie.corrigees else None
    for horodate, valeur, valide, main in zip(
        avec_decalage(releve.horodates, releve.decalages),
        (releve.valeurs // 1000).tolist(),
        releve.valides.tolist(),
        mains.tolist(),
        strict=True,
    ):
        statut = "C" if main else "R" if valide else perdu
        mesure = "" if statut is None else f' Valeur_Point ="{valeur}" Statut_Point ="{statut}"'
        yield f'<Donnees_Point_Mesure Horodatage ="{horodate}"{mesure}/>'
    yield "</Donnees_Courbe>"


def laid_out_as_real(content: bytes) -> bytes:
    """Return the XML of a point on the lines of the real ones (observed 2022)."""
    return on_lines(content, RACINE)
