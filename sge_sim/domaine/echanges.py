"""The nature and the end of an exchange, in the words that every list of exchanges uses."""

from dataclasses import dataclass
from typing import Final, Literal

from sge_sim.domaine.nomenclatures import KindEchange
from sge_sim.domaine.pannes import panne_in

Issue = Literal["accepté", "refusé", "alerte TLS", "fichier"]

_NATURES: Final[dict[KindEchange, str]] = {
    "soap": "SOAP",
    "rest": "Data Connect",
    "http": "HTTP",
    "handshake": "négociation TLS",
    "flux": "fichier",
}
ASKED: Final = "Demande HTTP : "
"""Begins the line of a detail that says the method and the path of what wasn't SOAP."""

NOTED: Final = "Noté, non refusé : "
"""Begins the line of a detail that says what was seen, and refused nothing."""

VALIDATOR: Final = "Validateur XML : "
"""Begins the line of a detail that repeats what a library says, in English."""

ASKED_MOST: Final = 220
"""The characters that are kept of such a line."""

_OK: Final = 200
_REFUSED: Final = 400


def nature_of(
    kind: KindEchange,
    service: str | None,
    version: str | None,
    http_status: int | None,
    demande: str = "",
) -> str:
    """Return the name of the service called, or what kind of exchange it was without one.

    `demande` is the method and the path of what wasn't SOAP, where they are known.
    """
    if service is None:
        return demande or _NATURES[kind]
    named = f"{service} v{version}" if version else service
    return f"WSDL de {named}" if kind == "http" and http_status == _OK else named


def issue_of(
    kind: KindEchange, *, by_a_rule: bool, code: str | None, http_status: int | None
) -> Issue:
    """Return how an exchange ended; `by_a_rule` tells that a rule refused it."""
    if kind == "flux":
        return "fichier"
    if kind == "handshake":
        return "alerte TLS"
    refused = by_a_rule or (http_status or 0) >= _REFUSED or code not in (None, "SGT200")
    return "refusé" if refused else "accepté"


@dataclass(frozen=True, slots=True)
class Detail:
    """The lines of the detail of an exchange, sorted by kind.

    `demande` is the method and the path of what wasn't SOAP, `panne` the panne that struck,
    `notes` what was seen and refused nothing, `constats` the rest: what decided, first.
    """

    demande: str = ""
    panne: str = ""
    notes: tuple[str, ...] = ()
    constats: tuple[str, ...] = ()


def read_detail(detail: str | None) -> Detail:
    """Return the lines of a detail, sorted by kind, without the words of a library.

    >>> read_detail("Demande HTTP : GET /Rien\\nNoté, non refusé : deux appels.")
    Detail(demande='GET /Rien', panne='', notes=('deux appels.',), constats=())
    """
    lines = (detail or "").splitlines()
    panne = panne_in(detail)[1]
    apart = (ASKED, NOTED, VALIDATOR)
    return Detail(
        next((line.removeprefix(ASKED) for line in lines if line.startswith(ASKED)), ""),
        panne,
        tuple(line.removeprefix(NOTED) for line in lines if line.startswith(NOTED)),
        tuple(line for line in lines if line != panne and not line.startswith(apart)),
    )


def without_words(detail: str | None) -> tuple[str | None, str | None]:
    """Return a detail without the words of a library, and these."""
    lines = (detail or "").splitlines()
    words = [each for each in lines if each.startswith(VALIDATOR)]
    kept = "\n".join(each for each in lines if each not in words)
    return kept or None, "\n".join(words).removeprefix(VALIDATOR) or None


def malformation(code: str | None, detail: str | None) -> str:
    """Return what a message that SGT562 refused has wrong, in French, empty for any other."""
    return next(iter(read_detail(detail).constats), "") if code == "SGT562" else ""


def why_ended(issue: Issue, detail: Detail, regle: tuple[str, str] | None) -> str:
    """Return why an exchange ended as it did, in a line; nothing for a call that was accepted.

    `regle` is the whole name of the rule that decided, and what it would have accepted.
    """
    if regle is not None:
        return " : aurait été accepté : ".join(regle)
    if issue == "accepté":
        return ""
    return next(iter((*filter(None, (detail.panne,)), *detail.constats)), "")
