"""What an answer may give of a point: with and without the client's authorisation, by segment."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from lxml import etree

from sge_sim.domaine.prm import is_valid
from sge_sim.homologation.jugement.controle import KNOWN, Controles
from sge_sim.homologation.jugement.paths import ADP, RECHERCHE_POINT
from sge_sim.homologation.jugement.reponse import ReponseJugee, code_of, text_of

_ICS: Final = "ICS v1.0.0 ; GUI 0464 v1.4.0 §7"
_EN_SERVICE: Final = frozenset({"SERVC", "ECRES"})
_FICHE: Final[Mapping[str, Sequence[str]]] = KNOWN["fiche"]
_JAMAIS: Final = "situationContractuelle/structureTarifaire/calendrierFrn"
_TENSION: Final = "situationAlimentation/alimentationPrincipale/domaineTension"
_LIGNES: Final = frozenset({"Partagée", "Dédiée"})
_BASSE_TENSION: Final = frozenset({"BTINF", "BTSUP"})
_PLUS_GRANDE: Final = 40_000
_TROP: Final = 10
_STRUCTURE: Final = "situationContractuelle/structureTarifaire"
_RACCORDEMENT: Final = "situationAlimentation/alimentationPrincipale/puissanceRaccordementSoutirage"


def _authorised(reponse: ReponseJugee, point: etree._Element) -> bool:
    """Whether the client's authorisation, that the request declares, opens the reserved data."""
    state = code_of(point, "donneesGenerales/etatContractuel")
    return reponse.accepte("autorisationClient") and state in _EN_SERVICE


DONNEES: Final = Controles({ADP})


@DONNEES.documented("sans autorisation du client, aucune donnée réservée n'est rendue", _ICS)
def donnees_reservees(reponse: ReponseJugee) -> Iterator[str]:
    for point in reponse.corps.iterfind("point"):
        if not _authorised(reponse, point):
            for path in _FICHE["reservees"]:
                if point.find(path) is not None:
                    yield f"{path.rpartition('/')[2]} est rendu"


@DONNEES.documented("le calendrier du fournisseur n'est jamais rendu à un tiers", _ICS)
def calendrier_du_fournisseur(reponse: ReponseJugee) -> Iterator[str]:
    if any(point.find(_JAMAIS) is not None for point in reponse.corps.iterfind("point")):
        yield "calendrierFrn est rendu"


@DONNEES.documented(
    "avec l'autorisation du client, le segment est rendu, et c'est celui du cas",
    "GUI 0464 v1.4.0 §4.1 ; ICS v1.0.0",
)
def segment_rendu(reponse: ReponseJugee) -> Iterator[str]:
    """The segment comes with the authorisation; the contract has no C1, which may come without."""
    for point in reponse.corps.iterfind("point"):
        domaine, code = code_of(point, _TENSION), code_of(point, "donneesGenerales/segment")
        if point.find("donneesGenerales/segment") is None:
            low = reponse.petit or domaine in _BASSE_TENSION
            if _authorised(reponse, point) and low:
                yield "segment est absent"
            continue
        if reponse.petit != (code == "C5") and (reponse.petit or reponse.grand):
            yield f"segment {code} pour un point {reponse.segment}"
        wanted = KNOWN["tension"].get(code)
        if wanted is not None and domaine and domaine != wanted:
            yield f"segment {code} en {domaine}"


@DONNEES.documented("les données sont celles du segment du point", "GUI 0464 v1.4.0 §4")
def donnees_du_segment(reponse: ReponseJugee) -> Iterator[str]:
    others = _FICHE["petit"] if reponse.grand else _FICHE["grand"] if reponse.petit else ()
    for point in reponse.corps.iterfind("point"):
        for path in others:
            if point.find(path) is not None:
                yield f"{path.rpartition('/')[2]} sur un point {reponse.segment}"


@DONNEES.documented(
    "la formule tarifaire est celle de la tension du point", "AX.0355 ; GUI 0464 §4.4"
)
def formule_de_la_tension(reponse: ReponseJugee) -> Iterator[str]:
    for point in reponse.corps.iterfind("point"):
        domaine = code_of(point, _TENSION)
        for formule in point.iter("formuleTarifaireAcheminement"):
            code = formule.get("code", "")
            if domaine in (*_BASSE_TENSION, "HTA") and not code.startswith(domaine):
                yield f"formule {code} en {domaine}"


@DONNEES.documented(
    "les puissances sont celles du segment, montent d'une classe à l'autre, et sont raccordées",
    "FAQ, segments ; GUI 0464 §4.4 ; TURPE",
)
def puissances_du_point(reponse: ReponseJugee) -> Iterator[str]:
    """A small point subscribes 36 kVA at most, a C4 from 37 to 250; no class less than another
    before it, the last one all; what is connected is of the same size."""
    for point in reponse.corps.iterfind("point"):
        code = code_of(point, "donneesGenerales/segment")
        low, high = KNOWN["kva"].get(code, (0, _PLUS_GRANDE))
        classes = f"{_STRUCTURE}/denivelePuissances/classesTemporelles/classeTemporelle/puissance"
        found = point.findall(f"{_STRUCTURE}/puissanceSouscriteMax")
        steps = [*point.findall(classes), *found]
        values = [float(text_of(each, "valeur") or 0) for each in steps]
        units = {text_of(each, "unite") for each in steps}
        if not all(low <= each <= high for each in values[-1:]) or values != sorted(values):
            yield f"{values} souscrits pour un {code or 'point'}"
        if len(units) > 1 or (code == "C5" and units - {"kVA"}) or len(set(values[-2:])) > 1:
            yield f"{values} en {units}"
        for each in point.iterfind(f"{_RACCORDEMENT}/valeur"):
            if values and not values[-1] <= float(each.text or 0) <= _TROP * max(values[-1], 36):
                yield f"{each.text} raccordés pour {values[-1]:.0f} souscrits"


@DONNEES.documented(
    "aucune date n'est à venir",
    "GUI 0464 v1.4.0 §4.1 : dernières modifications, dernières hausses et baisses",
)
def dates_passees(reponse: ReponseJugee) -> Iterator[str]:
    for point in reponse.corps.iterfind("point"):
        for path in _FICHE["reservees"][:3]:
            day = text_of(point, path)
            if day is not None and day[:10] > reponse.jour.isoformat():
                yield f"{path.rpartition('/')[2]} vaut {day}"


@DONNEES.documented(
    "le nom du client d'un point en service n'est pas rendu",
    "GUI 0427 v1.2.0 §4",
    services={RECHERCHE_POINT},
)
def nom_du_client(reponse: ReponseJugee) -> Iterator[str]:
    for point in reponse.corps.iterfind("points/point"):
        code = code_of(point, "etatContractuel")
        if code in _EN_SERVICE and point.find("nomClientFinalOuDenominationSociale") is not None:
            yield f"le nom du client du point {point.get('id')} est rendu"


@DONNEES.documented(
    "les lignes 1 et 7 de l'adresse ne sont pas remplies",
    "GUI 0427 v1.2.0 §4 : le destinataire et le pays",
    services={RECHERCHE_POINT},
)
def lignes_vides(reponse: ReponseJugee) -> Iterator[str]:
    """The line of the addressee repeats the client's name: it is never there."""
    for point in reponse.corps.iterfind("points/point"):
        for name in ("ligne1", "ligne7"):
            if point.find(f"adresseInstallationNormalisee/{name}") is not None:
                yield f"{name} du point {point.get('id')} est remplie"


@DONNEES.documented(
    "l'état d'une ligne téléphonique est Partagée ou Dédiée", "GUI 0464 v1.4.0 §4.3"
)
def etat_de_la_ligne(reponse: ReponseJugee) -> Iterator[str]:
    for each in reponse.corps.iter("etatLigneTelephonique"):
        if (each.text or "").strip() not in _LIGNES:
            yield f"etatLigneTelephonique vaut « {each.text} »"


@DONNEES.documented(
    "les points trouvés ont un PRM dont la clé est juste",
    "FAQ, calcul de la clé du PRM",
    services={RECHERCHE_POINT},
)
def cle_du_prm(reponse: ReponseJugee) -> Iterator[str]:
    """The last two digits of a point's number are the key of those before."""
    for point in reponse.corps.iterfind("points/point"):
        if not is_valid(point.get("id", "")):
            yield f"le PRM {point.get('id')} a une clé fausse"
