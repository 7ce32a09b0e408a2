"""What the header of a success must tell: its result, the point and the login of the request."""

from collections.abc import Iterator
from typing import Final

from sge_sim.homologation.campaign.evaluation import same_libelle
from sge_sim.homologation.jugement.controle import Verification, controle
from sge_sim.homologation.jugement.reponse import ReponseJugee, texts_of
from sge_sim.soap.codes import LIBELLES_CODES

_SUCCES: Final = "SGT200"
_RECORDED: Final = "réponses enregistrées en production, 2022 et 2023"
_AFFAIRES: Final = ("affaireId", "demandeId")


def _texts(reponse: ReponseJugee, chemin: str) -> list[str]:
    """Return the texts of the acquittement at a path."""
    return [] if reponse.acquittement is None else texts_of(reponse.acquittement, chemin)


@controle(
    "un acquittement SGT200 accompagne la réponse",
    source="GUI 0466 §2.5 ; WSDL du service",
)
def acquittement_present(reponse: ReponseJugee) -> Iterator[str]:
    """The header holds an acquittement whose code is that of a success."""
    if reponse.acquittement is None:
        yield "aucun acquittement dans l'en-tête"
        return
    result = reponse.acquittement.find("resultat")
    code = None if result is None else result.get("code")
    if code != _SUCCES:
        yield f"l'acquittement porte {code or 'un code vide'}"


@controle("l'acquittement porte le libellé de son code", source="AX.0466")
def libelle_de_l_acquittement(reponse: ReponseJugee) -> Iterator[str]:
    """The label is that of the annex."""
    libelle = next(iter(_texts(reponse, "resultat")), "")
    if not same_libelle(libelle, LIBELLES_CODES[_SUCCES]):
        yield f"libellé « {libelle} » au lieu de « {LIBELLES_CODES[_SUCCES]} »"


@controle("l'acquittement nomme le point demandé", source=_RECORDED, provenance="observed")
def point_acquitte(reponse: ReponseJugee) -> Iterator[str]:
    """The acquittement names the point of a demand on one point."""
    if len(reponse.prms) == 1 and not _texts(reponse, "infoFonctionnelles/pointId"):
        yield "l'acquittement ne nomme aucun point"


@controle(
    "l'acquittement ne nomme que le point demandé", source="GUI 0466 §2.4 : l'en-tête est rappelé"
)
def aucun_autre_point_acquitte(reponse: ReponseJugee) -> Iterator[str]:
    """The acquittement names no other point than the one that was asked about."""
    for prm in _texts(reponse, "infoFonctionnelles/pointId"):
        if prm not in reponse.prms:
            yield f"l'acquittement nomme le point {prm}"


@controle("l'acquittement rappelle le login de la demande", source=_RECORDED, provenance="observed")
def login_acquitte(reponse: ReponseJugee) -> Iterator[str]:
    """The login of the acquittement, where there is one, is that of the request."""
    for login in _texts(reponse, "infoDemandeur/loginDemandeur"):
        if login != reponse.login:
            yield f"l'acquittement porte le login {login}"


@controle(
    "l'acquittement dit de qui vient la demande",
    source="vu quand la demande a un en-tête, supposé sans",
    provenance="assumed",
)
def login_present(reponse: ReponseJugee) -> Iterator[str]:
    """The acquittement tells who asks."""
    if not _texts(reponse, "infoDemandeur/loginDemandeur"):
        yield "l'acquittement n'a pas de login"


@controle(
    "l'acquittement ne porte d'affaire que celle de la réponse",
    source=f"{_RECORDED} ; GUI 0469",
    provenance="observed",
)
def affaire_acquittee(reponse: ReponseJugee) -> Iterator[str]:
    """The affaire of the acquittement is one that the body tells of."""
    affaires = {each for name in _AFFAIRES for each in texts_of(reponse.corps, f".//{name}")}
    for affaire in _texts(reponse, "infoFonctionnelles/affaireId"):
        if affaire not in affaires:
            yield f"l'acquittement porte l'affaire {affaire}, que la réponse ne donne pas"


@controle(
    "l'acquittement d'une commande rappelle son affaire",
    source="réponses enregistrées de CommandeCollectePublicationMesures",
    provenance="assumed",
)
def affaire_rappelee(reponse: ReponseJugee) -> Iterator[str]:
    """Where an order of the fifth dictionary opens one affaire, the acquittement repeats it."""
    if reponse.service.needs_header:
        return
    affaires = _texts(reponse, "infoFonctionnelles/affaireId")
    if len(texts_of(reponse.corps, ".//affaireId")) == 1 and not affaires:
        yield "l'acquittement ne rappelle pas l'affaire"


PRESENCE: Final[tuple[Verification, ...]] = (acquittement_present,)
ACQUITTEMENT: Final[tuple[Verification, ...]] = (
    libelle_de_l_acquittement,
    point_acquitte,
    aucun_autre_point_acquitte,
    login_acquitte,
    login_present,
    affaire_acquittee,
    affaire_rappelee,
)
"""Made of an acquittement that is there."""
