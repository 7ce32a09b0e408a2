"""A break for each invariant of what suppliers and companies live."""

import zipfile
from collections.abc import Callable
from copy import deepcopy
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any

from contrats_lus import Contrats, Situation
from invariants_brises import Brisure, both, known, noted, said, sql
from lxml import etree
from modele import Modele
from travaux_entreprises import PERIMETRE
from travaux_grd import SIREN
from vecu_clients import GRD, MENAGE, PARTANT, SIMPLE

SERVIE = "17X100A100A0001A"
CYCL, MES, MCT, CFNS = (f"*_202603{day}050100.zip" for day in ("07", "13", "16", "21"))
Retouche = Callable[[Any], object]


def ecrit(nom: str, retouche: Retouche, member: str = "", dossier_de: str = GRD) -> Brisure:
    """Change the trees of the members of a file that have this in their name, and have all files
    read anew."""

    def spoil(dossier: Path, modele: Modele) -> None:
        (path,) = (dossier / "flux" / dossier_de).glob(nom)
        written = BytesIO()
        with zipfile.ZipFile(path) as archive, zipfile.ZipFile(written, "w") as other:
            for inner in archive.namelist():
                content = archive.read(inner)
                if member in inner:
                    root = etree.fromstring(content)
                    retouche(root)
                    content = etree.tostring(root)
                other.writestr(inner, content)
        replaced(dossier, path, written.getvalue(), modele)

    return both(spoil, relu)


def replaced(dossier: Path, path: Path, content: bytes, modele: Modele) -> None:
    """Put a content in place of a file's, where it is kept and noted too."""
    path.write_bytes(content)
    (kept,) = (dossier / "publications").rglob(path.name)
    kept.write_bytes(content)
    noted_as = f"sha256 = '{sha256(content).hexdigest()}', taille = {len(content)}"
    sql(f"UPDATE fichier_flux SET {noted_as} WHERE nom = '{path.name}'")(dossier, modele)


def relu(_dossier: Path, modele: Modele) -> None:
    """Have all files read anew."""
    modele.etat.lus, modele.etat.fichiers = 0, Contrats()


def nomme(flux: str, old: str, new: str) -> Brisure:
    """Give the last file of a flux another name, where it is and where it is noted."""

    def spoil(dossier: Path, modele: Modele) -> None:
        path = max((dossier / "flux" / GRD).glob(f"*_{flux}_*"))
        assert old in path.name
        path.rename(path.with_name(path.name.replace(old, new)))
        changed = f"UPDATE fichier_flux SET nom = replace(nom, '{old}', '{new}')"
        sql(f"{changed} WHERE nom = '{path.name}'")(dossier, modele)

    return both(spoil, relu)


def connue(change: Callable[[Contrats, Contrats], object]) -> Brisure:
    """Have something known before all files are read anew; the other one has read them."""

    def spoil(_dossier: Path, modele: Modele) -> None:
        former = modele.etat.fichiers
        relu(_dossier, modele)
        change(modele.etat.fichiers, former)

    return spoil


def situee(prm: str, **said_of: Any) -> Brisure:
    """Have the first situation of a point be known as that."""

    def change(made: Contrats, former: Contrats) -> None:
        (key,) = [key for key, each in former.situations.items()
                  if key[:2] == (GRD, prm) and not each.ouverte]  # fmt: skip
        made.situations[key] = Situation(**said_of)

    return connue(change)


def texte(path: str, value: str, rang: int = 0) -> Retouche:
    """Write another text."""

    def retouche(root: Any) -> None:
        root.findall(f".//{path}")[rang].text = value

    return retouche


def plus(path: str, by: int, rang: int = 0) -> Retouche:
    """Count more."""

    def retouche(root: Any) -> None:
        found = root.findall(f".//{path}")[rang]
        found.text = str(type(by)(float(found.text)) + by)

    return retouche


def sur(*retouches: Retouche) -> Retouche:
    """Change several things."""
    return lambda root: [each(root) for each in retouches]


def _annulee(root: Any) -> None:
    """Have a block that is annulled and its next be of other days."""
    for bloc in root.iter("Donnees_Valorisation"):
        annul = bloc.findtext("Type_Facturation") == "ANNUL"
        for nom in ("Debut", "Fin"):
            day = "2024-01-01" if annul else "2023-01-01"
            bloc.find(f"Date_{nom}_Part_Variable").text = day


def _avancee(root: Any) -> None:
    """Have a line of a last invoice be one of an advance."""
    for each in root.iter("Id_EV"):
        if each.text.endswith("-U") and not each.text.startswith("ASG"):
            each.text = each.text[:-2] + "-E"
            return
    raise AssertionError("no such line")


def _energie(root: Any) -> None:
    for each in root.iter("Element_Valorise"):
        if each.findtext("Id_EV").startswith("ASSV"):
            each.find("Quantite").text = str(float(each.findtext("Quantite")) + 1)
            return
    raise AssertionError("no such line")


def _deux_grilles(root: Any) -> None:
    """Have the supplier's grid count ten kWh more."""
    for each in root.iter("Classe_Temporelle"):
        if each.find("Valeur_Precedent") is not None:
            index = each
        elif each.findtext("Classe_Mesure") == "2":
            energie = each
    energie.find("Valeur").text = str(int(energie.findtext("Valeur")) + 10)
    classe = energie.findtext("Id_Classe_Temporelle")
    assert index.findtext("Id_Classe_Temporelle") == classe
    index.find("Valeur_Precedent").text = str(int(index.findtext("Valeur_Precedent")) - 10)


def _conso(root: Any) -> None:
    found = root.find(".//{*}Conso_Par_Classe_Temporelle/{*}Quantite_Mesure")
    found.text = str(int(found.text) + 1)


def _releve_dit(made: Contrats, former: Contrats) -> None:
    ident = next(key for key, each in former.releves.items() if each.prm == PARTANT)
    made.releves[ident] = deepcopy(former.releves[ident])


def _refuse(modele: Modele) -> None:
    numero = next(iter(modele.etat.affaires))
    asked = {"refusee": True, "prm": modele.etat.affaires[numero]}
    noted("evenement", demande=asked, reponse={"corps": {"numero": numero}})(Path(), modele)


def _parties(dossier: Path, modele: Modele) -> None:
    """Rename a member."""
    (path,) = (dossier / "flux" / GRD).glob("ENEDIS_C12_*_00002_*")
    written = BytesIO()
    with zipfile.ZipFile(path) as archive, zipfile.ZipFile(written, "w") as other:
        (inner,) = archive.namelist()
        other.writestr(inner.replace("_00001_00001", "_00002_00002"), archive.read(inner))
    replaced(dossier, path, written.getvalue(), modele)


def _entrant(dossier: Path, modele: Modele) -> None:
    """Have who enters a point be in the situation of who left it."""
    read = modele.etat.fichiers
    (ref,) = [key[2] for key, each in read.situations.items()
              if key[:2] == (GRD, PARTANT) and each.fermee]  # fmt: skip
    ecrit(f"{SERVIE}_C15_*", texte("Ref_Situation_Contractuelle", ref), dossier_de="GRD-F902")(
        dossier, modele
    )


ENTREPRISE = f"WHERE acteur_code = '{SIREN}'"
MCT_DE = "(SELECT numero FROM affaire_contractuelle WHERE nature = 'MCT' ORDER BY 1 LIMIT 1)"
DES_CLIENTS: dict[str, Brisure] = {
    "un contrat suivi y est": known(lambda modele: modele.etat.contrats.update({"GRD-F9": "X"})),
    "une affaire contractuelle acquittée y est": known(
        lambda modele: modele.etat.affaires.update({"1": MENAGE})
    ),
    "un événement inadmissible est refusé": known(_refuse),
    "une affaire contractuelle échue est close": sql(
        f"UPDATE affaire_contractuelle SET close_at = NULL WHERE numero = {MCT_DE}"
    ),
    "une affaire contractuelle réalisée a son événement": sql(
        f"DELETE FROM evenement_contractuel WHERE affaire_numero = {MCT_DE}"
    ),
    "un événement contractuel est celui de son affaire": sql(
        f"UPDATE evenement_contractuel SET jour = '2026-03-16' WHERE affaire_numero = {MCT_DE}"
    ),
    "chaque événement contractuel est parti": sql(
        f"UPDATE fichier_flux SET prms = replace(prms, '{SIMPLE}', '') "
        "WHERE nom LIKE '%\\_C15\\_%' ESCAPE '\\'"
    ),
    "un jour d'un contrat part une fois": sql(
        "INSERT INTO publication (flux, contrat_id, debut, fin, instant, periodicite, emise) "
        "SELECT flux, contrat_id, debut, fin, instant, periodicite, 0 FROM publication "
        "WHERE flux = 'R17'"
    ),
    "un jour d'un contrat part à son heure": sql(
        "UPDATE publication SET instant = replace(instant, '04:01', '05:01') WHERE flux = 'C12'"
    ),
    "un fichier d'un contrat a son nom": nomme("F12", "_D_30_", "_D_31_"),
    "les fichiers d'un contrat se suivent sans trou": nomme("R17", "_00002_", "_00004_"),
    "un fichier d'un contrat a toutes ses parties": both(_parties, relu),
    "une situation s'ouvre une fois": ecrit(f"{SERVIE}_C15_{MES}", texte("Num_Sequence", "2", 1)),
    "rien ne suit la fin d'une situation": situee(SIMPLE, fermee="2026-03-10"),
    "une situation dit son état": ecrit(
        f"{SERVIE}_C15_{MCT}", texte("Etat_Contractuel", "RESILIE")
    ),
    "qui entre trouve ce que laisse qui sort": _entrant,
    "une formule a son calendrier": ecrit(
        f"{SERVIE}_C15_{MES}", texte("Formule_Tarifaire_Acheminement", "BTINFLU", 1)
    ),
    "un relevé de C15 est dans R15": ecrit(
        f"{SERVIE}_C15_{MCT}", plus("Classe_Temporelle_Distributeur/Valeur", 1)
    ),
    "un relevé est dit une fois": connue(_releve_dit),
    "une énergie est celle de ses index": ecrit(
        f"{SERVIE}_R15_{MCT}", plus("Classe_Temporelle/Valeur_Precedent", 1)
    ),
    "les deux grilles comptent la même énergie": ecrit(f"{SERVIE}_R15_{MCT}", _deux_grilles),
    "un relevé suit le précédent": ecrit(
        f"{SERVIE}_R15_{CFNS}", texte("Date_Releve_Precedent", "2026-03-07T00:00:00+01:00")
    ),
    "aucun relevé cyclique ne manque": ecrit(
        f"{SERVIE}_R15_{MES}", texte("Date_Theorique_Prochaine_Releve", "2026-03-20", -1)
    ),
    "un relevé de R15 est celui des services": known(
        lambda modele: modele.etat.mesures.dites.update(
            {("IDX", SIMPLE, "CONS", "EA", "AQ D BASE", "2026-03-15 00:00:00"): (7, "service x")}
        )
    ),
    "un bloc est la somme de ses lignes": ecrit(
        f"{SERVIE}_F15_*_C_M_1_D{CFNS}", plus("Element_Valorise/Montant_HT", 1.0), "_FL_"
    ),
    "une facture est la somme de ses blocs": ecrit(
        f"{SERVIE}_F15_*_C_M_1_D{CFNS}", plus("Montant_Total_HT", 1.0), "_FA"
    ),
    "une facture compte l'énergie de ses relevés": ecrit(
        f"{SERVIE}_F15_*_C_M_1_D{CFNS}", _energie, "_FL_"
    ),
    "une facture repose sur ses relevés": ecrit(
        f"{SERVIE}_F15_*_C_*_20260307050100.zip",
        texte("Releve[last()]/Id_Releve", "1" * 16),
        "_FL_",
    ),
    "les jours facturés ne se recouvrent pas": ecrit(
        f"{SERVIE}_F15_*_C_M_1_D{CFNS}", texte("Date_Debut_Part_Variable", "2026-03-01"), "_FL_"
    ),
    "ce qui est annulé fut facturé": ecrit(f"{SERVIE}_F15_*_R_*", _annulee, "_FL_"),
    "une avance reprise fait les jours écoulés": situee(PARTANT, ouverte="2026-03-01"),
    "une fin de contrat a une dernière facture": situee(PARTANT, fins=1),
    "rien ne s'avance après la fin": ecrit(f"{SERVIE}_F15_*_C_M_1_D{CFNS}", _avancee, "_FL_"),
    "ce qui ne coûte rien n'est pas facturé": ecrit(
        f"{SERVIE}_C15_{MCT}", texte("Nature_Evenement", "MDACT")
    ),
    "une affaire facturée est suivie": ecrit(
        f"{SERVIE}_F15_*_C_M_1_D{MCT}", texte("Id_Affaire", "99999999"), "_FL_"
    ),
    "une affaire est suivie avant son événement": ecrit(
        f"{SERVIE}_C15_{MCT}", texte("Id_Affaire", "99999999")
    ),
    "une affaire a tous ses jalons": ecrit("ENEDIS_X12_*_00002_*", texte("jalon/num", "7")),
    "un sous-lot de F12 est celui de R17": ecrit("ENEDIS_R17_*_00002_*", _conso),
    "une entreprise lit ce que disent les autres": said("entreprise x"),
    "une entreprise qui se trompe est refusée": noted(
        "entreprise",
        nom="brise/1",
        demande={"chemin": "/contract/v1/x", "attendu": [403]},
        reponse={"corps": {}},
    ),
    "un périmètre compte ses points": noted(
        "entreprise",
        nom="brise/1",
        demande={"chemin": PERIMETRE},
        reponse={
            "corps": {
                "usage_point_id": ["2", "1"],
                "query_parameters": {"usage_point_id_total_count": 2, "actual_page_number": 1},
            }
        },
    ),
    "un dossier donne un fichier": sql(
        f"UPDATE demande_m023 SET due_at = '9999-01-01 00:00:00.000000' {ENTREPRISE}"
    ),
}
"""Of contracts and their files; of what companies read and order."""
