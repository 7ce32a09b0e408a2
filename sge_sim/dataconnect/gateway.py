"""The gateway before the APIs: the token, the subscription, the quotas; then the point asked for.

They are looked at in this order (WSO2's, assumed for Enedis'). What SGE doesn't know of the holder
of a point is invented from the name: numbers of telephone are of the ranges kept for fiction,
addresses of e-mail of `example.org`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import blake2b
from typing import Final

from sge_sim.dataconnect import sandbox
from sge_sim.dataconnect.exchange import PlannedStatus, RestBackend, RestExchange
from sge_sim.dataconnect.rest_rules import (
    API_NON_SOUSCRITE,
    NO_TOKEN,
    QUOTA_HEURE,
    QUOTA_SECONDE,
    TOKEN_REFUSED,
    RestRule,
)
from sge_sim.domaine.francais import normalise
from sge_sim.domaine.nomenclatures import MotifFin
from sge_sim.domaine.pannes import SORTES_APPEL, SORTES_SOAP, Panne
from sge_sim.door.pannes import STATUSES
from sge_sim.facts.lecture import read_dossier
from sge_sim.refus import Refus
from sge_sim.tables.clients import titulaire_de
from sge_sim.tables.comptages import Quota
from sge_sim.tables.dataconnect import APIS, read_application, read_consentements, read_revoked
from sge_sim.tables.point_facts import Dossier, PointFacts

PAR_SECONDE: Final = 5
PAR_HEURE_V5: Final = 10_000
"""Of an actor, all APIs of v5 together (FAQ)."""
PAR_HEURE_2026: Final = 1_000
"""Of an actor, for each API of 2026 (official page; per actor: assumed)."""

_SORTES: Final = tuple(sorte for sorte in SORTES_APPEL if sorte not in SORTES_SOAP)
_HEURE: Final = 3600
_MOIS: Final = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]


def let_in(backend: RestBackend, exchange: RestExchange, api: str) -> None:
    """Find the application of a call, and count the call; raises `Refus`.

    A panne that strikes it is kept in the exchange, or raises `PlannedStatus` where it
    comes in place of the answer.
    """
    _authenticate(backend, exchange)
    if api not in exchange.client.apis:
        raise Refus(API_NON_SOUSCRITE)
    if backend.settings.quotas:
        # A second of the machine, an hour of the simulated clock: by actor in v5, by API in 2026.
        v5, acteur = APIS[api] == "v5", exchange.client.acteur_code
        qui, par_heure = (
            (f"{acteur} v5", PAR_HEURE_V5) if v5 else (f"{acteur} {api}", PAR_HEURE_2026)
        )
        heure = int(exchange.now.timestamp()) // _HEURE
        of_hour = Quota(f"{qui} h", heure, par_heure)
        of_second = Quota(f"{qui} s", int(exchange.machine.timestamp()), PAR_SECONDE)
        exhausted = backend.counts.take((of_hour, of_second))
        if exhausted is not None:
            raise _beyond(exhausted, of_hour)
    plans = backend.guet.plans(exchange.vue, _SORTES, service=api, acteur=exchange.acteur_code)
    if plans:
        _strike(backend, exchange, plans)


def _strike(backend: RestBackend, exchange: RestExchange, plans: Sequence[Panne]) -> None:
    prm = exchange.call.prm
    exchange.atteinte = backend.guet.strike(
        tuple(panne for panne in plans if panne.prm in (None, prm))
    )
    if exchange.atteinte is None:
        return
    exchange.notes.append(exchange.atteinte.line)
    status = STATUSES.get(exchange.atteinte.panne.sorte)
    if status is not None:
        exchange.prm = prm
        raise PlannedStatus(status)


def _authenticate(backend: RestBackend, exchange: RestExchange) -> None:
    scheme, _, text = exchange.call.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not text.strip():
        raise Refus(NO_TOKEN)
    access_token = backend.tokens.read(text.strip())
    if access_token is None or access_token.fin <= exchange.now:
        raise Refus(TOKEN_REFUSED)
    application, revoque = exchange.vue.read(
        (read_application, access_token.client_id), (read_revoked, access_token.jti)
    )
    if application is None or revoque:
        raise Refus(TOKEN_REFUSED)
    exchange.client = exchange.application = application
    exchange.acteur_code = application.acteur_code


def _beyond(exhausted: Quota, of_hour: Quota) -> Refus:
    """Return the refusal of a call beyond a quota."""
    if exhausted is not of_hour:
        return Refus(QUOTA_SECONDE)
    until = _written(datetime.fromtimestamp((of_hour.fenetre + 1) * _HEURE, UTC))
    description = f"You have exceeded your quota .You can access API after {until}"
    return Refus(QUOTA_HEURE, description=description, nextAccessTime=until)


def _written(instant: datetime) -> str:
    """Return an instant as the gateway writes it.

    >>> _written(datetime(2026, 7, 22, 5, tzinfo=UTC))
    '2026-Jul-22 05:00:00+0000 UTC'
    """
    return f"{instant:%Y}-{_MOIS[instant.month - 1]}-{instant:%d %H:%M:%S}+0000 UTC"


DEPARTS: Final[frozenset[MotifFin]] = frozenset({"changement_titulaire", "resiliation"})
"""Why a consent ended whose giver holds the point no more."""


@dataclass(frozen=True)
class Refusals:
    """The reasons of one interface: the giver has left, no consent holds, SGE knows no point."""

    parti: RestRule
    sans_consentement: RestRule
    inconnu: RestRule


def read_point(exchange: RestExchange, prm: str, refusals: Refusals) -> Dossier:
    """Return what is known of a point that the application may read; raises `Refus`.

    In sandbox mode consent counts as given (FAQ), but for the customer who took it back at once.
    """
    exchange.prm = prm
    application = exchange.client
    if application.en_bac_a_sable:
        fictif = sandbox.POINTS.get(prm)
        if fictif is not None and fictif.retire:
            raise Refus(refusals.sans_consentement)
        dossier = sandbox.dossier_of(prm, exchange.now) or exchange.vue.ask(read_dossier, prm)
        if dossier is None:
            raise Refus(refusals.inconnu)
        return dossier
    given, dossier = exchange.vue.read(
        (read_consentements, application.client_id, prm), (read_dossier, prm)
    )
    now = exchange.now
    if not any(each.court and each.debut <= now < each.fin for each in given):
        left = bool(given) and given[-1].motif_fin in DEPARTS
        raise Refus(refusals.parti if left else refusals.sans_consentement)
    found: Dossier | None = dossier
    assert found is not None, "a foreign key holds it"
    return found


@dataclass(frozen=True)
class Titulaire:
    """The holder of a point: a natural person where `siret` is None.

    `civilite` is told without a full stop (seen in public fixtures).
    """

    numero: str
    nom: str
    prenom: str
    civilite: str
    siret: str | None
    email: str
    fixe: str
    mobile: str

    @property
    def line1(self) -> str:
        """The first line of an address: a person's begins with the title (same fixtures)."""
        if self.siret is not None:
            return self.nom
        return " ".join(filter(None, (self.civilite, self.nom, self.prenom)))


def titulaire_of(point: PointFacts) -> Titulaire:
    """Return the holder of a point."""
    entier = point.nom_client_final or "CLIENT INCONNU"
    digest = int.from_bytes(
        blake2b(titulaire_de(entier, point.code_insee).encode(), digest_size=8).digest()
    )
    nom, _, prenom = entier.partition(" ")
    morale = point.siret is not None
    local = normalise(entier).lower().replace(" ", ".")
    return Titulaire(
        numero=f"{1_000_000_000 + digest % 9_000_000_000}",
        nom=entier if morale else nom,
        prenom="" if morale else prenom,
        civilite="Mme" if digest % 2 else "M",
        siret=point.siret,
        email=f"{local}@example.org",
        fixe=f"019900{digest % 10_000:04d}",
        mobile=f"063998{digest // 10_000 % 10_000:04d}",
    )
