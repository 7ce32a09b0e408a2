"""The gateway before the APIs: the token, the subscription, the quotas.

They are looked at in this order (WSO2's, assumed for Enedis').
"""

from datetime import UTC, datetime
from typing import Final

from sge_sim.dataconnect.echange import EchangeRest, FrappeRest
from sge_sim.dataconnect.motifs import (
    API_NON_SOUSCRITE,
    JETON_REFUSE,
    QUOTA_HEURE,
    QUOTA_SECONDE,
    SANS_JETON,
)
from sge_sim.dataconnect.plateforme import PlateformeRest
from sge_sim.domaine.pannes import SORTES_APPEL, SORTES_SOAP
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
        _count(plateforme, echange, api)
    _look_out(plateforme, echange, api)


def _look_out(plateforme: PlateformeRest, echange: EchangeRest, api: str) -> None:
    plans = plateforme.guet.plans(echange.vue, _SORTES, service=api, acteur=echange.acteur_code)
    if not plans:
        return
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
    echange.application, echange.acteur_code = application, application.acteur_code


def _count(plateforme: PlateformeRest, echange: EchangeRest, api: str) -> None:
    """Count a call in its second of the machine and in its hour of the simulated clock."""
    heure = int(echange.now.timestamp()) // _HEURE
    v5 = APIS[api] == "v5"
    acteur = echange.client.acteur_code
    qui = f"{acteur} v5" if v5 else f"{acteur} {api}"
    # The second goes by actor in v5, by API in 2026, as the hour does.
    seconde = Quota(f"{qui} s", int(echange.machine.timestamp()), PAR_SECONDE)
    par_heure = Quota(f"{qui} h", heure, PAR_HEURE_V5 if v5 else PAR_HEURE_2026)
    exhausted = plateforme.comptes.take((par_heure, seconde))
    if exhausted is par_heure:
        until = _told(datetime.fromtimestamp((heure + 1) * _HEURE, UTC))
        raise Refus(
            QUOTA_HEURE,
            description=f"You have exceeded your quota .You can access API after {until}",
            nextAccessTime=until,
        )
    if exhausted is seconde:
        raise Refus(QUOTA_SECONDE)


def _told(instant: datetime) -> str:
    """Return an instant as the gateway writes it.

    >>> _told(datetime(2026, 7, 22, 5, tzinfo=UTC))
    '2026-Jul-22 05:00:00+0000 UTC'
    """
    return f"{instant:%Y}-{_MOIS[instant.month - 1]}-{instant:%d %H:%M:%S}+0000 UTC"
