"""Ways of breaking a folder, or what its clients were told."""

import json
import sqlite3
import zipfile
from collections.abc import Callable, Mapping
from contextlib import closing
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any

from invariants import check
from modele import Modele
from recits import COLLECTE, DETAILLEES, Recit
from vecu import INDEX, MENSUEL

Brisure = Callable[[Path, Modele], None]
CONTRAT = "1100256"
PLUS_TARD = datetime(2026, 7, 20, 8, tzinfo=UTC)


def sql(*statements: str, base: str = "sge-sim.db") -> Brisure:
    """Spoil a database."""

    def spoil(dossier: Path, _modele: Modele) -> None:
        with closing(sqlite3.connect(dossier / base)) as opened, opened:
            for statement in statements:
                opened.execute(statement)

    return spoil


def journal(*statements: str) -> Brisure:
    """Spoil the journal."""
    return sql(*statements, base="journal.db")


def noted(sorte: str, *, instant: datetime = PLUS_TARD, **of: Any) -> Brisure:
    """Have something else told."""

    def spoil(_dossier: Path, modele: Modele) -> None:
        modele.note(Recit(modele.pas + 1, instant, sorte, **of))

    return spoil


def known(spoil: Callable[[Modele], object]) -> Brisure:
    """Change what the model knows."""
    return lambda _dossier, modele: (spoil(modele), None)[1]


def both(*brisures: Brisure) -> Brisure:
    """Break in several places."""

    def spoil(dossier: Path, modele: Modele) -> None:
        for each in brisures:
            each(dossier, modele)

    return spoil


def ordered(answer: Any, sorte: str = COLLECTE, prm: str = MENSUEL) -> Brisure:
    """Have an order acknowledged."""
    general = {"pointId": prm, "contratId": CONTRAT}
    asked = {"demande": {"donneesGenerales": general}}
    return noted(sorte, nom="brise/1", demande=asked, reponse=answer)


def consulted(
    values: Mapping[str, str] | list[tuple[str, str]] = (),  # type: ignore[assignment]
    index: Mapping[str, str] | None = None,
    pas: str = "",
    prm: str = INDEX,
) -> Brisure:
    """Have energies (by day), steps of a curve (by stamp) or the totaliser (by day) answered."""
    points = [{"d": d, "v": v} | ({"p": pas} if pas else {}) for d, v in dict(values).items()]
    index = index or {}
    quoi = {"grandeurMetier": "CONS", "grandeurPhysique": "PA" if pas else "EA"}
    cadran = {"valeur": [{"d": f"{d} 00:00:00", "v": v} for d, v in index.items()]}
    contexte = {"contexteReleve": "COL", "typeReleve": "AQ"}
    contexte |= {"grandeur": {**quoi, "cadranTotalisateur": cadran}}  # type: ignore[dict-item]
    answer = {"pointId": prm, "grandeur": {**quoi, "points": points}, "contexte": contexte}
    return noted(DETAILLEES, nom="brise/1", demande={}, reponse=answer)


def half_hours(first: str, more: int = 0) -> dict[str, str]:
    """The half-hours of the first of January 2027, 2 W each but the first, and `more` after."""
    day = datetime(2027, 1, 1)  # noqa: DTZ001 - legal time, as answers have it
    stamps = [day + timedelta(minutes=30 * rang) for rang in range(1, 49)]
    stamps += [day + timedelta(minutes=30 * rang + 15) for rang in range(1, more + 1)]
    return {**dict.fromkeys(map(str, stamps), "2"), str(stamps[0]): first}


def read(
    prm: str,
    *,
    token: Callable[[Modele], str] = lambda _modele: "",
    energies: Mapping[str, str] | None = None,
) -> Brisure:
    """Have Data Connect answer the energies of some days, to who has a token."""

    def spoil(dossier: Path, modele: Modele) -> None:
        points = [{"d": d, "v": v} for d, v in (energies or {}).items()]
        quoi = {"grandeurMetier": "CONS", "grandeurPhysique": "EA", "points": points}
        demande = {
            "chemin": "/mesure_synchrone_auto/v2/consommation_quotidienne",
            "parametres": {"pointId": prm},
            "client_id": modele.etat.consentements[0][1],
            "jeton": token(modele),
        }
        answer = {"statut": 200, "corps": {"idPrm": prm, "grandeur": [quoi]}}
        noted("data_connect", nom="brise/2", demande=demande, reponse=answer)(dossier, modele)

    return spoil


def tell_token(modele: Modele) -> str:
    """The token that was given."""
    return next(iter(modele.jetons))


def rewritten(nom: str, write: Callable[[bytes], bytes], *, recorded: bool) -> Brisure:
    """Change a file where it is kept and where it was delivered; the state knows it if `noted`."""

    def spoil(dossier: Path, modele: Modele) -> None:
        (kept,) = (dossier / "publications").rglob(nom)
        content = write(kept.read_bytes())
        kept.write_bytes(content)
        if recorded:
            (dossier / "flux" / CONTRAT / kept.name).write_bytes(content)
            digest = sha256(content).hexdigest()
            changed = f"UPDATE fichier_flux SET sha256 = '{digest}', taille = {len(content)}"
            sql(f"{changed} WHERE nom = '{kept.name}'")(dossier, modele)
            modele.etat.lus = 0

    return spoil


def renamed(nom: str, old: str, new: str) -> Brisure:
    """Give a delivered file another name, where it is and where it is noted."""

    def spoil(dossier: Path, modele: Modele) -> None:
        (path,) = (dossier / "flux" / CONTRAT).glob(nom)
        path.rename(path.with_name(path.name.replace(old, new)))
        changed = f"UPDATE fichier_flux SET nom = replace(nom, '{old}', '{new}')"
        sql(f"{changed} WHERE nom = '{path.name}'")(dossier, modele)

    return spoil


def of_report(content: bytes) -> bytes:
    """A report that counts a file more."""
    with zipfile.ZipFile(BytesIO(content)) as archive:
        (name,) = archive.namelist()
        tree = json.loads(archive.read(name))
    tree["synthese"]["nbFichiersPublies"] = 9
    written = BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        archive.writestr(name, json.dumps(tree))
    return written.getvalue()


def in_folder(spoil: Callable[[Path], object]) -> Brisure:
    """Spoil a folder."""
    return lambda dossier, _modele: (spoil(dossier), None)[1]


def said(qui: str) -> Brisure:
    """Have it that a register of R151 was told otherwise before."""

    def spoil(_dossier: Path, modele: Modele) -> None:
        key = ("IDX", INDEX, "CONS", "EA", "AQ D BASE", "2026-03-04 00:00:00")
        modele.etat.mesures.dites[key] = 7, qui
        modele.etat.lus = 0

    return spoil


def corrupt(dossier: Path) -> None:
    """Spoil a page of the state that was kept aside."""
    path = dossier / "instantane" / "debut.etat.db"
    with path.open("r+b") as file:
        file.seek(4096)
        file.write(b"\xff" * 8192)


def reopened(dossier: Path, modele: Modele) -> None:
    """Lose something between an end and the opening that follows."""
    noted("fin", reponse={"couture": "ici"})(dossier, modele)
    assert check(dossier, modele, modele.touched(), whole=True) == []
    sql("DELETE FROM releve_ponctuel", "UPDATE point SET graine = graine + 1")(dossier, modele)
    noted("ouverture")(dossier, modele)
