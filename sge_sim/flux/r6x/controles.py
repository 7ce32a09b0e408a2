"""What must hold in the report of a demand, and between it and its files."""

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import PurePath
from typing import Final

from sge_sim.flux.lecteur import EcartFlux, FichierLu

_COMPTES: Final = {
    "nbPrmRecevables": "RECEVABLE",
    "nbPrmNonRecevables": "NON_RECEVABLE",
    "nbPrmPublies": "PUBLIE",
    "nbPrmNonPublies": "NON_PUBLIE",
}


def judge_file(fichier: FichierLu) -> Iterator[EcartFlux]:
    """Yield what is wrong within a report: its counts, its keys."""
    if "synthese" not in fichier.root:
        return
    points, files = fichier.root["prmDemandes"], fichier.root["fichiersPublies"]
    dits = Counter(point[name] for point in points for name in ("recevabilite", "publication"))
    counted = {name: dits[code] for name, code in _COMPTES.items()}
    counted |= {"nbPrmTotal": len(points), "nbFichiersPublies": len(files)}
    for name, count in counted.items():
        if (said := fichier.root["synthese"][name]) != count:
            yield f"synthese.{name}", "compte", said, count
    keys = {None, *(each["cleFichier"] for each in files)}
    for rang, point in enumerate(points):
        if (key := point.get("cleFichier")) not in keys:
            yield f"prmDemandes[{rang}]", "cle_fichier", key


def judge_folder(fichiers: Sequence[FichierLu]) -> Iterator[EcartFlux]:
    """Yield where reports and the files beside them don't go together."""
    published: dict[str, set[str]] = {}
    for fichier in fichiers:
        nom = PurePath(fichier.membre.noms[0]).stem
        published.setdefault(nom, set()).update(fichier.prms)
    for fichier in fichiers:
        root, nom = fichier.root or {}, fichier.membre.noms[0]
        listed = {PurePath(each["nomFichier"]).stem for each in root.get("fichiersPublies", ())}
        if missing := sorted(listed - published.keys()):
            yield nom, "absent", missing[0]
        elif "prmDemandes" in root:
            points = {prm for each in listed for prm in published[each]}
            said = {p["idPrm"] for p in root["prmDemandes"] if p["publication"] == "PUBLIE"}
            for prm in sorted(said ^ points)[:1]:
                yield nom, "publie", prm
