"""Observed campaigns: the findings on an actor's own calls, case by case."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, Text, cast, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from sge_sim.tables.base import Base, Instant, RowId, matching


class Campaign(Base):
    """A campaign that watches the calls of one actor, from `debut` to `fin` (None: still open).

    `certificat` (its fingerprint), `login` and `logiciel` (the beginning of the User-Agent), where
    they are given, tell the client that it watches from the actor's others. `dernier_echange` is
    the last exchange of the journal that was looked at.
    """

    __tablename__ = "campaign"

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    acteur_code: Mapped[str] = mapped_column(ForeignKey("acteur.code"), index=True)
    release: Mapped[str] = mapped_column(String(20))
    certificat: Mapped[str | None] = mapped_column(String(64))
    login: Mapped[str | None]
    logiciel: Mapped[str | None] = mapped_column(String(200))
    debut: Mapped[datetime] = mapped_column(Instant)
    fin: Mapped[datetime | None] = mapped_column(Instant)
    dernier_echange: Mapped[int] = mapped_column(RowId)

    observations: Mapped[list["CampaignObservation"]] = relationship(
        order_by="CampaignObservation.echange_id"
    )


class CampaignObservation(Base):
    """The finding of the homologation on one exchange.

    The exchange isn't a foreign key: the journal forgets, a campaign doesn't.
    """

    __tablename__ = "campaign_observation"

    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"), primary_key=True)
    echange_id: Mapped[int] = mapped_column(RowId, primary_key=True, autoincrement=False)
    contenu: Mapped[dict[str, Any]] = mapped_column(JSON)


def last_observed(session: Session) -> int:
    """Return the greatest identifier of an exchange that a campaign remembers, 0 if none does."""
    return session.scalar(select(func.max(Campaign.dernier_echange))) or 0


def find_campaigns(session: Session, *, acteur: str | None = None) -> list[Campaign]:
    """Return the campaigns, the newest first."""
    query = select(Campaign).where(*matching((Campaign.acteur_code, acteur)))
    return list(session.scalars(query.order_by(Campaign.id.desc())))


def contents_of(session: Session, campaign_id: int) -> list[str]:
    """Return the findings of a campaign as JSON, by exchange: a campaign may have thousands."""
    return list(
        session.scalars(
            select(cast(CampaignObservation.contenu, Text))
            .where(CampaignObservation.campaign_id == campaign_id)
            .order_by(CampaignObservation.echange_id)
        )
    )


def observations_of(session: Session, echange_id: int) -> list[CampaignObservation]:
    """Return the findings of campaigns on an exchange, the newest campaign first."""
    return list(
        session.scalars(
            select(CampaignObservation)
            .where(CampaignObservation.echange_id == echange_id)
            .order_by(CampaignObservation.campaign_id.desc())
        )
    )
