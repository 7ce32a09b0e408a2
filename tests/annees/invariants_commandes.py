"""Orders, cases and services held to what was acknowledged; Data Connect's consents and tokens."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Final

from modele import Modele
from modele_etat import Ordre
from modele_vue import Vue, stored
from recits import COLLECTE, JETON, M023

_PAR_HEURE: Final = 1000
_PAR_HEURE_V5: Final = 10_000
_DERNIERS: Final = 60


def acquittees(vue: Vue, modele: Modele) -> Iterator[str]:
    """A case that was told is there once, with the service that was told with it."""
    rows = dict(vue.rows("SELECT affaire_id, prm FROM main.affaire"))
    opened = "SELECT affaire_id, service_souscrit_id FROM main.service_souscrit"
    services = Counter(vue.rows(opened + " WHERE affaire_id IS NOT NULL"))
    for ordre in _ordres(vue, modele):
        if ordre.sorte in M023:
            continue
        if ordre.affaire not in rows:
            yield f"affaire {ordre.affaire} ({ordre.sorte})"
        elif ordre.sorte == COLLECTE and services[ordre.affaire, ordre.service] != 1:
            yield f"service {ordre.service} de {ordre.affaire}"


def acquittees_m023(vue: Vue, modele: Modele) -> Iterator[str]:
    """A demand that was told is there."""
    rows = {each for (each,) in vue.rows("SELECT affaire_id FROM main.demande_m023")}
    for ordre in _ordres(vue, modele):
        if ordre.sorte in M023 and ordre.affaire not in rows:
            yield ordre.affaire


def de_trop(vue: Vue, modele: Modele) -> Iterator[str]:
    """No more cases that nobody was told of than orders without an answer."""
    known = {ordre.affaire for ordre in modele.etat.ordres}
    asked = "SELECT affaire_id FROM main.affaire UNION ALL SELECT affaire_id FROM main.demande_m023"
    beyond = [each for (each,) in vue.rows(asked) if each not in known]
    silences = sum(modele.etat.silences.values()) + modele.depart.get("affaire", 0)
    if len(beyond) > silences:
        yield f"{len(beyond)} affaires pour {silences} demandes sans réponse : {beyond[-3:]}"


def numeros(vue: Vue, modele: Modele) -> Iterator[str]:
    """As many as the series has given, where no point took its own away."""
    if modele.etat.retires or modele.etat.changes:
        return
    last = dict(vue.rows("SELECT sorte, dernier FROM numero"))
    for sorte, tables in (
        ("affaire", ("affaire", "demande_m023")),
        ("service_souscrit", ("service_souscrit",)),
        ("abonnement", ("abonnement",)),
        ("autorisation", ("partage",)),
    ):
        counted = sum(vue.rows(f"SELECT count(*) FROM main.{each}")[0][0] for each in tables)
        given = last[sorte] - modele.depart[f"n {sorte}"]
        if counted - modele.depart.get(tables[0], 0) != given:
            yield f"{sorte} : {counted} pour {given} numéros"


def arrets(vue: Vue, modele: Modele) -> Iterator[str]:
    """A service whose stop was acknowledged has a reason to end."""
    stopped = "SELECT service_souscrit_id FROM main.service_souscrit WHERE motif_fin IS NOT NULL"
    known = {each for (each,) in vue.rows(stopped)}
    there = {each for (each,) in vue.rows("SELECT service_souscrit_id FROM main.service_souscrit")}
    yield from sorted(modele.etat.arrets & there - known)


def affaires(vue: Vue, modele: Modele) -> Iterator[str]:
    """A case is of the point and the contract of its order."""
    rows = {each: (prm, contrat) for each, prm, contrat in vue.rows(
        "SELECT affaire_id, prm, contrat_id FROM affaire"
    )}  # fmt: skip
    for ordre in modele.etat.ordres[-_DERNIERS:] if not vue.params["tout"] else modele.etat.ordres:
        if rows.get(ordre.affaire, (ordre.prm, ordre.contrat)) != (ordre.prm, ordre.contrat):
            yield f"{ordre.affaire} : {rows[ordre.affaire]}, demandée {ordre.prm} {ordre.contrat}"


def termines(vue: Vue, modele: Modele) -> Iterator[str]:
    """A service that a search showed as ended has ended that day."""
    shown = "SELECT service_souscrit_id, etat, date_fin FROM service_souscrit"
    for number, etat, fin in vue.rows(shown):
        connu = modele.etat.termines.get(number)
        if connu is not None and (etat, fin) != ("TERMINE", connu[0]):
            yield f"{number} : {etat} {fin}, montré fini le {connu[0]}"


def _ordres(vue: Vue, modele: Modele) -> Iterator[Ordre]:
    """Yield the orders that must be there: all of them, or the last; not those of points gone."""
    ordres = modele.etat.ordres
    for ordre in ordres if vue.params["tout"] else ordres[-_DERNIERS:]:
        if ordre.prm not in modele.etat.partis:
            yield ordre


def consentements(vue: Vue, modele: Modele) -> Iterator[str]:
    """A consent that was told is there, under the number of its share, until its day at least:
    the clock may have moved while it was given."""
    asked = "SELECT autorisation_id, client_id, prm, max(CASE WHEN id IN (SELECT consentement_id "
    asked += "FROM main.service_souscrit) THEN jour(fin) ELSE '9999' END) FROM main.consentement "
    rows = vue.rows(asked + "JOIN main.partage USING (autorisation_id) GROUP BY 1, 2, 3")
    there = {tuple(key): fin for *key, fin in rows}
    for *key, fin in modele.etat.consentements:
        if there.get(tuple(key), "") < fin and key[2] not in modele.etat.partis:
            yield f"{key} {fin}"


def revocations(vue: Vue, modele: Modele) -> Iterator[str]:
    """No service of a consent that was taken back runs."""
    running = "SELECT consentement_id, service_souscrit_id FROM main.service_souscrit"
    running += " WHERE etat <> 'TERMINE' AND consentement_id IS NOT NULL"
    for consentement, service in vue.rows(running):
        if consentement in modele.etat.revoques:
            yield f"consentement {consentement}, service {service}"


def jetons(vue: Vue, modele: Modele) -> Iterator[str]:
    """No token is taken three hours and a half after it was made, or once it was revoked."""
    for nom, chemin, instant, statut, connu in modele.repondus:
        known = modele.jetons.get(connu.get("jeton", ""))
        left = modele.appels[nom].instant if nom in modele.appels else instant
        if statut == 200 and known and left >= known[1] + JETON:
            yield f"{nom} {chemin} : jeton de {known[1]}"


def jetons_revoques(vue: Vue, modele: Modele) -> Iterator[str]:
    """A token that was revoked opens nothing more."""
    for nom, chemin, _, statut, connu in modele.repondus:
        revoked = modele.etat.jetons_revoques.get(connu.get("jeton", ""))
        if statut == 200 and revoked is not None and revoked != nom:
            yield f"{nom} {chemin}"


def sans_consentement(vue: Vue, modele: Modele) -> Iterator[str]:
    """Nothing is told of a point to an application that no consent in force lets read it."""
    given = defaultdict(list)
    for client, prm, debut, fin, ended in vue.rows(
        "SELECT client_id, c.prm, debut, fin, CASE WHEN count(*) = count(ended_at) "
        "THEN max(ended_at) END FROM main.consentement c JOIN main.partage USING (autorisation_id) "
        "LEFT JOIN main.service_souscrit s ON s.consentement_id = c.id GROUP BY c.id"
    ):
        given[client, prm].append((debut, min(fin, ended or fin)))
    for nom, chemin, instant, statut, connu in modele.repondus:
        asked = connu.get("parametres", {})
        prm = asked.get("usage_point_id") or asked.get("pointId")
        if statut != 200 or prm is None or connu.get("bac_a_sable") or modele.rendu:
            continue
        if prm in modele.etat.partis:  # its consents went with it
            continue
        left = modele.appels[nom].instant if nom in modele.appels else instant
        # A revocation of the same step was under way, whatever it is dated.
        at = stored(min(modele.debut or left, left)), stored(instant)
        days = given[connu["client_id"], prm]
        if not any(first <= at[1] and at[0] <= last for first, last in days):
            yield f"{nom} {chemin} {prm}"


def quotas(vue: Vue, modele: Modele) -> Iterator[str]:
    """Nobody had more than a thousand answers an hour of an API, ten thousand of v5; what was
    answered this hour is counted."""
    for cle, _, appels in (counts := vue.rows("SELECT cle, fenetre, appels FROM compte", "quotas")):
        most = _PAR_HEURE_V5 if " v5 " in cle else _PAR_HEURE
        if cle.endswith(" h") and appels > most:
            yield f"{cle} : {appels}"
    counted = {(cle, fenetre): appels for cle, fenetre, appels in counts}
    for (acteur, api, heure), answered in modele.comptes.items():
        most = _PAR_HEURE_V5 if api == "v5" else _PAR_HEURE
        if answered > most:
            yield f"{acteur} {api} : {answered} réponses"
        if counted.get((f"{acteur} {api} h", heure), answered) < answered:
            yield f"{acteur} {api} : {answered} réponses, comptées {counted}"


def horloge(vue: Vue, modele: Modele) -> Iterator[str]:
    """A clock that stands still stands where it was last put."""
    connu = modele.etat.horloge
    for kind, instant, numero in vue.rows("SELECT kind, instant, numero FROM main.clock"):
        if (
            kind == "frozen"
            and connu is not None
            and numero == connu[0]
            and instant != stored(connu[1])
        ):
            yield f"{instant}, mise à {connu[1]}"


def reglages(vue: Vue, modele: Modele) -> Iterator[str]:
    """The number of the clock's settings doesn't go back, but with a state that comes back."""
    connu = modele.etat.horloge
    for (number,) in vue.rows("SELECT numero FROM main.clock"):
        if connu is not None and number < connu[0]:
            yield f"{number} après {connu[0]}"


def retires(vue: Vue, modele: Modele) -> Iterator[str]:
    """Nothing of the state names a point that was removed."""
    gone = modele.etat.retires
    for table in [name for name, has_prm in vue.tables.items() if has_prm and gone]:
        for (prm,) in vue.rows(f"SELECT DISTINCT prm FROM main.{table}"):
            if prm in gone:
                yield f"{table} : {prm}"


def apportes(vue: Vue, modele: Modele) -> Iterator[str]:
    """A point that was brought in is seen."""
    seen = "SELECT prm FROM main.point LEFT JOIN apport a ON a.id = apport_id"
    there = {prm for (prm,) in vue.rows(seen + " WHERE a.id IS NULL OR a.publie")}
    yield from sorted(modele.etat.apportes - there)


def campagnes(vue: Vue, modele: Modele) -> Iterator[str]:
    """A campaign that was opened is there, of its actor, closed if it was closed."""
    asked = "SELECT id, acteur_code, fin IS NOT NULL FROM campaign"
    rows = {number: (acteur, bool(closed)) for number, acteur, closed in vue.rows(asked)}
    for number, connu in modele.etat.campagnes.items():
        acteur, closed = rows.get(number, (None, False))
        if acteur != (connu["acteur"] or acteur or "") or (connu["fermee"] and not closed):
            yield f"{number} : {rows.get(number)}, ouverte {connu}"


def campagnes_fermees(vue: Vue, modele: Modele) -> Iterator[str]:
    """A closed campaign has the observations that it had when it was first seen closed."""
    counted = "SELECT c.id, count(o.echange_id) FROM campaign c LEFT JOIN campaign_observation o "
    counted += "ON o.campaign_id = c.id WHERE c.fin IS NOT NULL GROUP BY c.id"
    kept = modele.memoire.setdefault("campagnes fermées", {})
    for number, seen in vue.rows(counted):
        if kept.setdefault(number, seen) != seen:
            yield f"{number} : {kept[number]}, puis {seen}"
