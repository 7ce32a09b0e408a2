"""What can be done on Datahub by giving a few fields: what the forms of its page ask for, and
`sge-sim datahub`."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, Final, cast, get_args

from sqlalchemy.orm import Session

from sge_sim.admin.routes.listes import Form
from sge_sim.clock import legal_date, machine_now
from sge_sim.datahub import contrats, portail, spice
from sge_sim.domaine.nomenclatures import AlgorithmeFlux, ModeApplication, TypeCanal
from sge_sim.errors import UnknownError, UsageError
from sge_sim.tables.datahub import AnnexeSi, ProfilDatahub, RoleDatahub


@dataclass(frozen=True)
class Acte:
    """An act: its fields, those that may be left out in brackets, and what does it."""

    champs: tuple[str, ...]
    do: Callable[[Session, Form, datetime], Any]

    @property
    def usage(self) -> str:
        """The fields as a command line has them."""
        return " ".join(
            f"[{champ[1:-1]}=…]" if champ.startswith("[") else f"{champ}=…" for champ in self.champs
        )


def do_act(session: Session, action: str, form: Form, now: datetime) -> None:
    """Do what an action asks for; raises `Refus` where who asks may not, `UsageError` for what
    means nothing."""
    acte = ACTES.get(action)
    if acte is None:
        raise UnknownError(
            f"Datahub n'a pas d'action « {action} » : choisir parmi {', '.join(ACTES)}.", action
        )
    acte.do(session, form, now)


def _one_of(form: Form, name: str, values: object) -> Any:
    value = form.get(name)
    if value not in get_args(values):
        raise UsageError(f"« {value} » ne convient pas pour {name}.")
    return value


def _role(form: Form) -> RoleDatahub:
    return cast(RoleDatahub, _one_of(form, "role", RoleDatahub))


def _annexe(form: Form) -> AnnexeSi:
    return AnnexeSi(
        type_canal=_one_of(form, "type_canal", TypeCanal),
        url=form.get("url") or None,
        algorithme=_one_of(form, "algorithme", AlgorithmeFlux),
        cle=form.get("cle") or None,
        iv=form.get("iv") or None,
    )


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0


def _name_habilitateur(session: Session, form: Form) -> Any:
    if form.get("par"):
        return spice.name_habilitateur(session, form.get("par"), form.get("login"))
    return spice.name_main_habilitateur(session, form.get("login"))


_PROFIL: Final = tuple(champ.name for champ in fields(ProfilDatahub))

ACTES: Final[Mapping[str, Acte]] = {
    "compte": Acte(
        ("email", "nom", "acteur"),
        lambda session, form, _now: portail.create_compte(
            session, form.get("email"), form.get("nom"), form.get("acteur")
        ),
    ),
    "contrat": Acte(
        ("numero", "email"),
        lambda session, form, now: contrats.draft_contrat(
            session, form.get("numero"), form.get("email"), legal_date(now)
        ),
    ),
    "representant": Acte(
        ("numero", "email"),
        lambda session, form, _now: contrats.name_representant(
            session, form.get("numero"), form.get("email")
        ),
    ),
    "activer": Acte(
        ("numero",),
        lambda session, form, now: contrats.activate_contrat(session, form.get("numero"), now),
    ),
    "clore": Acte(
        ("ticket",),
        lambda session, form, _now: spice.close_ticket(
            session, _number(form.get("ticket")), machine_now()
        ),
    ),
    "profil": Acte(
        ("par", "nom", *(f"[{champ}]" for champ in _PROFIL)),
        lambda session, form, _now: portail.update_compte(
            session,
            form.get("par"),
            form.get("par"),
            form.get("nom"),
            **{champ: form.get(champ) for champ in _PROFIL},
        ),
    ),
    "envoyer": Acte(
        ("par", "numero"),
        lambda session, form, now: contrats.send_for_signature(
            session, form.get("par"), form.get("numero"), now
        ),
    ),
    "signer": Acte(
        ("par", "numero"),
        lambda session, form, now: contrats.sign_contrat(
            session, form.get("par"), form.get("numero"), now
        ),
    ),
    "resilier": Acte(
        ("par", "numero"),
        lambda session, form, now: contrats.terminate_contrat(
            session, form.get("par"), form.get("numero"), now
        ),
    ),
    "modifier": Acte(
        ("par", "numero", "[raison_sociale]", "[siret]"),
        lambda session, form, _now: contrats.update_contrat(
            session,
            form.get("par"),
            form.get("numero"),
            raison_sociale=form.get("raison_sociale") or None,
            siret=form.get("siret") or None,
        ),
    ),
    "annexe": Acte(
        ("par", "numero", "type_canal", "algorithme", "[url]", "[cle]", "[iv]"),
        lambda session, form, _now: contrats.fill_annexe(
            session, form.get("par"), form.get("numero"), _annexe(form)
        ),
    ),
    "ajouter": Acte(
        ("par", "numero", "email", "role"),
        lambda session, form, _now: contrats.add_interlocuteur(
            session, form.get("par"), form.get("numero"), form.get("email"), _role(form)
        ),
    ),
    "retirer": Acte(
        ("par", "numero", "email", "role"),
        lambda session, form, _now: contrats.remove_interlocuteur(
            session, form.get("par"), form.get("numero"), form.get("email"), _role(form)
        ),
    ),
    "application": Acte(
        ("par", "mode", "nom", "redirect_uri", "[apis]"),
        lambda session, form, _now: portail.request_application(
            session,
            form.get("par"),
            mode=_one_of(form, "mode", ModeApplication),
            nom=form.get("nom"),
            redirect_uri=form.get("redirect_uri"),
            apis=form.all("apis"),
        ),
    ),
    "modifier_application": Acte(
        ("par", "client_id", "[nom]", "[redirect_uri]", "[apis]"),
        lambda session, form, _now: portail.update_application(
            session,
            form.get("par"),
            form.get("client_id"),
            nom=form.get("nom") or None,
            redirect_uri=form.get("redirect_uri") or None,
            apis=form.all("apis") or None,
            logo=None,
        ),
    ),
    "retirer_application": Acte(
        ("par", "client_id"),
        lambda session, form, _now: portail.remove_application(
            session, form.get("par"), form.get("client_id")
        ),
    ),
    "habilitateur": Acte(
        ("login", "[par]"), lambda session, form, _now: _name_habilitateur(session, form)
    ),
    "droits": Acte(
        ("par", "login", "[services]"),
        lambda session, form, _now: spice.give_rights(
            session, form.get("par"), form.get("login"), form.all("services") or None
        ),
    ),
    "retirer_droits": Acte(
        ("par", "login"),
        lambda session, form, _now: spice.remove_rights(
            session, form.get("par"), form.get("login")
        ),
    ),
}
"""The acts by their names."""
