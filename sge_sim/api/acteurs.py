"""Actors and their certificates as the administration shows them."""

from datetime import date, datetime
from typing import Self

from pydantic import Field, PrivateAttr
from sqlalchemy.orm import Session

from sge_sim.api.views import View
from sge_sim.clock import legal_date, machine_now
from sge_sim.domaine.jours_ouvres import working_days_between
from sge_sim.domaine.nomenclatures import (
    ENVIRONMENTS,
    PACKAGES,
    Environment,
    KindActeur,
    TypeContrat,
)
from sge_sim.pki.deadlines import in_legal_time, renewal_deadline, rotation_warning
from sge_sim.tables.acteurs import Acteur, Certificat, all_acteurs, registered_certificats


class UtilisateurView(View):
    """A user of an actor."""

    login: str
    services: list[str] | None = Field(description="Services permis ; tous si null")
    actif: bool
    mot_de_passe: bool = Field(description="Un mot de passe HTTP Basic lui a été donné")


class ContratView(View):
    """A contract; `date_fin` is its last day."""

    contrat_id: str
    type: TypeContrat
    date_debut: date
    date_fin: date | None


class CertificatView(View):
    """A registered certificate; what is said of its end holds at the machine's time."""

    acteur: str
    environnement: Environment
    sujet: str
    empreinte: str = Field(description="SHA-256, hexadécimal")
    fin: datetime
    a_deposer_avant: date | None = Field(
        description="Dernier jour pour déposer le suivant ; en production seulement"
    )
    avertissement: str | None
    _phrase: str = PrivateAttr("")

    @classmethod
    def of(cls, certificat: Certificat, now: datetime) -> Self:
        """Return the view of a row at `now` (machine time, aware)."""
        end = in_legal_time(certificat.not_after)
        rotates = certificat.environnement == "production"
        return cls(
            acteur=certificat.acteur_code,
            environnement=certificat.environnement,
            sujet=certificat.subject,
            empreinte=certificat.fingerprint,
            fin=end,
            a_deposer_avant=renewal_deadline(end.date()) if rotates else None,
            avertissement=rotation_warning(end, now, by_ticket=rotates),
        )

    def said(self, phrase: str) -> Self:
        """Return it with the sentence of its registration."""
        self._phrase = phrase
        return self

    @property
    def phrase(self) -> str:
        """The sentence of its registration."""
        return self._phrase

    @property
    def jours_restants(self) -> int:
        """Working days that are left to hand the next one in, where that is asked for."""
        assert self.a_deposer_avant is not None
        return working_days_between(legal_date(machine_now()), self.a_deposer_avant)


class ActeurView(View):
    """An actor and what belongs to it."""

    code: str
    nom: str
    kind: KindActeur
    par_defaut: bool
    habilitations: dict[Environment, list[str]]
    utilisateurs: list[UtilisateurView]
    contrats: list[ContratView]
    certificats: list[CertificatView]

    @classmethod
    def of(cls, acteur: Acteur, certificats: list[CertificatView]) -> Self:
        """Return the view of a row; `certificats` are those of all actors."""
        held = {(each.environnement, each.package) for each in acteur.habilitations}
        return cls.from_row(
            acteur,
            habilitations={
                env: [package for package in PACKAGES if (env, package) in held]
                for env in ENVIRONMENTS
            },
            utilisateurs=[
                UtilisateurView.from_row(
                    utilisateur, mot_de_passe=utilisateur.mot_de_passe is not None
                )
                for utilisateur in acteur.utilisateurs
            ],
            contrats=[ContratView.from_row(contrat) for contrat in acteur.contrats],
            certificats=[view for view in certificats if view.acteur == acteur.code],
        )


def view_certificats(
    session: Session, now: datetime, environnement: Environment | None = None
) -> list[CertificatView]:
    """Return the registered certificates, those that end first at the head."""
    found = registered_certificats(session, environnement)
    return [CertificatView.of(row, now) for row in found]


def view_acteurs(session: Session, now: datetime) -> list[ActeurView]:
    """Return every actor; `now` is the machine's time."""
    certificats = view_certificats(session, now)
    return [ActeurView.of(acteur, certificats) for acteur in all_acteurs(session)]
