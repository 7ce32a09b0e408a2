"""What must hold in the report of a demand, and between it and its files."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Final

from sge_sim.flux.controles import ControlesFlux, EcartFlux
from sge_sim.flux.controles_fichiers import DossierFlux, ResumeFlux

FICHIERS: Final = ControlesFlux[ResumeFlux]()
DOSSIERS: Final = ControlesFlux[DossierFlux]()


@FICHIERS.controle("un compte rendu compte ce qu'il liste", source="schéma 0509 v1.1.0")
def compte_rendu(lu: ResumeFlux) -> Iterator[EcartFlux]:
    root = lu.fichier.root
    if not isinstance(root, Mapping) or not isinstance(root.get("synthese"), Mapping):
        return
    points, files = root.get("prmDemandes", []), root.get("fichiersPublies", [])
    dits = Counter(point.get("recevabilite") for point in points)
    dits.update(point.get("publication") for point in points)
    counted = {
        "nbPrmTotal": len(points),
        "nbPrmRecevables": dits["RECEVABLE"],
        "nbPrmNonRecevables": dits["NON_RECEVABLE"],
        "nbPrmPublies": dits["PUBLIE"],
        "nbPrmNonPublies": dits["NON_PUBLIE"],
        "nbFichiersPublies": len(files),
    }
    for name, count in counted.items():
        if root["synthese"].get(name) != count:
            yield (
                f"synthese.{name}",
                f"{root['synthese'].get(name)}, alors que la liste en a {count}",
            )
    keys = [each.get("cleFichier") for each in files]
    if keys != list(range(1, len(files) + 1)) or len({e.get("nomFichier") for e in files}) < len(
        files
    ):
        yield "fichiersPublies", "les fichiers ne sont pas numérotés de 1 en 1, chacun une fois"
    demande = lu.fichier.fact("demande")
    for rang, each in enumerate(files):
        nom = str(each.get("nomFichier"))
        if not nom.endswith(".zip") or (demande and f"_{demande}_{rang + 1:05d}_" not in nom):
            yield f"fichiersPublies[{rang}]", f"{each.get('nomFichier')} n'est pas de {demande}"
    for rang, point in enumerate(points):
        published, key = point.get("publication") == "PUBLIE", point.get("cleFichier")
        if (published and (key not in keys or point.get("motif"))) or (
            not published and (key is not None or not point.get("motif"))
        ):
            yield f"prmDemandes[{rang}]", "publication, motif et cleFichier se contredisent"
        elif published and point.get("recevabilite") != "RECEVABLE":
            yield f"prmDemandes[{rang}]", "il est publié sans être recevable"


@DOSSIERS.controle("un compte rendu et les fichiers de sa demande vont ensemble", source="GUI 0502")
def demande(dossier: DossierFlux) -> Iterator[EcartFlux]:
    published: dict[str, set[str]] = {}
    for resume in dossier.fichiers:
        nom = resume.fichier.membre.noms[0]
        published.setdefault(nom, set()).update(prm for prm, _ in resume.points)
    for resume in dossier.fichiers:
        root, nom = resume.fichier.root, resume.fichier.membre.noms[0]
        if not isinstance(root, Mapping) or "fichiersPublies" not in root:
            continue
        keys = {each["cleFichier"]: each["nomFichier"] for each in root["fichiersPublies"]}
        for name in keys.values():
            if name not in published:
                yield nom, f"{name} n'est pas à côté"
        dits = {point["idPrm"] for point in root["prmDemandes"] if point["publication"] == "PUBLIE"}
        there = set().union(*(published.get(name, set()) for name in keys.values()))
        if all(name in published for name in keys.values()) and dits != there:
            which = sorted(dits ^ there)[0]
            yield nom, f"le point {which} n'est pas publié comme il le dit"
        demande = resume.fichier.fact("demande")
        others = {
            n
            for n in published
            if demande and "_P_" in n and f"_{demande}_" in n and "_CR_" not in n
        }
        if others - {*keys.values()}:
            yield nom, f"{sorted(others - {*keys.values()})[0]} n'y est pas"
