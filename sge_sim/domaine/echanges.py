"""What an exchange was and how it ended, in the words that every list of exchanges uses."""

from typing import Final, Literal

from sge_sim.domaine.nomenclatures import KindEchange

Issue = Literal["accepté", "refusé", "alerte TLS", "fichier"]

_NATURES: Final[dict[KindEchange, str]] = {
    "soap": "SOAP",
    "rest": "Data Connect",
    "http": "HTTP",
    "handshake": "négociation TLS",
    "flux": "fichier",
}
_OK: Final = 200
_REFUSED: Final = 400


def nature_of(
    kind: KindEchange, service: str | None, version: str | None, http_status: int | None
) -> str:
    """Return what an exchange was: the service that was called, or what stands for it."""
    if service is None:
        return _NATURES[kind]
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
