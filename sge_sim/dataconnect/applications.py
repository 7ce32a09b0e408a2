"""The applications of Data Connect: made, changed and deleted, from wherever that is asked."""

import re
from collections.abc import Sequence
from typing import Final
from urllib.parse import urlsplit

from sqlalchemy.orm import Session

from sge_sim.domaine.nomenclatures import ModeApplication
from sge_sim.domaine.plateformes import LOCAL_HOSTS
from sge_sim.errors import UsageError, require_found
from sge_sim.machine import monde
from sge_sim.tables.acteurs import default_acteur, get_acteur
from sge_sim.tables.dataconnect import APIS, Application, default_application
from sge_sim.tables.entreprises import TITRES, CompteEntreprise

REDIRECT_PAR_DEFAUT: Final = "http://localhost:8000/retour"
"""Where a customer is sent back by the default applications, until it is changed."""

_NOM = re.compile(r"[A-Za-z0-9À-ÖØ-öø-ÿ _-]{1,38}")
_NOMS: Final[dict[ModeApplication, str]] = {
    "production": "Application de test",
    "bac_a_sable": "Application de test bac a sable",
}


def create_application(
    session: Session,
    *,
    nom: str,
    acteur_code: str,
    mode: ModeApplication,
    redirect_uri: str = "",
    apis: Sequence[str] | None = None,
) -> Application:
    """Register an application, with an identifier and a secret of its own; all APIs by default.

    One of a company that has an account has its interfaces, and no address to return to.

    Raises `UsageError` for a name that the consent page may not show (38 letters, digits, spaces,
    `-` and `_`, neither « Enedis » nor « Linky »: mail to an integrator, 2026), an actor that
    isn't known, an address that isn't one, an API that doesn't exist.
    """
    get_acteur(session, acteur_code)
    company = session.get(CompteEntreprise, acteur_code) is not None
    known = [*TITRES, *(api for api in APIS if APIS[api] == "2026")] if company else [*APIS]
    application = Application(
        client_id=monde.urandom(16).hex(),
        secret=monde.token(32),
        nom=_checked_name(nom),
        acteur_code=acteur_code,
        mode=mode,
        redirect_uri="" if company else _checked_address(redirect_uri),
        apis=_checked_apis(known if apis is None else apis),
        par_defaut=False,
    )
    session.add(application)
    session.flush()
    return application


def change_application(
    session: Session,
    client_id: str,
    *,
    nom: str | None = None,
    redirect_uri: str | None = None,
    apis: Sequence[str] | None = None,
) -> Application:
    """Change an application; what is None stays. Raises `UsageError` as `create_application`, and
    where nothing changes."""
    application = get_application(session, client_id)
    if (nom, redirect_uri, apis) == (None, None, None):
        raise UsageError("rien à modifier : donner un nom, une adresse de retour ou des API.")
    if nom is not None:
        application.nom = _checked_name(nom)
    if redirect_uri is not None:
        application.redirect_uri = _checked_address(redirect_uri)
    if apis is not None:
        application.apis = _checked_apis(apis)
    return application


def get_application(session: Session, client_id: str) -> Application:
    """Return an application; raises `UsageError` when there is no such one."""
    return require_found(
        session.get(Application, client_id),
        f"aucune application n'a l'identifiant « {client_id} » : sge-sim applications list.",
        client_id,
    )


def ensure_default_applications(session: Session) -> dict[ModeApplication, Application]:
    """Return the default application of each mode, made at the first start."""
    return {mode: _ensure(session, mode) for mode in _NOMS}


def _ensure(session: Session, mode: ModeApplication) -> Application:
    found = default_application(session, mode)
    if found is None:
        found = create_application(
            session,
            nom=_NOMS[mode],
            acteur_code=default_acteur(session, "tiers").code,
            mode=mode,
            redirect_uri=REDIRECT_PAR_DEFAUT,
        )
        found.par_defaut = True
    return found


def _checked_name(nom: str) -> str:
    if _NOM.fullmatch(nom) is None or re.search("enedis|linky", nom, re.IGNORECASE):
        raise UsageError(
            f"« {nom} » n'est pas un nom d'application : 38 lettres, chiffres, espaces, - ou _ au "
            "plus, sans « Enedis » ni « Linky »."
        )
    return nom


def _checked_address(address: str) -> str:
    """Return an address of return: HTTPS, HTTP on this machine, or an application's own scheme."""
    try:
        parts = urlsplit(address)
        local = parts.hostname in LOCAL_HOSTS
    except ValueError:
        parts, local = urlsplit(""), False
    web = parts.scheme == "https" or (parts.scheme == "http" and local)
    own = re.fullmatch(r"[a-z][a-z0-9+-]*(\.[a-z0-9+-]+)+", parts.scheme) is not None
    plain = address.isascii() and address.isprintable() and not re.search(r"[\s;'\"<>]", address)
    # What stands before an @ is shown to the customer as the host, and is none.
    plain = plain and "@" not in parts.netloc
    if not plain or parts.fragment or not ((web and parts.netloc) or own):
        raise UsageError(
            f"« {address} » n'est pas une adresse de retour : https://…, ou http://localhost… "
            "pour des essais."
        )
    return address


def _checked_apis(apis: Sequence[str]) -> list[str]:
    known = (*APIS, *TITRES)
    unknown = [api for api in apis if api not in known]
    if unknown:
        raise UsageError(f"API inconnue : {', '.join(unknown)} ; il y a {', '.join(known)}.")
    return list(dict.fromkeys(apis))
