"""The call that is measured."""

from datetime import date

PRM = "25478147557460"
PATH = "/ConsultationMesuresDetaillees/v3.0"
DEBUT, FIN = date(2025, 4, 1), date(2025, 4, 8)
NOW = "2025-08-01T10:00"
POINTS = 7 * 48


def request() -> bytes:
    """Return the message that asks for the curve."""
    return (
        '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>'
        "<c:consulterMesuresDetailleesV3 xmlns:c="
        '"http://www.enedis.fr/sge/b2b/services/consultationmesuresdetaillees/common"><demande>'
        f"<initiateurLogin>bench@exemple.fr</initiateurLogin><pointId>{PRM}</pointId>"
        "<mesuresTypeCode>COURBE</mesuresTypeCode><grandeurPhysique>PA</grandeurPhysique>"
        f"<dateDebut>{DEBUT}</dateDebut><dateFin>{FIN}</dateFin>"
        "<mesuresCorrigees>false</mesuresCorrigees><sens>SOUTIRAGE</sens>"
        "<cadreAcces>ACCORD_CLIENT</cadreAcces></demande></c:consulterMesuresDetailleesV3>"
        "</s:Body></s:Envelope>"
    ).encode()


def check(answer: bytes) -> None:
    """Make sure that what was measured is a whole curve."""
    assert answer.count(b"<points>") == POINTS, answer[:500]
