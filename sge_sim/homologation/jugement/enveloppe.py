"""What HTTP and SOAP say of any answer: status, type of content, envelope, contract."""

import re
from collections.abc import Iterator
from typing import Final

from lxml import etree

from sge_sim.homologation.jugement.controle import Verification, controle
from sge_sim.homologation.jugement.reponse import ReponseJugee, local_name
from sge_sim.homologation.jugement.schema import french_mistakes
from sge_sim.soap.contract import ENVELOPE

_UTF8: Final = re.compile(r"utf-?8", re.IGNORECASE)
_CHARSET: Final = re.compile(r"charset\s*=\s*[\"']?([\w.-]+)", re.IGNORECASE)
_DECLARED: Final = re.compile(rb"^<\?xml[^>]*encoding=[\"']([\w.-]+)")
_PARTS: Final = ([f"{{{ENVELOPE}}}Body"], [f"{{{ENVELOPE}}}Header", f"{{{ENVELOPE}}}Body"])


@controle(
    "le statut HTTP est 200 pour une réponse, 500 pour une faute", source="SOAP 1.1 §6.2, WS-I BP"
)
def statut_http(reponse: ReponseJugee) -> Iterator[str]:
    """An answer has the status 200, a fault 500."""
    wanted = 500 if reponse.fautive else 200
    if reponse.enveloppe is not None and reponse.statut != wanted:
        what = "une faute" if reponse.fautive else "une réponse"
        yield f"{what} avec le statut HTTP {reponse.statut}"


@controle("le type de contenu est text/xml, en UTF-8", source="SOAP 1.1 §6")
def type_de_contenu(reponse: ReponseJugee) -> Iterator[str]:
    """The content is text/xml, in UTF-8 if it tells its encoding."""
    content_type = reponse.type_contenu
    if content_type is None:
        return
    if content_type.partition(";")[0].strip().lower() != "text/xml":
        yield f"type de contenu « {content_type} »" if content_type else "aucun type de contenu"
    named = _CHARSET.search(content_type)
    if named is not None and not _UTF8.fullmatch(named[1]):
        yield f"encodage « {named[1]} » annoncé"
    declared = _DECLARED.match(reponse.octets)
    if declared is not None and not _UTF8.fullmatch(declared[1].decode()):
        yield f"encodage « {declared[1].decode()} » déclaré par le document"


@controle("la réponse est une enveloppe SOAP 1.1 avec un seul message", source="SOAP 1.1 §4")
def enveloppe_soap(reponse: ReponseJugee) -> Iterator[str]:
    """The answer is an envelope with one message in its body."""
    if reponse.enveloppe is None:
        yield described(reponse)
        return
    names = [each.tag for each in reponse.enveloppe]
    if names not in _PARTS:
        shown = ", ".join(map(local_name, reponse.enveloppe))
        yield f"l'enveloppe contient {shown}"
    body = reponse.enveloppe.find(f"{{{ENVELOPE}}}Body")
    if len(body) != 1:
        yield f"le corps contient {len(body)} éléments"
    for part in (reponse.enveloppe, *reponse.enveloppe):
        if (part.text or "").strip() or any((each.tail or "").strip() for each in part):
            yield f"du texte traîne dans {local_name(part)}"


def described(reponse: ReponseJugee) -> str:
    """Return what came instead of a SOAP message, in French."""
    start = reponse.octets.lstrip()[:200].lower()
    status = f"statut HTTP {reponse.statut}"
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


@controle("la réponse est celle du contrat, jusqu'à chaque valeur", source="WSDL du service")
def message_du_contrat(reponse: ReponseJugee) -> Iterator[str]:
    """The element of the body is the contract's response, valid against its schema."""
    if reponse.fautive:
        return
    corps = reponse.corps
    if corps.tag != reponse.contrat.response:
        yield _other_element(corps.tag, reponse.contrat.response)
        return
    yield from french_mistakes(reponse.contrat, corps)


@controle("l'en-tête SOAP est celui du contrat", source="WSDL du service")
def entete_du_contrat(reponse: ReponseJugee) -> Iterator[str]:
    """The header holds what the contract declares and nothing else."""
    wanted = reponse.contrat.response_header
    for each in reponse.entetes:
        if wanted is None:
            yield f"{local_name(each)} dans l'en-tête, où le contrat ne déclare rien"
        elif each.tag != wanted:
            yield _other_element(each.tag, wanted)
        else:
            yield from french_mistakes(reponse.contrat, each)
    if len(reponse.entetes) > 1:
        yield f"{len(reponse.entetes)} éléments dans l'en-tête"


def _other_element(found: str, wanted: str) -> str:
    has, should = etree.QName(found), etree.QName(wanted)
    if has.localname == should.localname:
        return f"{has.localname} dans l'espace de noms « {has.namespace or 'aucun'} »"
    return f"{has.localname} à la place de {should.localname}"


TRANSPORT: Final[tuple[Verification, ...]] = (enveloppe_soap, statut_http, type_de_contenu)
"""Made of anything that comes back."""
CONTRAT: Final[tuple[Verification, ...]] = (message_du_contrat, entete_du_contrat)
"""Made of an envelope: what follows supposes that they hold."""
