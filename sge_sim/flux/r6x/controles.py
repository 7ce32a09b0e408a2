"""What must hold in the report of a demand, and between it and its files."""

from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import PurePath
from typing import Final

from sge_sim.flux.controles import ControlesFlux, EcartFlux
from sge_sim.flux.controles_fichiers import DossierFlux, ResumeFlux

FICHIERS: Final = ControlesFlux[ResumeFlux]()
DOSSIERS: Final = ControlesFlux[DossierFlux]()


@FICHIERS.controle("un compte rendu compte ce qu'il liste", source="schéma 0509 v1.1.0")
def compte_rendu(lu: ResumeFlux) -> Iterator[EcartFlux]:
    root = lu.fichier.root
    if not isinstance(root, Mapping) or "synthese" not in root:
        return
    points, files = root["prmDemandes"], root["fichiersPublies"]
    dits = Counter(point[name] for point in points for name in ("recevabilite", "publication"))
    counted = {
        "nbPrmTotal": len(points),
        "nbPrmRecevables": dits["RECEVABLE"],
        "nbPrmNonRecevables": dits["NON_RECEVABLE"],
        "nbPrmPublies": dits["PUBLIE"],
        "nbPrmNonPublies": dits["NON_PUBLIE"],
        "nbFichiersPublies": len(files),
    }
    for name, count in counted.items():
        if (said := root["synthese"][name]) != count:
            yield f"synthese.{name}", f"{said}, alors que la liste en a {count}"
    keys = {each["cleFichier"] for each in files}
    for rang, point in enumerate(points):
        if (key := point.get("cleFichier")) is not None and key not in keys:
            yield f"prmDemandes[{rang}]", f"aucun fichier n'a la clé {key}"


@DOSSIERS.controle("un compte rendu et les fichiers de sa demande vont ensemble", source="GUI 0502")
def demande(dossier: DossierFlux) -> Iterator[EcartFlux]:
    published: dict[str, set[str]] = {}
    for resume in dossier.fichiers:
        nom = PurePath(resume.fichier.membre.noms[0]).stem
        published.setdefault(nom, set()).update(prm for prm, _ in resume.points)
    for resume in dossier.fichiers:
        root, nom = resume.fichier.root, resume.fichier.membre.noms[0]
        if not isinstance(root, Mapping) or "fichiersPublies" not in root:
            continue
        listed = {PurePath(each["nomFichier"]).stem for each in root["fichiersPublies"]}
        if missing := sorted(listed - {*published}):
            yield nom, f"{missing[0]} n'est pas à côté"
            continue
        dits = {point["idPrm"] for point in root["prmDemandes"] if point["publication"] == "PUBLIE"}
        for prm in sorted(dits ^ set().union(*map(published.__getitem__, listed)))[:1]:
            yield nom, f"le point {prm} n'est pas publié comme il le dit"
