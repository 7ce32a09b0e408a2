"""The gateway before the APIs: the token, the subscription, the quotas.

They are looked at in this order (WSO2's, assumed for Enedis').
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

from sge_sim.dataconnect.echange import EchangeRest, FrappeRest, PlateformeRest
from sge_sim.dataconnect.motifs import (
    API_NON_SOUSCRITE,
    JETON_REFUSE,
    QUOTA_HEURE,
    QUOTA_SECONDE,
    SANS_JETON,
)
from sge_sim.domaine.pannes import SORTES_APPEL, SORTES_SOAP, Panne
from sge_sim.door.planned_faults import STATUSES
from sge_sim.refus import Refus
from sge_sim.tables.dataconnect import APIS, read_application
from sge_sim.tables.jetons import read_revoque
from sge_sim.tables.quotas import Quota

PAR_SECONDE: Final = 5
PAR_HEURE_V5: Final = 10_000
"""Of an actor, all APIs of v5 together (FAQ)."""
PAR_HEURE_2026: Final = 1_000
"""Of an actor, for each API of 2026 (official page; per actor: assumed)."""

_SORTES: Final = tuple(one for one in SORTES_APPEL if one not in SORTES_SOAP)
_HEURE: Final = 3600
_MOIS: Final = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]


def let_in(plateforme: PlateformeRest, echange: EchangeRest, api: str) -> None:
    """Find the application of a call, and count the call; raises `Refus`.

    A planned fault that strikes it is kept in the exchange, or raises `FrappeRest` where it comes
    in place of the answer.
    """
    _authenticate(plateforme, echange)
    if api not in echange.client.apis:
        raise Refus(API_NON_SOUSCRITE)
    if plateforme.settings.quotas:
        # A second of the machine, an hour of the simulated clock: by actor in v5, by API in 2026.
        v5, acteur = APIS[api] == "v5", echange.client.acteur_code
        qui, par_heure = (
            (f"{acteur} v5", PAR_HEURE_V5) if v5 else (f"{acteur} {api}", PAR_HEURE_2026)
        )
        heure = int(echange.now.timestamp()) // _HEURE
        of_hour = Quota(f"{qui} h", heure, par_heure)
        of_second = Quota(f"{qui} s", int(echange.machine.timestamp()), PAR_SECONDE)
        exhausted = plateforme.comptes.take((of_hour, of_second))
        if exhausted is not None:
            raise _beyond(exhausted, of_hour)
    plans = plateforme.guet.plans(echange.vue, _SORTES, service=api, acteur=echange.acteur_code)
    if plans:
        _strike(plateforme, echange, plans)


def _strike(plateforme: PlateformeRest, echange: EchangeRest, plans: Sequence[Panne]) -> None:
    prm = echange.requete.prm
    echange.atteinte = plateforme.guet.strike(tuple(one for one in plans if one.prm in (None, prm)))
    if echange.atteinte is None:
        return
    echange.notes.append(echange.atteinte.told)
    statut = STATUSES.get(echange.atteinte.panne.sorte)
    if statut is not None:
        echange.prm = prm
        raise FrappeRest(statut)


def _authenticate(plateforme: PlateformeRest, echange: EchangeRest) -> None:
    scheme, _, text = echange.requete.entetes.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not text.strip():
        raise Refus(SANS_JETON)
    jeton = plateforme.jetons.read(text.strip())
    if jeton is None or jeton.fin <= echange.now:
        raise Refus(JETON_REFUSE)
    application, revoque = echange.vue.read(
        (read_application, jeton.client_id), (read_revoque, jeton.jti)
    )
    if application is None or revoque:
        raise Refus(JETON_REFUSE)
    echange.client = echange.application = application
    echange.acteur_code = application.acteur_code


def _beyond(exhausted: Quota, of_hour: Quota) -> Refus:
    """Return the refusal of a call beyond a quota."""
    if exhausted is not of_hour:
        return Refus(QUOTA_SECONDE)
    until = _told(datetime.fromtimestamp((of_hour.fenetre + 1) * _HEURE, UTC))
    description = f"You have exceeded your quota .You can access API after {until}"
    return Refus(QUOTA_HEURE, description=description, nextAccessTime=until)


def _told(instant: datetime) -> str:
    """Return an instant as the gateway writes it.

    >>> _told(datetime(2026, 7, 22, 5, tzinfo=UTC))
    '2026-Jul-22 05:00:00+0000 UTC'
    """
    return f"{instant:%Y}-{_MOIS[instant.month - 1]}-{instant:%d %H:%M:%S}+0000 UTC"
