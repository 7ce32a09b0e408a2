"""The gates: what may close the door to a request whose certificate is accepted, and its rules.

The codes of the rules are the HTTP statuses that they refuse with, or the return code where a
message of SOAP is answered. Those of certificates are in `sge_sim.pki`.
"""

import base64
from typing import Final, Protocol

from sge_sim.domaine.plateformes import closed_sentence, is_open, next_opening, seconds_until
from sge_sim.facts.database import Database
from sge_sim.facts.lecture import read_login
from sge_sim.machine.once import computed_once
from sge_sim.referentiel.passwords import password_matches
from sge_sim.refus import Refus, Rule
from sge_sim.soap.exchange import Exchange

SERVICE: Final = "Porte"
"""What completes the names of these rules, and of those of certificates."""


def _rule(name: str, code: str, source: str, remede: str) -> Rule:
    """Return a rule of the door: what the platform does there isn't published."""
    return Rule(name, code, source, "assumed", remede)


PLATEFORME_OUVERTE: Final = _rule(
    "plateforme_ouverte",
    "503",
    "FAQ : heures des séances d'homologation ; ce que répond une plateforme fermée est supposé",
    "un appel pendant les heures d'ouverture",
)
UTILISATEUR_AUTHENTIFIE: Final = _rule(
    "utilisateur_authentifie",
    "401",
    "RFC 7617 ; ce que la plateforme en vérifie n'est pas publié",
    "le login d'un utilisateur de l'acteur et le mot de passe donné par « sge-sim acteurs "
    "mot-de-passe »",
)
CHEMIN_SERVI: Final = _rule(
    "chemin_servi", "404", "RFC 9110 §15.5.5", "le chemin d'un service qui est servi ce jour-là"
)
METHODE_ADMISE: Final = _rule(
    "methode_admise",
    "405",
    "SOAP 1.1 §6 ; RFC 9110 §15.5.6",
    "une demande par POST, ou GET …?wsdl pour le contrat",
)
CONTENU_ADMIS: Final = _rule(
    "contenu_admis",
    "415",
    "SOAP 1.1 §6 ; RFC 9110 §15.5.16",
    "Content-Type text/xml, et une enveloppe SOAP 1.1",
)
CORPS_SANS_CODAGE: Final = _rule(
    "corps_sans_codage",
    "415",
    "RFC 9110 §8.4 et §15.5.16 ; ce que fait SGE n'est pas publié",
    "le corps tel quel, sans Content-Encoding",
)
UN_APPEL_PAR_SECONDE: Final = _rule(
    "un_appel_par_seconde",
    "429",
    "les clients s'en tiennent à un appel ; ce que SGE répond au-delà n'est pas publié",
    "un appel par seconde et par service",
)
PLAFOND_DU_SERVICE: Final = _rule(
    "plafond_du_service",
    "SGT506",
    "le guide du service donne le plafond ; code supposé",
    "une demande dans une autre seconde",
)
SERVICE_SERVI: Final = _rule(
    "service_servi",
    "SGT506",
    "planning d'Enedis des générations ; code supposé",
    "un service qui est servi ce jour-là",
)


_CHALLENGE = {"WWW-Authenticate": 'Basic realm="SGE", charset="UTF-8"'}

_PASSWORD_MAX = 1024


class Gate(Protocol):
    """One reason to turn a request away."""

    def __call__(self, exchange: Exchange, acteur: str) -> None:
        """Let the request of `acteur` (a code) through; raises `Refus`, whose `champs` are the
        headers of the answer."""


def opening_hours(exchange: Exchange, acteur: str) -> None:
    """Keep the hours of the homologation platform, at the simulated instant of the call."""
    now = exchange.instant
    if not is_open(now):
        wait = str(seconds_until(now, next_opening(now)))
        constat = closed_sentence(now, simulated=True).removesuffix(".")
        raise Refus(PLATEFORME_OUVERTE, constat, **{"Retry-After": wait})


class BasicAuthentication:
    """HTTP Basic: the login of a user of the actor, and its password.

    Clients of SGE may send it beside their certificate; whether the platform holds it against
    anything isn't published (assumed: it doesn't, hence the setting).
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        # scrypt is slow on purpose (some 50 ms) and a client sends its password with every call.
        self._matches = computed_once(1024)(password_matches)

    def __call__(self, exchange: Exchange, acteur: str) -> None:
        reason = self._reason(exchange.request.headers.get("authorization", ""), acteur)
        if reason is not None:
            constat = f"Authentification HTTP Basic refusée : {reason}"
            raise Refus(UTILISATEUR_AUTHENTIFIE, constat, **_CHALLENGE)

    def _reason(self, authorization: str, acteur: str) -> str | None:
        """Return why `authorization` doesn't prove a user of `acteur`, or None."""
        credentials = _credentials(authorization)
        if credentials is None:
            return "aucun login lisible dans l'en-tête Authorization"
        login, password = credentials
        user = self._database.memoire.look().ask(read_login, login.lower())
        if user is None or not user.actif:
            return f"le login « {login} » n'est celui d'aucun utilisateur"
        if user.acteur_code != acteur:
            return f"le login « {login} » est d'un autre acteur que le certificat ({acteur})"
        if user.mot_de_passe is None:
            return f"aucun mot de passe n'a été donné au login « {login} »"
        # What is kept of passwords seen is bounded in bytes as well.
        if len(password) > _PASSWORD_MAX or not self._matches(password, user.mot_de_passe):
            return f"le mot de passe du login « {login} » est faux"
        return None


def _credentials(authorization: str) -> tuple[str, str] | None:
    """Return the login and the password of an Authorization header (RFC 7617)."""
    scheme, _, encoded = authorization.partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        text = base64.b64decode(encoded.strip(), validate=True).decode("utf-8")
    except ValueError:  # not ASCII, not base64 (binascii.Error) or not UTF-8
        return None
    login, separator, password = text.partition(":")
    return (login, password) if separator and text.isprintable() else None
