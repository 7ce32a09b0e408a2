"""R171: daily indexes of C1-C4 and P1-P3 points (guide R171 v1.3.0, XSD v1.2.0).

The index of the day J is read in the night that ends it, and sent on J + 1: `dateFin` is the
real instant of the reading, in legal time without offset, while `dateHeureCreation` is in UTC
(observed 2022). The series are those that the simulated meter counts: EA on the distributor's
and on the supplier's classes; ERC, ERI, then DD, DE, DQ, PMA and TF on the distributor's. Their
values are those of CMD v3.0; DQ is in VA here, in W there. ER isn't counted: no source tells
how it relates to ERC and ERI.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, timedelta
from xml.sax.saxutils import escape

from sge_sim.arrays import Entiers
from sge_sim.flux.envoi import Archive, Envoi, PointPublie, batches
from sge_sim.flux.horodates import naifs
from sge_sim.mesures import (
    Grandeur,
    GrandeurFacturee,
    Grille,
    Index,
    index_courants,
    registres_factures,
)
from sge_sim.referentiel.calendriers import calendrier_du

POINTS_PAR_FICHIER = 1000
"""Most points of a file (guide R171)."""

_CANAL = {"tiers": "GRDT", "fournisseur": "GRDF"}
_GRANDEURS = (
    (Grandeur.PA, "EA", "Wh"),
    (Grandeur.PRC, "ERC", "VARh"),
    (Grandeur.PRI, "ERI", "VARh"),
)
_UNITES = {
    GrandeurFacturee.DD: "s",
    GrandeurFacturee.DE: "Wh",
    GrandeurFacturee.DQ: "VA",
    GrandeurFacturee.PMA: "VA",
    GrandeurFacturee.TF: "s",
}
"""Guide R171, but for DE (assumed, as in CMD v3.0)."""


def files(envoi: Envoi, publies: Sequence[PointPublie]) -> Iterator[Archive]:
    """Cut the points into files and write them, consumption and production apart.

    Nothing in the name tells the parts of a publication from each other, so that each is made a
    second after the one before (assumed).
    """
    second = 0
    for sens in ("C", "P"):
        # A point that was not read has no series, and a file without series is not valid.
        points = [
            publie
            for publie in publies
            if publie.point.injection is (sens == "P") and any(_series(publie))
        ]
        for part in batches(points, POINTS_PAR_FICHIER):
            this = replace(envoi, creation=envoi.creation + timedelta(seconds=second))
            second += 1
            nom = (
                f"ENEDIS_R171_{sens}_{envoi.numero}_{_CANAL[envoi.kind]}_{envoi.destinataire}_"
                f"{this.tampon}"
            )
            yield Archive(
                f"{nom}.zip", ((f"{nom}.xml", write(this, part)),), tuple(one.prm for one in part)
            )


def write(envoi: Envoi, publies: Sequence[PointPublie]) -> bytes:
    """Return the XML of one file, UTF-8: only its root is in the namespace."""
    creation = envoi.creation.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="seconds")
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<ns2:R171 xmlns:ns2="http://www.enedis.fr/stm/R171">',
        "<entete>",
        "<emetteur>Enedis</emetteur>",
        f"<destinataire>{escape(envoi.destinataire)}</destinataire>",
        f"<dateHeureCreation>{creation}</dateHeureCreation>",
        "<flux>R171</flux>",
        "<version>1.0</version>",
        "</entete>",
        "<serieMesuresDateesListe>",
    ]
    for publie in publies:
        lines += _series(publie)
    lines += ["</serieMesuresDateesListe>", "</ns2:R171>", ""]
    return "\n".join(lines).encode()


def _series(publie: PointPublie) -> Iterator[str]:
    metier = "PROD" if publie.point.injection else "CONS"
    for physique, unite, cote, grilles, lus, registres in _grandeurs(publie):
        for classe in calendrier_du(grilles, publie.debut).classes:
            mesures = _mesures(lus, registres[classe.cadran - 1].tolist())
            if not mesures:
                continue
            yield "<serieMesuresDatees>"
            yield f"<prmId>{publie.prm}</prmId>"
            yield "<type>INDEX</type>"  # observed: the guide says IDX
            yield f"<grandeurMetier>{metier}</grandeurMetier>"
            yield f"<grandeurPhysique>{physique}</grandeurPhysique>"
            yield f"<typeCalendrier>{cote}</typeCalendrier>"
            yield f"<codeClasseTemporelle>{classe.code}</codeClasseTemporelle>"
            yield f"<libelleClasseTemporelle>{escape(classe.libelle)}</libelleClasseTemporelle>"
            yield f"<unite>{unite}</unite>"
            yield "<mesuresDateesListe>"
            yield from mesures
            yield "</mesuresDateesListe>"
            yield "</serieMesuresDatees>"


def _grandeurs(
    publie: PointPublie,
) -> Iterator[tuple[str, str, str, Sequence[Grille], Index, Entiers]]:
    """Yield each quantity by side: its name, unit, the side, its grids, readings, registers."""
    point, lendemain = publie.point, timedelta(1)
    debut, fin = publie.debut + lendemain, publie.fin + lendemain
    distributeur, fournisseur = point.grille_distributeur, point.grille_fournisseur
    for grandeur, physique, unite in _GRANDEURS:
        lus = index_courants(point, debut, fin, grandeur)
        yield physique, unite, "D", distributeur, lus, lus.distributeur
        if grandeur is Grandeur.PA:
            yield physique, unite, "F", fournisseur, lus, lus.fournisseur
    for facturee, registres in registres_factures(point, lus).items():
        yield facturee, _UNITES[facturee], "D", distributeur, lus, registres


def _mesures(lus: Index, valeurs: list[int]) -> list[str]:
    return [
        f"<mesureDatee><dateFin>{horodate}</dateFin><valeur>{valeur}</valeur></mesureDatee>"
        for horodate, valeur, valide in zip(
            naifs(lus.horodates, lus.decalages), valeurs, lus.valides.tolist(), strict=True
        )
        if valide
    ]
