"""What suppliers and a company were told, beside what `modele` keeps."""

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from modele_etat import Ordre
from recits import FICHIERS, M023, Recit

if TYPE_CHECKING:
    from modele import Modele

_FAUX = ("401", "429")
"""The statuses of who has no token, or called too often: any call may have them."""
_PERIMETRE = "usage_point_id_perimeter"
_DU_JOUR = "daily_metering_data_request"


def note_asked(modele: "Modele", sorte: str, demande: Mapping[str, Any]) -> None:
    """Note what the administration is asked: meters may be changed, even if nobody is told."""
    suivis = modele.etat.suivis
    if sorte == "points_apportes":
        prms = [prm for prm, _ in demande.get("suivis", ())]
        suivis.update(prms)
        modele.etat.fichiers.arrives |= dict.fromkeys(prms, date.max)  # until it is answered
    elif sorte == "evenement" and demande["nature"] == "CMAT":
        modele.etat.mesures.neufs.add(demande["prm"])
    elif sorte == "annee_grd":  # it draws them
        modele.etat.mesures.neufs.update(suivis)


def told(modele: "Modele", recit: Recit) -> None:
    """Note what a supplier or a company is told."""
    if not recit.answered:
        return
    asked, kind = recit.demande, recit.sorte
    if kind in _REST and "attendu" in asked:
        wanted = map(str, (*asked["attendu"], *_FAUX))
        if recit.refus not in wanted and not modele.struck(recit):
            said = f"{recit.nom} {asked['chemin']} : {recit.refus}, attendu {asked['attendu']}"
            modele.wrong("une entreprise qui se trompe est refusée", said)
    if recit.refus is not None:
        return
    if kind == "evenement":
        if asked.get("refusee"):
            modele.wrong("un événement inadmissible est refusé", f"{asked}")
        modele.etat.affaires[recit.reponse["corps"]["numero"]] = asked["prm"]
        modele.prms.add(asked["prm"])
    elif kind == "contrat_grd":
        modele.etat.contrats[asked["contrat"]] = asked["fournisseur"]
    elif kind in _REST and not (recit.reponse["corps"] is None and modele.struck(recit)):  # cut
        _REST[kind](modele, recit)


def _dossier(modele: "Modele", recit: Recit) -> None:
    asked, corps = recit.demande, recit.reponse["corps"]
    du_jour = _DU_JOUR in asked["chemin"]
    number = str(corps.get("request_Id" if du_jour else "dossierId"))
    if number in {ordre.affaire for ordre in modele.etat.ordres}:
        modele.wrong("un numéro d'affaire sert une fois", f"{recit.nom} : {number}")
    prm = asked["prms"][0] if du_jour else ""
    sorte = FICHIERS[1] if du_jour else M023[0]
    modele.etat.ordres.append(Ordre(sorte, number, "", prm, asked["contrat"]))
    modele.prms.update(asked["prms"])


def _lu(modele: "Modele", recit: Recit) -> None:
    chemin, corps = recit.demande["chemin"], recit.reponse["corps"]
    if _PERIMETRE in chemin:
        prms, said = corps["usage_point_id"], corps["query_parameters"]
        counted = said["usage_point_id_total_count"], said["actual_page_number"]
        if prms != sorted({*prms}) or counted != (len(prms), 1):
            modele.wrong("un périmètre compte ses points", f"{recit.nom} : {counted} {prms[:3]}")
    elif "metering_data" in chemin and not modele.struck(recit):
        modele.etat.mesures.entreprise(chemin, corps, recit.nom)


_REST = {"dossier": _dossier, "entreprise": _lu}
