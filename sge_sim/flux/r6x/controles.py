"""What must hold in C68 and in the report of a demand, and between it and its files."""

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from typing import Any, Final, get_args

from sge_sim.domaine.libelles import LISTES
from sge_sim.domaine.nomenclatures import (
    COMPTEURS_TELERELEVES,
    CategorieClientFinal,
    DomaineTension,
    EtatAlimentation,
    EtatContractuel,
    Segment,
)
from sge_sim.flux.controles import Controles, Ecart
from sge_sim.flux.controles_fichiers import Dossier, Resume
from sge_sim.flux.lecteur import children, leaf, read_stamp
from sge_sim.mesures.grilles_nommees import libelle_de_la_classe, libelle_du_calendrier

FICHIERS: Final = Controles[Resume]()
DOSSIERS: Final = Controles[Dossier]()
_CODES: Final[Mapping[str, Collection[str]]] = {
    "etatAlimentation": get_args(EtatAlimentation),
    "domaineTension": get_args(DomaineTension),
    "etatContractuel": get_args(EtatContractuel),
    "categorie": get_args(CategorieClientFinal),
    "segment": get_args(Segment),
    "typeComptage": {*LISTES["typeComptage"], *COMPTEURS_TELERELEVES},
    "modeReleve": LISTES["modeReleve"],
    "periodicite": LISTES["periodicite"],
    "modeTraitement": LISTES["modeTraitement"],
    "plage": LISTES["plageReleve"],
    "situation": LISTES["localisation"],
    "position": LISTES["transformateurPosition"],
    "classePrecision": LISTES["classePrecision"],
    "modeAlimentationApresCompteur": LISTES["modeApresCompteur"],
    "contexteUtilisation": LISTES["contexteUtilisation"],
    "unite": ("kVA", "kW", "h", "min", "m", "A", "V"),
}
"""The codes that a field may have, by its name."""
_FORMES: Final[Mapping[str, str]] = {
    "codePostal": r"[0-9]{5}",
    "calibre": r"[0-9]+[-/][0-9]+",
    "couplage": r"[0-9]+/[0-9]+",
    "valeur": r"[0-9]+(\.[0-9]+)?",
    "numTelephone": r"[0-9+ ]{10,17}",
    "cleClient": r"[0-9]+",
    "tensionLivraison": r"[0-9]+(/[0-9]+)? k?V",
    "matricule": r"[0-9A-Z]+",
    "numSiret": r"[0-9]{14}",
    "numSiren": r"[0-9]{9}",
}
_VOLTS: Final = {"BTINF": r"230(/400)? V", "BTSUP": r"230/400 V|400 V", "HTA": r"\d{1,2} kV"}
_TENSIONS: Final = {"BTINF": ("C5", "P4"), "BTSUP": ("C4", "P3")}
_DATE: Final = re.compile(r"[0-9]{2}-[0-9]{2}-[0-9]{4}")


@FICHIERS.controle("un compte rendu compte ce qu'il liste", source="schéma 0509 v1.1.0")
def compte_rendu(lu: Resume) -> Iterator[Ecart]:
    root = lu.fichier.root
    if not isinstance(root, Mapping) or not isinstance(root.get("synthese"), Mapping):
        return
    points, files = root.get("prmDemandes", []), root.get("fichiersPublies", [])
    told = Counter(point.get("recevabilite") for point in points)
    told.update(point.get("publication") for point in points)
    counted = {
        "nbPrmTotal": len(points),
        "nbPrmRecevables": told["RECEVABLE"],
        "nbPrmNonRecevables": told["NON_RECEVABLE"],
        "nbPrmPublies": told["PUBLIE"],
        "nbPrmNonPublies": told["NON_PUBLIE"],
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


@FICHIERS.controle(
    "les codes, les dates et les puissances d'un point vont ensemble", source="GUI 0504 §3"
)
def situation(lu: Resume) -> Iterator[Ecart]:
    if lu.fichier.forme.nom != "C68":
        return
    creation = lu.fichier.creation
    for point, lieu in children(lu.fichier.root, "[]", ""):
        for path, name, value in _fields(point, lieu):
            if value not in _CODES.get(name, (value,)):
                yield path, f"« {value} » n'est pas un code"
            if name.startswith("date") and "Heure" not in name:
                stamp = read_stamp(value) if _DATE.fullmatch(str(value)) else None
                if stamp is None or stamp.faute:
                    yield path, f"« {value} » n'est pas une date JJ-MM-AAAA"
                elif creation and stamp.legale > creation:
                    yield path, f"le {value} n'est pas encore venu"
            if name in _FORMES and not re.fullmatch(_FORMES[name], str(value)):
                yield path, f"« {value} » n'a pas la forme d'un champ {name}"
            if path.endswith("niveauOuvertureServices.code") and value not in ("0", "1", "2", "3"):
                yield path, f"« {value} » n'est pas un niveau"
        yield from _contracts(point, lieu)


def _contracts(point: Any, lieu: str) -> Iterator[Ecart]:
    tension = leaf(point, "situationAlimentation/alimentationPrincipale/domaineTension")
    comptage = leaf(point, "situationComptage/dispositifComptage/typeComptage")
    raccordee = leaf(
        point, "situationAlimentation/alimentationPrincipale/puissanceRaccordementSoutirage/valeur"
    )
    volts = leaf(point, "situationAlimentation/alimentationPrincipale/tensionLivraison")
    if volts and tension and not re.fullmatch(_VOLTS.get(tension, r"\d{2,3} kV"), volts):
        yield lieu, f"{volts} n'est pas une tension de {tension}"
    for contrat, place in children(point, "situationsContractuelles", lieu):
        segment = str(leaf(contrat, "segment") or "")
        petit = segment in ("C5", "P4")
        allowed = _TENSIONS.get(str(tension), ("C1", "C2", "C3", "P1", "P2", "P3"))
        if tension and segment and segment not in allowed:
            yield place, f"un {segment} n'est pas en {tension}"
        if comptage and segment and (comptage in ("LINKY", "CCB", "CEM")) > petit:
            yield place, f"un {segment} n'a pas de compteur {comptage}"
        tarif = "structureTarifaire"
        code, libelle = (
            leaf(contrat, f"{tarif}/formuleTarifaireAcheminement/{n}") for n in ("code", "libelle")
        )
        if (
            code
            and libelle
            and LISTES["formuleTarifaireAcheminement"].get(code, libelle) != libelle
        ):
            yield place, f"« {libelle} » n'est pas le libellé de {code}"
        if (
            code
            and tension
            and code[:5] not in (tension, f"{tension}xx"[:5])
            and code[:3] != tension[:3]
        ):
            yield place, f"la formule {code} n'est pas de {tension}"
        code, libelle = (
            leaf(contrat, f"{tarif}/grilleFournisseur/calendrier/{n}") for n in ("code", "libelle")
        )
        if code and libelle and libelle_du_calendrier(code) not in (code, libelle):
            yield place, f"« {libelle} » n'est pas le libellé de {code}"
        unite, souscrite = (
            leaf(contrat, f"{tarif}/puissanceSouscrite/{n}") for n in ("unite", "valeur")
        )
        if unite not in (None, "kVA", "kW") or (petit and unite == "kW"):
            yield place, f"« {unite} » n'est pas l'unité d'un {segment}"
        if souscrite is not None:
            if not re.fullmatch(r"[1-9][0-9]*", str(souscrite)) or (petit and int(souscrite) > 36):
                yield place, f"{souscrite} n'est pas la puissance d'un {segment}"
            elif isinstance(raccordee, int) and raccordee < int(souscrite):
                yield place, f"{souscrite} est souscrit, plus que {raccordee} raccordés"
        for grille in ("grilleFournisseur", "grilleTurpe"):
            tree = contrat.get(tarif, {}).get(grille, {})
            for classe, here in children(tree, "classesTemporelles", f"{place}.{tarif}.{grille}"):
                code, libelle = classe.get("code"), classe.get("libelle")
                if code and libelle and libelle_de_la_classe(code) not in (code, libelle):
                    yield here, f"« {libelle} » n'est pas le libellé de la classe {code}"
        client = "clientFinal/informationsClient/personneMorale"
        siren, siret = (leaf(contrat, f"{client}/num{n}") for n in ("Siren", "Siret"))
        if siret and (not re.fullmatch("[0-9]{14}", siret) or (siren and siret[:9] != siren)):
            yield place, f"le SIRET {siret} n'est pas du SIREN {siren}"


def _fields(node: Any, lieu: str, name: str = "") -> Iterator[tuple[str, str, Any]]:
    if isinstance(node, Mapping):
        for key, value in node.items():
            yield from _fields(value, f"{lieu}.{key}", key)
    elif isinstance(node, list):
        for rang, value in enumerate(node):
            yield from _fields(value, f"{lieu}[{rang}]", name)
    else:
        yield lieu, name, node


@DOSSIERS.controle("un compte rendu et les fichiers de sa demande vont ensemble", source="GUI 0502")
def demande(dossier: Dossier) -> Iterator[Ecart]:
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
        told = {point["idPrm"] for point in root["prmDemandes"] if point["publication"] == "PUBLIE"}
        there = set().union(*(published.get(name, set()) for name in keys.values()))
        if all(name in published for name in keys.values()) and told != there:
            which = sorted(told ^ there)[0]
            yield nom, f"le point {which} n'est pas publié comme il le dit"
        demande = resume.fichier.fact("demande")
        others = {
            n
            for n in published
            if demande and "_P_" in n and f"_{demande}_" in n and "_CR_" not in n
        }
        if others - {*keys.values()}:
            yield nom, f"{sorted(others - {*keys.values()})[0]} n'y est pas"
