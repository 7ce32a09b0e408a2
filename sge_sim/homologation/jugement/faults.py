"""What a refusal must be on the wire: a fault that tells the code, the label and the call."""

from collections.abc import Iterator
from typing import Final

from lxml import etree

from sge_sim.domaine.ecarts_plateforme import Usage
from sge_sim.homologation.campaign.evaluation import same_libelle
from sge_sim.homologation.jugement.controle import Verification, controle
from sge_sim.homologation.jugement.reponse import ReponseJugee, local_name, text_of, texts_of
from sge_sim.homologation.jugement.schema import french_mistakes
from sge_sim.soap.codes import LIBELLES_CODES
from sge_sim.soap.contract import ENVELOPE

_BARE: Final = (Usage.FAUTE_SANS_CODE,)
_ORDER: Final = ["faultcode", "faultstring", "detail"]


@controle(
    "la faute a faultcode, faultstring et detail", source="SOAP 1.1 §4.4 ; WS-I BP", leve_par=_BARE
)
def faute_soap(reponse: ReponseJugee) -> Iterator[str]:
    """A fault has its three parts, unqualified and in order."""
    names = [each.tag for each in reponse.corps]
    if names != _ORDER:
        parts = ", ".join(local_name(each) for each in reponse.corps) or "rien"
        same = [local_name(each) for each in reponse.corps] == _ORDER
        yield "les parties de la faute sont qualifiées" if same else f"la faute contient {parts}"
    for part in (reponse.corps, *reponse.corps.iterfind("detail")):
        if (part.text or "").strip() or any((each.tail or "").strip() for each in part):
            yield f"du texte traîne dans {local_name(part)}"


@controle("le faultcode est soap:Server", source="GUI 0488 §4.3 ; GUI 0531 §6", leve_par=_BARE)
def faultcode(reponse: ReponseJugee) -> Iterator[str]:
    """The fault code is `Server`, in the namespace of SOAP."""
    element = reponse.corps.find("faultcode")
    if element is None:
        return
    prefix, _, name = (element.text or "").strip().rpartition(":")
    if name != "Server" or element.nsmap.get(prefix or None) != ENVELOPE:
        yield f"faultcode « {(element.text or '').strip()} »"


@controle("le detail porte l'erreur du contrat", source="WSDL du service", leve_par=_BARE)
def erreur_du_contrat(reponse: ReponseJugee) -> Iterator[str]:
    """The detail holds the element of the contract, valid, and nothing else."""
    detail = reponse.corps.find("detail")
    if detail is None:
        return
    if len(detail) != 1:
        yield f"le detail contient {len(detail)} éléments"
    for each in detail:
        if each.tag != reponse.contrat.fault:
            wanted = etree.QName(reponse.contrat.fault)
            found = etree.QName(each)
            if found.localname == wanted.localname:
                yield f"{found.localname} dans l'espace de noms « {found.namespace or 'aucun'} »"
            else:
                yield f"{found.localname} à la place de {wanted.localname}"
            continue
        known = _code(reponse) in reponse.service.codes
        for mistake in french_mistakes(reponse.contrat, each):
            if not (known and mistake.startswith("code ")):  # SGT4F10 is longer than the schema's
                yield mistake


def _code(reponse: ReponseJugee) -> str:
    result = None if reponse.erreur is None else reponse.erreur.find("resultat")
    return "" if result is None else result.get("code", "")


def _wanted_libelle(reponse: ReponseJugee, code: str) -> str | None:
    """Return the label of a code, as the platform that may have answered tells it."""
    own = reponse.plateforme.libelles.get(code) or reponse.service.libelles.get(code)
    return own or LIBELLES_CODES.get(code)


def _is_certain(reponse: ReponseJugee, code: str) -> bool:
    """Whether the label is official: the annex's, and not one that the catalogue has assumed."""
    attendu = None if reponse.cas is None else reponse.cas.attendu
    assumed = attendu is not None and attendu.code == code and not attendu.libelle_certain
    return code not in reponse.service.libelles and not assumed


@controle("le libellé est celui du code", source="AX.0466", leve_par=_BARE)
def libelle_officiel(reponse: ReponseJugee) -> Iterator[str]:
    """The label of an official code is that of the annex."""
    code = _code(reponse)
    if code and _is_certain(reponse, code):
        yield from _other_libelle(reponse, code)


@controle(
    "le libellé est celui du code",
    source="libellé qu'aucune annexe publique ne donne",
    provenance="assumed",
)
def libelle_suppose(reponse: ReponseJugee) -> Iterator[str]:
    """The label of another code is the one that is assumed."""
    code = _code(reponse)
    if code and not _is_certain(reponse, code):
        yield from _other_libelle(reponse, code)


def _other_libelle(reponse: ReponseJugee, code: str) -> Iterator[str]:
    libelle = text_of(reponse.erreur, "resultat") or ""
    wanted = _wanted_libelle(reponse, code)
    also = LIBELLES_CODES.get(code, "")
    if wanted is None:
        yield f"{code} n'est pas un code de SGE"
    elif not (same_libelle(libelle, wanted) or (also and same_libelle(libelle, also))):
        yield f"{code} « {libelle} » au lieu de « {wanted} »"


@controle(
    "le faultstring est celui du service, ou le libellé du code",
    source="GUI 0468 §3.2.2.2, GUI 0488 §4.3, GUI 0498, GUI 0502 §4.5, GUI 0531 §6",
    leve_par=_BARE,
)
def faultstring(reponse: ReponseJugee) -> Iterator[str]:
    """The fault string is the text of the service; of the others, the label that is told."""
    found = (reponse.corps.findtext("faultstring") or "").strip()
    own = reponse.service.faultstring
    wanted = own or text_of(reponse.erreur, "resultat")
    if wanted is None or (found == own if own else same_libelle(found, wanted)):
        return
    yield f"faultstring « {found} » au lieu de « {wanted} »"


@controle("la faute ne nomme que le point demandé", source="GUI 0468 §3.2.2.2")
def point_de_la_faute(reponse: ReponseJugee) -> Iterator[str]:
    """A fault names no other point than the one asked about."""
    if reponse.erreur is None:
        return
    for prm in texts_of(reponse.erreur, "infoFonctionnelles/pointId"):
        if prm not in reponse.prms:
            yield f"la faute nomme le point {prm}"


@controle("la faute ne nomme que le login de la demande", source="GUI 0468 §3.2.2.2")
def login_de_la_faute(reponse: ReponseJugee) -> Iterator[str]:
    """A fault names no other login than that of the request."""
    if reponse.erreur is None:
        return
    for login in texts_of(reponse.erreur, "infoDemandeur/loginDemandeur"):
        if login != reponse.login:
            yield f"la faute porte le login {login}"


@controle("un refus n'ouvre aucune affaire", source="GUI 0466 §2.5", provenance="documented")
def sans_affaire(reponse: ReponseJugee) -> Iterator[str]:
    """A refusal names no affaire: none was opened."""
    if reponse.erreur is None:
        return
    for affaire in texts_of(reponse.erreur, "infoFonctionnelles/affaireId"):
        if affaire not in reponse.demandes("affaireId", "affaireLieeId"):
            yield f"la faute porte l'affaire {affaire}"


FAULTS: Final[tuple[Verification, ...]] = (
    faute_soap,
    faultcode,
    erreur_du_contrat,
    libelle_officiel,
    libelle_suppose,
    faultstring,
    point_de_la_faute,
    login_de_la_faute,
    sans_affaire,
)
