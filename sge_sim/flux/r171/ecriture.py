"""R171: daily indexes of C1-C4 and P1-P3 points (guide R171 v1.3.0, XSD v1.2.0).

The index of the day J is read in the night that ends it, and sent on J + 1: `dateFin` is the
real instant of the reading, in legal time without offset, while `dateHeureCreation` is in UTC
(observed 2022). The series are those that the simulated meter counts, but for DE, which no file
has: DD, TF and PMA (in this order: observed), then DQ, EA, ERC and ERI (assumed), on the
distributor's classes; EA on the supplier's too. Their values are those of CMD v3.0; DQ is in VA
here, in W there.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import NamedTuple
from xml.sax.saxutils import escape

from lxml import etree

from sge_sim.clock import legal_date
from sge_sim.flux.envoi import Archive, Envoi, PointPublie, batches
from sge_sim.flux.horodates import naifs
from sge_sim.mesures import (
    Grandeur,
    GrandeurFacturee,
    Grille,
    Index,
    PointMesure,
    index_courants,
    registres_factures,
)
from sge_sim.mesures.grilles_nommees import calendrier_du
from sge_sim.mesures.tableaux import Entiers

POINTS_PAR_FICHIER = 1000
"""Most points of a file (guide R171)."""

_DECLARATION = b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_CANAL = {"tiers": "GRDT", "fournisseur": "GRDF"}
_GRANDEURS = (
    (Grandeur.PA, "EA", "Wh"),
    (Grandeur.PRC, "ERC", "VARh"),
    (Grandeur.PRI, "ERI", "VARh"),
)
_FACTUREES = (
    GrandeurFacturee.DD,
    GrandeurFacturee.TF,
    GrandeurFacturee.PMA,
    GrandeurFacturee.DQ,
)
_NUIT = time(1, 38, 24, tzinfo=UTC)
"""When the file of the points read by then is made (observed 2022)."""


class SeriesEcrites(NamedTuple):
    """The series of a point in its file, and what decides of which file that is: its direction,
    and whether it was read by the night."""

    prm: str
    injection: bool
    de_nuit: bool
    series: str


def membres(envoi: Envoi, publies: Iterable[PointPublie]) -> Iterator[SeriesEcrites]:
    """Write the series of each point; none of one that was not read: a file without series is not
    valid."""
    nuit = _nuit(envoi)
    for publie in publies:
        series = "\n".join(_series(publie))
        if series:
            yield SeriesEcrites(publie.prm, publie.point.injection, _read_by(publie, nuit), series)


def archives(envoi: Envoi, written: Iterable[SeriesEcrites]) -> Iterator[Archive]:
    """Cut the points into files, consumption and production apart.

    The real platform makes several files in a night: here one in the night, of the points that
    were read by then, and one as the publication leaves, of the others. Each is made a second
    after the one before, and has an identifier of its own (observed: 14 digits, with zeros in
    front, another in each file).
    """
    found = list(written)
    rang = 0
    for de_nuit, creation in ((True, _nuit(envoi)), (False, envoi.creation)):
        for sens in ("C", "P"):
            ici = [m for m in found if m.de_nuit is de_nuit and m.injection is (sens == "P")]
            for part in batches(ici, POINTS_PAR_FICHIER):
                this = replace(envoi, creation=creation + timedelta(seconds=rang))
                rang += 1
                nom = (
                    f"ENEDIS_R171_{sens}_{_identifiant(envoi, rang)}_{_CANAL[envoi.kind]}_"
                    f"{envoi.destinataire}_{this.tampon}"
                )
                content = write(this, part)
                yield Archive(
                    f"{nom}.zip", ((f"{nom}.xml", content),), tuple(membre.prm for membre in part)
                )


def _nuit(envoi: Envoi) -> datetime:
    return datetime.combine(legal_date(envoi.creation), _NUIT)


def _read_by(publie: PointPublie, instant: datetime) -> bool:
    """Tell whether a point was read by an instant for the last time in its period."""
    jour = publie.fin
    lus = index_courants(publie.point, jour, jour + timedelta(1))
    return bool((lus.horodates <= instant.timestamp()).all())


def _identifiant(envoi: Envoi, rang: int) -> str:
    """Return the `idDemandePublication` of a file: 14 digits, another for each."""
    return f"{int(envoi.numero)}{envoi.sequence % 10_000:04d}{rang % 100:02d}".zfill(14)


def write(envoi: Envoi, points: Iterable[SeriesEcrites]) -> bytes:
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
        *(membre.series for membre in points),
        "</serieMesuresDateesListe>",
        "</ns2:R171>",
        "",
    ]
    return "\n".join(lines).encode()


def _series(publie: PointPublie) -> Iterator[str]:
    for physique, unite, cote, grilles, lus, registres in _grandeurs(publie):
        for classe in calendrier_du(grilles, publie.debut).classes:
            mesures = _mesures(lus, registres[classe.cadran - 1].tolist())
            if not mesures:
                continue
            yield "<serieMesuresDatees>"
            yield f"<prmId>{publie.prm}</prmId>"
            yield "<type>INDEX</type>"  # observed: the guide says IDX
            yield f"<grandeurMetier>{publie.point.metier}</grandeurMetier>"
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
    lus = index_courants(point, debut, fin)
    registres = registres_factures(point, lus, _FACTUREES)
    for facturee in _FACTUREES:
        if facturee in registres:
            unite = _unite(point, facturee)
            yield facturee, unite, "D", distributeur, lus, registres[facturee]
    for grandeur, physique, unite in _GRANDEURS:
        lus = index_courants(point, debut, fin, grandeur)
        yield physique, unite, "D", distributeur, lus, lus.distributeur
        if grandeur is Grandeur.PA:
            yield physique, unite, "F", fournisseur, lus, lus.fournisseur


def _unite(point: PointMesure, facturee: GrandeurFacturee) -> str:
    """Return the unit of what is counted beside energies (guide R171)."""
    if facturee in (GrandeurFacturee.DD, GrandeurFacturee.TF):
        return "s"
    return "W" if facturee is GrandeurFacturee.PMA and point.pma_en_watts else "VA"


def _mesures(lus: Index, valeurs: list[int]) -> list[str]:
    return [
        f"<mesureDatee><dateFin>{horodate}</dateFin><valeur>{valeur}</valeur></mesureDatee>"
        for horodate, valeur, valide in zip(
            naifs(lus.horodates, lus.decalages), valeurs, lus.valides.tolist(), strict=True
        )
        if valide
    ]


def laid_out_as_real(content: bytes) -> bytes:
    """Return an XML file of ours on the lines of the real ones, indented (observed 2022)."""
    root = etree.fromstring(content)
    etree.indent(root, " " * 4)
    indented: bytes = etree.tostring(root, encoding="UTF-8", xml_declaration=False)
    return _DECLARATION + indented + b"\n"
