"""Who calls: actors, their users, contracts, authorisations and certificates."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import JSON, ForeignKey, String, Text, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from sge_sim.domaine.nomenclatures import Environment, KindActeur
from sge_sim.errors import UnknownError, require_found
from sge_sim.tables.acteur_facts import ContratColumns
from sge_sim.tables.base import Base, Instant, matching


class Acteur(Base):
    """A market actor. One of each kind is `par_defaut`: the one a newcomer plays.

    `apport_id`: what brings it in, as long as that goes on and nobody sees it.
    """

    __tablename__ = "acteur"

    code: Mapped[str] = mapped_column(String(20), primary_key=True)
    nom: Mapped[str]
    kind: Mapped[KindActeur] = mapped_column(String(11))
    par_defaut: Mapped[bool] = mapped_column(default=False)
    apport_id: Mapped[int | None] = mapped_column(ForeignKey("apport.id"), index=True)

    utilisateurs: Mapped[list["Utilisateur"]] = relationship(
        back_populates="acteur", order_by="Utilisateur.login"
    )
    contrats: Mapped[list["Contrat"]] = relationship(
        back_populates="acteur", order_by="Contrat.contrat_id"
    )
    habilitations: Mapped[list["Habilitation"]] = relationship()

    def is_homologated(self, package: str, environnement: Environment) -> bool:
        """Tell whether the actor may call the services of `package` there."""
        return any(
            habilitation.package == package and habilitation.environnement == environnement
            for habilitation in self.habilitations
        )


class Utilisateur(Base):
    """A user of SGE, known by an e-mail kept in small letters.

    `services` are the names of those it may call; all of them when it is empty (None).
    `mot_de_passe` is the digest of its password (`sge_sim.referentiel.acteurs`), if it has one.
    """

    __tablename__ = "utilisateur"

    login: Mapped[str] = mapped_column(primary_key=True)
    acteur_code: Mapped[str] = mapped_column(ForeignKey("acteur.code"), index=True)
    services: Mapped[list[str] | None] = mapped_column(JSON(none_as_null=True))
    actif: Mapped[bool] = mapped_column(default=True)
    mot_de_passe: Mapped[str | None]

    acteur: Mapped[Acteur] = relationship(back_populates="utilisateurs")

    def may_call(self, service: str) -> bool:
        """Tell whether the user's own rights cover `service`."""
        return self.actif and (self.services is None or service in self.services)


class Contrat(ContratColumns, Base):
    """A contract, and its actor."""

    __tablename__ = "contrat"

    acteur: Mapped[Acteur] = relationship(back_populates="contrats")


class Habilitation(Base):
    """A package that the actor may call in one environment, having passed its homologation."""

    __tablename__ = "habilitation"

    acteur_code: Mapped[str] = mapped_column(ForeignKey("acteur.code"), primary_key=True)
    package: Mapped[str] = mapped_column(String(15), primary_key=True)
    environnement: Mapped[Environment] = mapped_column(String(12), primary_key=True)


class Certificat(Base):
    """A client certificate handed in by an actor for one environment.

    `fingerprint` is the SHA-256 of the certificate, 64 small hexadecimal digits.
    """

    __tablename__ = "certificat"

    fingerprint: Mapped[str] = mapped_column(String(64), primary_key=True)
    environnement: Mapped[Environment] = mapped_column(String(12), primary_key=True)
    acteur_code: Mapped[str] = mapped_column(ForeignKey("acteur.code"), index=True)
    subject: Mapped[str] = mapped_column(Text)
    not_after: Mapped[datetime] = mapped_column(Instant)
    pem: Mapped[str] = mapped_column(Text)


def find_acteur(session: Session, code: str) -> Acteur | None:
    """Return the actor of that code, if it is seen."""
    acteur = session.get(Acteur, code)
    return None if acteur is None or acteur.apport_id is not None else acteur


def get_acteur(session: Session, code: str) -> Acteur:
    """Return the actor of that code; raises `UsageError` when there is none."""
    acteur = find_acteur(session, code)
    if acteur is None:
        known = ", ".join(acteur.code for acteur in all_acteurs(session))
        raise UnknownError(
            f"L'acteur « {code} » n'existe pas : choisir parmi {known}, ou le créer.", code
        )
    return acteur


def default_acteur(session: Session, kind: KindActeur) -> Acteur:
    """Return the actor of `kind` that the data set marks as the default."""
    return session.scalars(select(Acteur).where(Acteur.kind == kind, Acteur.par_defaut)).one()


def find_utilisateur(session: Session, login: str) -> Utilisateur | None:
    """Return the user of that e-mail, whatever its capitals."""
    return session.get(Utilisateur, login.lower())


def get_utilisateur(session: Session, login: str) -> Utilisateur:
    """Return the user of that e-mail; raises `UsageError` when there is none."""
    found = find_utilisateur(session, login)
    return require_found(
        found, f"Le login « {login} » n'existe pas : sge-sim acteurs list les donne.", login
    )


def all_acteurs(session: Session) -> Sequence[Acteur]:
    """Return every actor that is seen, in the order of their codes."""
    seen = select(Acteur).where(Acteur.apport_id.is_(None))
    return session.scalars(seen.order_by(Acteur.code)).all()


def owners_among(
    session: Session, logins: Collection[str], contrats: Collection[str]
) -> dict[str, str]:
    """Return those of these logins and contracts that are there, with the actor whose they are."""
    found: dict[str, str] = {}
    for key, owner, values in (
        (Utilisateur.login, Utilisateur.acteur_code, logins),
        (Contrat.contrat_id, Contrat.acteur_code, contrats),
    ):
        for value, code in session.execute(select(key, owner).where(key.in_(values))):
            found[value] = code
    return found


def registered_certificats(
    session: Session, environnement: Environment | None = None
) -> Sequence[Certificat]:
    """Return the certificates handed in, by their end."""
    query = select(Certificat).where(*matching((Certificat.environnement, environnement)))
    return session.scalars(query.order_by(Certificat.not_after, Certificat.environnement)).all()


def find_contrat(session: Session, contrat_id: str) -> Contrat | None:
    """Return the contract of that number."""
    return session.get(Contrat, contrat_id)
