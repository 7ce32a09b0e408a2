"""The labels of the codes that answers carry: the value lists, as data.

They are those of the list of values AX.0355, named as there; where an answer was seen to spell a
label otherwise, its service keeps its own spelling. In the lists where most labels are the codes
themselves, only the others are written.
"""

import re
from collections.abc import Mapping
from typing import Final

from sge_sim.domaine.nomenclatures import MotifFin, TypeEvenement
from sge_sim.machine.once import computed_once

_JOUR_MAX = 28
_PLAGE_RELEVE = re.compile(r"[DTMF]{2}(\d{2})")


@computed_once(256)
def jour_releve(plage: str | None) -> int:
    """Return the day of the month on which a point is read, 1 to 28, from its reading range.

    TD08 is « début de mois + 08 jours »: the 9th (observed 2022 on a C4, the 6th for a C5). A
    range at the end of the month is taken on the 28th (assumed).

    >>> jour_releve("TD08"), jour_releve("MM02"), jour_releve("FM03"), jour_releve(None)
    (9, 17, 28, 1)
    """
    trouve = _PLAGE_RELEVE.fullmatch(plage or "")
    if plage is None or trouve is None:
        return 1
    debut = {"DM": 1, "TD": 1, "MM": 15, "TM": 15}.get(plage[:2], _JOUR_MAX)
    return min(debut + int(trouve[1]), _JOUR_MAX)


_DATE: Final = re.compile(r"\b(\d{4})-(\d\d)-(\d\d)\b")
_PLAGES_RELEVE = {
    f"{prefix}{days:02d}": f"{way} {moment} + {days:02d} {'jour' if days < 2 else 'jours'}"
    for prefix, way, moment in (
        ("DM", "Relevé sur site", "Début de Mois"),
        ("MM", "Relevé sur site", "Milieu de Mois"),
        ("FM", "Relevé sur site", "Fin de Mois"),
        ("TD", "Télé relevé", "Début de mois"),
        ("TM", "Télé relevé", "Milieu de mois"),
        ("TF", "Télé relevé", "Fin de mois"),
    )
    for days in range(16)
}

LISTES: Final[Mapping[str, Mapping[str, str]]] = {
    # Point.
    "etatContractuel": {
        "SERVC": "En service",
        "RESIL": "Résilié",
        "ECRES": "En service, en cours de résiliation",
        "ECRAC": "En cours de raccordement",
        "IMPRO": "Improductif",
        "INACCE": "Inaccessible",
    },
    "etatAlimentation": {
        "ALIM": "Alimenté",
        "COUP": "Coupé",
        "LIMI": "Limité",
        "NRAC": "Non raccordé",
        "NALI": "Non alimenté",
    },
    "segment": {"C1": "CARD", "INDET": "Indéterminé"},
    "categorieClientFinal": {"RES": "Résidentiel", "PRO": "Professionnel"},
    "civilite": {"M": "Monsieur", "Mme": "Madame", "Mlle": "Mlle"},
    "secteurActivite": {
        "COLOC": "Collectivité locale",
        "TERT": "Tertiaire",
        "INDUS": "Industrie",
        "AGRI": "Agricole",
    },
    # Supply.
    "domaineTension": {"BTINF": "BT<=36kVA", "BTSUP": "BT>36kVA"},
    "tensionLivraison": {
        "115": "115 V",
        "127": "127 V",
        "220": "220 V",
        "230": "230 V",
        "380": "380 V",
    },
    "modeApresCompteur": {
        "B12F1X220": "B1 2F 1X220",
        "B13F3X220": "B1 3F 3X220",
        "B22F1X220": "B2 2F 1X220",
        "B23F2X220": "B2 3F 2X220",
        "B24F3X220": "B2 4F 3X220",
        "B23F3X380": "B2 3F 3X380",
        "B12F1X127": "B1 2F 1X127",
        "B13F2X127": "B1 3F 2X127",
        "B14F3X127": "B1 4F 3X127",
        "B14F1X230": "B1 4F 1X230",
        "B14F2X230": "B1 4F 2X230",
        "B15F4X115": "B1 5F 4X115",
        "4F115230": "4F 115/230",
    },
    # Metering.
    "typeComptage": {
        "LINKY": "Compteur Linky",
        "CBE": "Compteur bleu électronique",
        "EMC": "Compteur électromécanique",
        "SSCPT": "Sans comptage",
        "CJE": "Compteur jaune électronique",
        "CJCE": "Compteur jaune électromécanique avec contrôleur électronique",
        "CJDI": "Compteur jaune électromécanique avec disjoncteur",
        "CVE": "Compteur vert électronique",
        "CVT1": "Compteur vert électromécanique type 1",
        "CVT2": "Compteur vert électromécanique type 2",
        "CVT3": "Compteur vert électromécanique type 3",
        "CVST": "Compteur vert électromécanique simplifié avec TC",
        "CVSS": "Compteur vert électromécanique simplifié sans TC",
        "ICE4Q": "ICE quatre cadrans",
        "PMEI": "PME-PMI",
        "SAPHIR": "Compteur Saphir",
    },
    "localisation": {
        "LOCAL": "Local",
        "CAVE": "Cave",
        "GAINE": "Gaine",
        "SPEC": "Spécial",
        "ESCAL": "Escalier",
        "ACCES": "Accès",
    },
    "disjoncteurCalibre": {
        "1-10": "1-10 A",
        "5-15": "5-15 A",
        "10-30": "10-30 A",
        "15-45": "15-45 A",
        "30-60": "30-60 A",
        "30-90": "30-90 A",
        "60": "60 A",
        "60-90": "60-90 A",
        ">60": ">60 A",
        "-": "Inconnu",
    },
    "transformateurCalibre": {},
    "transformateurCouplage": {},
    "classePrecision": {"0_2": "0,2", "0_2S": "0,2S", "0_5": "0,5", "0_5S": "0,5S"},
    "transformateurPosition": {"PRIM": "Primaire", "SCND": "Secondaire"},
    "posteHoraire": {"P": "Pointe", "HC": "Heures Creuses"},
    # Reading.
    "modeReleve": {"NRLV": "Non relevé", "PLAC": "Sur place", "TRLV": "Télérelevé"},
    "mediaReleve": {},
    "modeTraitement": {
        "CDC": "Courbe de Charge",
        "INDEX": "Index",
        "MIXTE": "Mixte",
        "AUTRE": "Autre",
    },
    "periodicite": {
        "ANNUEL": "Annuelle",
        "SEMEST": "Semestrielle",
        "QUADR": "Quadrimestrielle",
        "BIMESP": "Bimestrielle paire",
        "BIMESI": "Bimestrielle impaire",
        "BIMENS": "Bimensuelle",
        "MENSU": "Mensuelle",
        "HEBDO": "Hebdomadaire",
        "QUOTID": "Quotidienne",
        "AUTRE": "Autre",
    },
    "plageReleve": _PLAGES_RELEVE,
    # Tariff.
    "formuleTarifaireAcheminement": {
        "BTINFCUST": "Tarif BT<=36kVA Courte Utilisation sans différenciation temporelle",
        "BTINFMUDT": "Tarif BT<=36kVA Moyenne Utilisation heures pleines heures creuses",
        "BTINFLU": "Tarif BT<=36kVA Longue Utilisation sans différenciation temporelle",
        "BTINFCU4": (
            "Tarif BT<=36kVA Courte Utilisation heures pleines heures creuses associées à "
            "deux saisons"
        ),
        "BTINFMU4": (
            "Tarif BT<=36kVA Moyenne Utilisation heures pleines heures creuses associées à "
            "deux saisons"
        ),
        "BTSUPCU4": "Tarif BT>36kVA Courte Utilisation",
        "BTSUPLU4": "Tarif BT>36kVA Longue Utilisation",
        "BTSUPLU": "TURPE 4 – BT>36kVA Longue Utilisation",
        "BTSUPMU": "TURPE 4 – BT>36kVA Moyenne Utilisation",
        "HTACU5": "Tarif HTA Courte Utilisation",
        "HTALU5": "Tarif HTA Longue Utilisation",
        "HTACUPM5": "Tarif HTA à PM Courte Utilisation",
        "HTALUPM5": "Tarif HTA à PM Longue Utilisation",
        "HTA5": "TURPE 4 – HTA avec différenciation 5 classes",
        "HTA8": "TURPE 4 – HTA avec différenciation 8 classes",
        "HTASANSDIFF": "TURPE 4 – HTA sans différenciation",
    },
    "contexteUtilisation": {
        "AUSA": "Autre Usage",
        "ECPU": "Eclairage Public",
        "UPIN": "Usage Plat ou Intensif de nuit",
    },
    "calendrier": {
        "DI000001": "Base",
        "DI000002": "Heures pleines + Heures creuses",
        "DI000003": "Heures pleines + Heures creuses, Saison haute, Saison basse",
        "BASEPTE": "Base + Pointe",
        "6CAD": "6 cadrans",
        # Suppliers' own: the first two were seen in answers, the third is assumed.
        "FC000165": "Base",
        "FC000050": "6 cadrans",
        "FC000014": "Heures pleines + Heures creuses",
    },
    "classeTemporelle": {
        "BASE": "Base",
        "HP": "Heures Pleines",
        "HC": "Heures Creuses",
        "HPH": "Heures Pleines Hiver / Heures Pleines Saison Haute",
        "HCH": "Heures Creuses Hiver / Heures Creuses Saison Haute",
        "HPE": "Heures Pleines Eté",
        "HCE": "Heures Creuses Eté",
        "HPB": "Heures Pleines Saison Basse",
        "HCB": "Heures Creuses Saison Basse",
        "HPD": "Heures Pleines Demi-Saison",
        "HCD": "Heures Creuses Demi-Saison",
        "HD": "Heures Demi-Saison",
        "HH": "Heures Hiver",
        "HM": "Hiver Mobile",
        "DSM": "Demi-Saison Mobile",
        "SCM": "Saison Creuse Mobile",
        "JA": "Juillet - Août",
        "P": "Pointe",
        "PTE": "Pointe",
        "PM": "Pointe Mobile / Période Mobile",
        "PHP": "Pointe + Heures Pleines",
        "PHPHC": "Pointe + Heures Pleines + Heures Creuses",
        "HPHC": "Heures Pleines + Heures Creuses",
        "BUHC": "Bleu Heures Creuses",
        "BUHP": "Bleu Heures Pleines",
        "BCHC": "Blanc Heures Creuses",
        "BCHP": "Blanc Heures Pleines",
        "RHC": "Rouge Heures Creuses",
        "RHP": "Rouge Heures Pleines",
        "NHDB": "Nombre d’Heures de Dépassement seuil Bas",
        "NHDH": "Nombre d’Heures de Dépassement seuil Haut",
        "PAB": "Puissance Atteinte Bas",
        "PAH": "Puissance Atteinte Haut",
    },
    # Measures.
    "grandeurPhysique": {
        "EA": "Energie Active",
        "ER": "Energie Réactive",
        "DD": "Durée de dépassement",
        "TF": "Temps de fonctionnement",
        "DQ": "Dépassement quadratique en kW",
        "DE": "Dépassement énergétique",
        "PA": "Puissance Atteinte",
        "PS": "Puissance Souscrite",
        "DP": "Durée de dépassement de puissance",
        "FACTU": "Facturée",
    },
    "typeMesure": {"CDC": "Courbe de charge", "IDX": "Index"},
    "nature": {
        "REEL": "Réelle",
        "ARLV": "Auto-relevé",
        "CAIF": "Calculé avec index de fiabilisation",
        "CSIF": "Calculé sans index de fiabilisation",
        "ESTI": "Estimée",
        "TRLV": "Télérelevé",
        "FORF": "Forfait",
        "REGU": "Régularisée",
    },
    "statut": {"INITIALE": "Initiale", "ANNULEE": "Annulée", "RECTIFIEE": "Rectifiée"},
    "declencheur": {
        "CYCLIQUE": "Publication cyclique",
        "EVENEMENT": "Publication événementielle",
        "MES": "Mise en service",
        "PMES": "Première mise en service",
        "MESPROV": "Mise en service Provisoire",
        "RES": "Résiliation",
        "RESPROV": "Résiliation sur MES Provisoire",
        "CFN": "Changement de fournisseur",
        "CCF": "Changement de calendrier fournisseur",
        "CPS": "Modification puissance souscrite",
        "CTF": "Modification option tarifaire",
        "MAJDC": "Modification du dispositif de comptage",
        "MAJSCP": "Modification de la situation contractuelle du point",
        "MAINTENANCE": "Maintenance",
        "RELSPE": "Relevé spécial",
        "FACTU": "Facturation",
        "REDRESS": "Redressement",
        "REFER": "Référence",
    },
    # Orders and services.
    "objet": {
        "AME": "Accès et publication de données de mesure",
        "HDM": "Transmission d’un historique de données de mesure",
        "RPM": "Résiliation d’une publication de données de mesure",
    },
    "serviceSouscritType": {
        "CCDC": "Collecte de la courbe de charge",
        "TRANSREC": "Transmission récurrente de mesures",
        "OPPENR": "Opposition à l’enregistrement de la courbe de charge",
        # Not in AX.0355: as GUI 0474 calls it.
        "ACCES": "Accès aux données de mesures",
    },
    "affaireStatut": {"COURS": "En cours", "TERMN": "Terminé", "ANNUL": "Annulé"},
    # Not in AX.0355: how contracts are called in the guides.
    "contrat": {"GRD-F": "Contrat GRD-F", "ET": "Contrat Enedis-Tiers"},
}


LIBELLES_DE_CONSULTATION: Final[Mapping[str, Mapping[str, str]]] = {
    "classeTemporelle": {
        "HCE": "Heures creuses été",
        "HPE": "Heures pleines été",
        "HCH": "Heures Creuses Hiver/Saison Haute",
        "HPH": "Heures Pleines Hiver/Saison Haute",
    },
    "calendrier": {"DI000003": "Avec différenciation temporelle et saisonnière"},
}
"""The labels that ConsultationMesures has of its own, by list (observed 2022)."""


def libelle_de(liste: str, code: str) -> str:
    """Return the label of `code`, which is the code itself when the list says nothing else.

    Raises `KeyError` for a list that doesn't exist.

    >>> libelle("domaineTension", "BTINF"), libelle("domaineTension", "HTA")
    ('BT<=36kVA', 'HTA')
    """
    return LISTES[liste].get(code, code)


MOTIFS_FIN: Final[Mapping[MotifFin, str]] = {
    "echeance": "Date de fin du service atteinte",
    "arret": "Arrêt demandé par le bénéficiaire",
    "prolongation": "Prolongation du service",
    "resiliation": "Résiliation du point",
    "changement_titulaire": "Changement de titulaire du point",
    "nouveau_fournisseur": "Changement de fournisseur du point",
    "retrait": "Retrait du consentement par le client",
    "opposition": "Opposition du client à l'enregistrement de la courbe de charge",
    "levee_opposition": "Levée de l'opposition",
    "non_realisation": "Prestation non réalisée",
}
"""How the reason of an end is worded for the beneficiary; the real wording isn't published."""

MOTS: Final[Mapping[str, str]] = {
    # How an order stands (`EtatAffaire`), the delivery of a file, a subscribed service.
    "transmise": "transmise",
    "realisee": "réalisée",
    "non_realisee": "non réalisée",
    "non_recevable": "non recevable",
    "a_livrer": "à livrer",
    "livre": "livré",
    "echec": "échec",
    "DEMANDE": "demandé",
    "ACTIF": "actif",
    "TERMINE": "terminé",
    # By what right (`CadreAcces`), what is measured and which way.
    "ACCORD_CLIENT": "accord du client",
    "SERVICE_ACCES": "service d'accès",
    "EST_TITULAIRE": "titulaire du contrat",
    "CDC": "courbe de charge",
    "IDX": "index",
    "SOUTIRAGE": "soutirage",
    "INJECTION": "injection",
    **{f"PT{minutes}M": f"pas de {minutes} min" for minutes in (5, 10, 15, 30, 60)},
    "P1D": "quotidienne",
    "P7D": "hebdomadaire",
    "P1M": "mensuelle",
    # What the report of a demand of M023 says of a point.
    "RECEVABLE": "recevable",
    "NON_RECEVABLE": "non recevable",
    "PUBLIE": "publié",
    "NON_PUBLIE": "non publié",
}
"""The values that rows and files hold, in words, where the lists of SGE have no label for them."""


def en_mots(valeur: str) -> str:
    """Return a value in words; the value itself where it has no others."""
    return MOTS.get(valeur, valeur)


def phrase_en_mots(phrase: str) -> str:
    """Return a sentence made of values and ISO dates with each of them in words."""
    words = (en_mots(word) for word in phrase.split(" "))
    return _DATE.sub(r"\3/\2/\1", " ".join(words))


EVENEMENTS: Final[Mapping[TypeEvenement, str]] = {
    "resiliation": "résiliation",
    "changement_titulaire": "changement de titulaire",
    "nouveau_fournisseur": "changement de fournisseur",
    "opposition": "opposition à la courbe",
    "levee_opposition": "levée de l'opposition",
    "programmation_hc": "changement d'heures creuses",
    "reforme_hc": "changement d'heures creuses (réforme)",
    "contractuel": "événement du contrat",
}
"""What happens, in words."""
