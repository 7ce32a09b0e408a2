"""What can be done on Datahub by giving a few fields: what the forms of its page ask for."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, Final

from sqlalchemy.orm import Session

from sge_sim.admin.routes.forms import Form
from sge_sim.clock import legal_date, machine_now
from sge_sim.datahub import contrats, portail, spice
from sge_sim.domaine.nomenclatures import AlgorithmeFlux, ModeApplication, TypeCanal
from sge_sim.errors import UnknownError
from sge_sim.tables.datahub import AnnexeSi, ProfilDatahub, RoleDatahub


@dataclass(frozen=True)
class Acte:
    """An act: its fields, those that may be left out in brackets, and what does it.

    That takes the session, their values in this order (None for what is left out), and the
    simulated instant where the act is `dated`.
    """

    champs: tuple[str, ...]
    do: Callable[..., object]
    dated: bool = False


def do_act(session: Session, action: str, form: Form, now: datetime) -> None:
    """Do what an action asks for; raises `Refus` where who asks may not, `UsageError` for what
    means nothing."""
    acte = ACTES.get(action)
    if acte is None:
        raise UnknownError(
            f"Datahub n'a pas d'action « {action} » : choisir parmi {', '.join(ACTES)}.", action
        )
    values = (_value(form, champ) for champ in acte.champs)
    acte.do(session, *values, *([now] if acte.dated else []))


_KINDS: Final[Mapping[str, Any]] = {
    "role": RoleDatahub,
    "mode": ModeApplication,
    "type_canal": TypeCanal,
    "algorithme": AlgorithmeFlux,
}
_LISTS: Final = frozenset({"apis", "services"})


def _value(form: Form, champ: str) -> Any:
    name = champ.strip("[]")
    if name in _KINDS:
        return form.one_of(name, _KINDS[name])
    if name in _LISTS:
        return form.all(name) or None
    value = form.get(name)
    return value if name == champ else value or None


def _close(session: Session, ticket: str) -> None:
    known = ticket.isascii() and ticket.isdigit() and len(ticket) < 19
    spice.close_ticket(session, int(ticket) if known else 0, machine_now())


def _update_profil(session: Session, par: str, nom: str, *profil: str | None) -> None:
    kept = {name: value or "" for name, value in zip(_PROFIL, profil, strict=True)}
    portail.update_compte(session, par, par, nom, **kept)


def _name_habilitateur(session: Session, login: str, par: str | None) -> None:
    if par is None:
        spice.name_main_habilitateur(session, login)
    else:
        spice.name_habilitateur(session, par, login)


_PROFIL: Final = tuple(champ.name for champ in fields(ProfilDatahub))

ACTES: Final[Mapping[str, Acte]] = {
    "compte": Acte(("email", "nom", "acteur"), portail.create_compte),
    "contrat": Acte(
        ("numero", "email"),
        lambda session, numero, email, now: contrats.draft_contrat(
            session, numero, email, legal_date(now)
        ),
        dated=True,
    ),
    "representant": Acte(("numero", "email"), contrats.name_representant),
    "activer": Acte(("numero",), contrats.activate_contrat, dated=True),
    "clore": Acte(("ticket",), _close),
    "profil": Acte(("par", "nom", *(f"[{champ}]" for champ in _PROFIL)), _update_profil),
    "envoyer": Acte(("par", "numero"), contrats.send_for_signature, dated=True),
    "signer": Acte(("par", "numero"), contrats.sign_contrat, dated=True),
    "resilier": Acte(("par", "numero"), contrats.terminate_contrat, dated=True),
    "modifier": Acte(
        ("par", "numero", "[raison_sociale]", "[siret]"),
        lambda session, par, numero, raison_sociale, siret: contrats.update_contrat(
            session, par, numero, raison_sociale=raison_sociale, siret=siret
        ),
    ),
    "annexe": Acte(
        ("par", "numero", "type_canal", "algorithme", "[url]", "[cle]", "[iv]"),
        lambda session, par, numero, type_canal, algorithme, url, cle, iv: contrats.fill_annexe(
            session, par, numero, AnnexeSi(type_canal, url, algorithme, cle, iv)
        ),
    ),
    "ajouter": Acte(("par", "numero", "email", "role"), contrats.add_interlocuteur),
    "retirer": Acte(("par", "numero", "email", "role"), contrats.remove_interlocuteur),
    "application": Acte(
        ("par", "mode", "nom", "redirect_uri", "[apis]"),
        lambda session, par, mode, nom, redirect_uri, apis: portail.request_application(
            session, par, mode=mode, nom=nom, redirect_uri=redirect_uri, apis=apis or []
        ),
    ),
    "modifier_application": Acte(
        ("par", "client_id", "[nom]", "[redirect_uri]", "[apis]"),
        lambda session, par, client_id, nom, redirect_uri, apis: portail.update_application(
            session, par, client_id, nom=nom, redirect_uri=redirect_uri, apis=apis
        ),
    ),
    "retirer_application": Acte(("par", "client_id"), portail.remove_application),
    "habilitateur": Acte(("login", "[par]"), _name_habilitateur),
    "droits": Acte(("par", "login", "[services]"), spice.give_rights),
    "retirer_droits": Acte(("par", "login"), spice.remove_rights),
}
"""The acts by their names."""
