"""What HTTP, SOAP and the contract say of any answer: status, envelope, schema, faults."""

import re
from collections.abc import Iterator
from typing import Final

from lxml import etree

from sge_sim.domaine.ecarts_plateforme import Usage
from sge_sim.domaine.francais import counted
from sge_sim.homologation.jugement.controle import Controles, others
from sge_sim.homologation.jugement.evaluation import same_libelle
from sge_sim.homologation.jugement.reponse import ReponseJugee, code_of, text_of, texts_of
from sge_sim.soap.codes import LIBELLES_CODES
from sge_sim.soap.contract import ENVELOPE, Contract
from sge_sim.soap.declarations import local_name


def french_mistakes(contrat: Contract, element: etree._Element) -> list[str]:
    """Return the mistakes of an element of a message against the contract, in French."""
    if contrat.schema.validate(element):
        return []
    return list(dict.fromkeys(each.sentence for each in contrat.mistakes(element)))


_CHARSET: Final = re.compile(r"charset\s*=\s*[\"']?([\w.-]+)", re.IGNORECASE)
_DECLARED: Final = re.compile(rb"^<\?xml[^>]*encoding=[\"']([\w.-]+)")
_PARTS: Final = ([f"{{{ENVELOPE}}}Body"], [f"{{{ENVELOPE}}}Header", f"{{{ENVELOPE}}}Body"])


TRANSPORT: Final = Controles()
"""Made of anything that comes back."""


@TRANSPORT.documented("la réponse est une enveloppe SOAP 1.1 avec un seul message", "SOAP 1.1 §4")
def enveloppe_soap(reponse: ReponseJugee) -> Iterator[str]:
    if reponse.enveloppe is None:
        yield described(reponse)
        return
    names = [each.tag for each in reponse.enveloppe]
    if names not in _PARTS:
        shown = ", ".join(map(local_name, reponse.enveloppe))
        yield f"l'enveloppe contient {shown}"
    body = reponse.enveloppe.find(f"{{{ENVELOPE}}}Body")
    if len(body) != 1:
        yield f"le corps contient {counted(len(body), 'élément')}"
    yield from _stray_text(reponse.enveloppe, *reponse.enveloppe)


def _stray_text(*parts: etree._Element) -> Iterator[str]:
    for part in parts:
        if (part.text or "").strip() or any((each.tail or "").strip() for each in part):
            yield f"du texte traîne dans {local_name(part)}"


def described(reponse: ReponseJugee) -> str:
    """Return what came instead of a SOAP message, in French."""
    start = reponse.appel.recu.lstrip()[:200].lower()
    status = f"statut HTTP {reponse.appel.statut_http}"
    if not start:
        return f"une réponse vide ({status})"
    if b"<html" in start or b"<!doctype html" in start:
        return f"une page HTML ({status})"
    if reponse.racine is None:
        kind = "un message XML interrompu ou mal formé" if start[:1] == b"<" else "du texte"
        return f"{kind} ({status})"
    namespace = etree.QName(reponse.racine).namespace
    if local_name(reponse.racine) == "Envelope" and namespace != ENVELOPE:
        return f"une enveloppe d'une autre version de SOAP ({namespace})"
    if local_name(reponse.racine) == "Envelope":
        return "une enveloppe sans message"
    return f"un document XML qui n'est pas du SOAP, {local_name(reponse.racine)} ({status})"


@TRANSPORT.documented(
    "le statut HTTP est 200 pour une réponse, 500 pour une faute", "SOAP 1.1 §6.2, WS-I BP"
)
def statut_http(reponse: ReponseJugee) -> Iterator[str]:
    wanted = 500 if reponse.fautive else 200
    if reponse.enveloppe is not None and reponse.appel.statut_http != wanted:
        what = "une faute" if reponse.fautive else "une réponse"
        yield f"{what} avec le statut HTTP {reponse.appel.statut_http}"


@TRANSPORT.documented(
    "le type de contenu est text/xml, dans l'encodage du document", "SOAP 1.1 §6 ; RFC 7303"
)
def type_de_contenu(reponse: ReponseJugee) -> Iterator[str]:
    content_type = reponse.appel.type_contenu
    if content_type is None:
        return
    if content_type.partition(";")[0].strip().lower() != "text/xml":
        yield f"type de contenu « {content_type} »" if content_type else "aucun type de contenu"
    encodings = _encodings(reponse)
    if len(set(encodings)) > 1:
        yield f"encodage « {encodings[0]} » annoncé, « {encodings[1]} » dans le document"


def _encodings(reponse: ReponseJugee) -> list[str]:
    """Return the encodings that the header and the document declare, as they are compared."""
    named = _CHARSET.search(reponse.appel.type_contenu or "")
    declared = _DECLARED.match(reponse.appel.recu)
    found = [named and named[1], declared and declared[1].decode()]
    return [each.lower().replace("utf8", "utf-8") for each in found if each]


@TRANSPORT.assumed("la réponse est en UTF-8", "ce qui a toujours été vu")
def encodage_habituel(reponse: ReponseJugee) -> Iterator[str]:
    """Another encoding is lawful, and may trip a client."""
    yield from (f"« {each} »" for each in dict.fromkeys(_encodings(reponse)) if each != "utf-8")


CONTRAT: Final = Controles()
"""Made of an envelope: what follows supposes that they hold."""


@CONTRAT.documented("la réponse est celle du contrat, jusqu'à chaque valeur", "WSDL du service")
def message_du_contrat(reponse: ReponseJugee) -> Iterator[str]:
    if reponse.fautive:
        return
    corps = reponse.corps
    if corps.tag != reponse.contrat.response:
        yield _other_element(corps.tag, reponse.contrat.response)
        return
    yield from french_mistakes(reponse.contrat, corps)


@CONTRAT.documented("l'en-tête SOAP est celui du contrat", "WSDL du service")
def entete_du_contrat(reponse: ReponseJugee) -> Iterator[str]:
    """The header holds what the contract declares, once; what else needs no understanding."""
    wanted = reponse.contrat.response_header
    own = [each for each in reponse.entetes if not _is_foreign(reponse, each)]
    for each in own:
        if wanted is None:
            yield f"{local_name(each)} dans l'en-tête, où le contrat ne déclare rien"
        elif each.tag != wanted:
            yield _other_element(each.tag, wanted)
        else:
            yield from french_mistakes(reponse.contrat, each)
    if len(own) > 1:
        yield f"{len(own)} éléments dans l'en-tête"


def _is_foreign(reponse: ReponseJugee, element: etree._Element) -> bool:
    """Whether an element of the header is another namespace's, and may be ignored."""
    wanted, name = reponse.contrat.response_header, etree.QName(element)
    same = wanted is not None and name.localname == etree.QName(wanted).localname
    must = element.get(f"{{{ENVELOPE}}}mustUnderstand") in ("1", "true")
    return name.namespace is not None and not same and not must


@CONTRAT.assumed(
    "l'en-tête SOAP n'a rien que le contrat ne connaisse",
    "un élément d'un autre espace de noms peut être ignoré",
)
def entete_etranger(reponse: ReponseJugee) -> Iterator[str]:
    """A foreign element that nobody has to understand is looked at."""
    yield from (local_name(each) for each in reponse.entetes if _is_foreign(reponse, each))


def _other_element(found: str, wanted: str) -> str:
    has, should = etree.QName(found), etree.QName(wanted)
    if has.localname == should.localname:
        return f"{has.localname} dans l'espace de noms « {has.namespace or 'aucun'} »"
    return f"{has.localname} à la place de {should.localname}"


_BARE: Final = (Usage.FAUTE_SANS_CODE,)
_ORDER: Final = ["faultcode", "faultstring", "detail"]


FAULTS: Final = Controles()


@FAULTS.documented(
    "la faute a faultcode, faultstring et detail", "SOAP 1.1 §4.4 ; WS-I BP", leve_par=_BARE
)
def faute_soap(reponse: ReponseJugee) -> Iterator[str]:
    names = [each.tag for each in reponse.corps]
    if names != _ORDER:
        parts = ", ".join(local_name(each) for each in reponse.corps) or "rien"
        same = [local_name(each) for each in reponse.corps] == _ORDER
        yield "les parties de la faute sont qualifiées" if same else f"la faute contient {parts}"
    yield from _stray_text(reponse.corps, *reponse.corps.iterfind("detail"))


@FAULTS.documented("le faultcode est soap:Server", "GUI 0488 §4.3 ; GUI 0531 §6", leve_par=_BARE)
def faultcode(reponse: ReponseJugee) -> Iterator[str]:
    element = reponse.corps.find("faultcode")
    if element is None:
        return
    prefix, _, name = (element.text or "").strip().rpartition(":")
    if name != "Server" or element.nsmap.get(prefix or None) != ENVELOPE:
        yield f"faultcode « {(element.text or '').strip()} »"


@FAULTS.documented("le detail porte l'erreur du contrat", "WSDL du service", leve_par=_BARE)
def erreur_du_contrat(reponse: ReponseJugee) -> Iterator[str]:
    detail = reponse.corps.find("detail")
    if detail is None:
        return
    if len(detail) != 1:
        yield f"le detail contient {counted(len(detail), 'élément')}"
    for each in detail:
        if each.tag != reponse.contrat.fault:
            yield _other_element(each.tag, reponse.contrat.fault)
            continue
        code = code_of(reponse.erreur, "resultat")
        known = code in reponse.service.codes  # SGT4F10 is longer than the schema's
        for mistake in french_mistakes(reponse.contrat, each):
            if not (known and mistake.startswith("resultat, attribut code ")):
                yield mistake


def _is_certain(reponse: ReponseJugee, code: str) -> bool:
    """Whether the label is official: the annex's, and not one that the catalogue has assumed."""
    attendu = None if reponse.cas is None else reponse.cas.attendu
    assumed = attendu is not None and attendu.code == code and not attendu.libelle_certain
    return code not in reponse.service.libelles and not assumed


@FAULTS.documented("le libellé est celui du code", "AX.0466", leve_par=_BARE)
def libelle_officiel(reponse: ReponseJugee) -> Iterator[str]:
    return _other_libelle(reponse, certain=True)


@FAULTS.assumed("le libellé est celui du code", "libellé qu'aucune annexe publique ne donne")
def libelle_suppose(reponse: ReponseJugee) -> Iterator[str]:
    return _other_libelle(reponse, certain=False)


def _other_libelle(reponse: ReponseJugee, *, certain: bool) -> Iterator[str]:
    code, libelle = code_of(reponse.erreur, "resultat"), text_of(reponse.erreur, "resultat") or ""
    if not code or _is_certain(reponse, code) is not certain:
        return
    own = reponse.plateforme.libelles.get(code) or reponse.service.libelles.get(code)
    wanted = list(filter(None, (own, LIBELLES_CODES.get(code))))
    if not wanted:
        yield f"{code} n'est pas un code de SGE"
    elif not any(same_libelle(libelle, each) for each in wanted):
        yield f"{code} « {libelle} » au lieu de « {wanted[0]} »"


@FAULTS.documented(
    "le faultstring est celui du service, ou le libellé du code",
    "GUI 0468 §3.2.2.2, GUI 0488 §4.3, GUI 0498, GUI 0502 §4.5, GUI 0531 §6",
    leve_par=_BARE,
)
def faultstring(reponse: ReponseJugee) -> Iterator[str]:
    found = (reponse.corps.findtext("faultstring") or "").strip()
    own = reponse.service.faultstring
    wanted = own or text_of(reponse.erreur, "resultat")
    if wanted is None or (found == own if own else same_libelle(found, wanted)):
        return
    yield f"faultstring « {found} » au lieu de « {wanted} »"


@FAULTS.documented("la faute ne nomme que le point demandé", "GUI 0468 §3.2.2.2")
def point_de_la_faute(reponse: ReponseJugee) -> Iterator[str]:
    found = texts_of(reponse.erreur, "infoFonctionnelles/pointId")
    return others(found, reponse.prms, "la faute nomme le point {}")


@FAULTS.documented("la faute ne nomme que le login de la demande", "GUI 0468 §3.2.2.2")
def login_de_la_faute(reponse: ReponseJugee) -> Iterator[str]:
    found = texts_of(reponse.erreur, "infoDemandeur/loginDemandeur")
    return others(found, {reponse.login}, "la faute porte le login {}")


@FAULTS.documented("un refus n'ouvre aucune affaire", "GUI 0466 §2.5")
def sans_affaire(reponse: ReponseJugee) -> Iterator[str]:
    found = texts_of(reponse.erreur, "infoFonctionnelles/affaireId")
    asked = reponse.demandes("affaireId", "affaireLieeId")
    return others(found, asked, "la faute porte l'affaire {}")
