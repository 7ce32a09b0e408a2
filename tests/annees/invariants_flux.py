"""Publications and files held to what was due, and to what was told of the same measures."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Final, NamedTuple

from modele import Modele
from modele_fichiers import AUCUN, ends_in, measures_in, members, points_in
from modele_mesures import Mesures
from modele_vue import Vue, jour_ouvre, legal

Held = Sequence[tuple[str, bytes]] | None
"""What a file holds, by names; None where it doesn't open."""
_JOUR: Final = timedelta(days=1)
_PETITS: Final = ("C5", "P4")
_DU: Final = timedelta(days=40)
"""For how long what was due is looked at again."""
_RECUL: Final = 4
"""For how many steps a machine's clock that was set back may hold files back."""
_RELUS: Final = 12
"""How many files a consultation has read again at most."""


class Fichier(NamedTuple):
    """A file as the state knows it, and its publication."""

    id: int
    publication: int
    flux: str
    contrat: str
    nom: str
    prms: str
    taille: int
    sha256: str
    chemin: str
    etat: str
    tentatives: int
    panne: int | None
    instant: str


_FICHIERS: Final = (
    "SELECT f.id, publication_id, flux, f.contrat_id, nom, prms, taille, sha256, chemin, etat, "
    "tentatives, panne, instant FROM {table} f JOIN main.publication p ON p.id = publication_id "
)


def fichiers(vue: Vue) -> list[Fichier]:
    """Return the files that are looked at: the last, or all."""
    kept = vars(vue)
    if "fichiers" not in kept:
        found = vue.rows(_FICHIERS.format(table="fichier_flux") + "ORDER BY f.id")
        kept["fichiers"] = [Fichier(*row) for row in found]
    found_again: list[Fichier] = kept["fichiers"]
    return found_again


def heures(vue: Vue, modele: Modele) -> Iterator[str]:
    """Each flux leaves at the legal time that its page tells."""
    asked = "SELECT p.id, flux, fin, instant, a.periodicite, p.periodicite FROM publication p "
    asked += "LEFT JOIN abonnement a ON a.numero = abonnement_numero WHERE p.affaire_id IS NULL"
    for number, flux, fin, instant, *periodicites in vue.rows(asked):
        wanted = due_at(flux, periodicites[0] or periodicites[1], fin)
        if wanted is not None and legal(instant).replace(tzinfo=None) != wanted:
            yield f"{number} : {flux} {periodicites} jusqu'au {fin}, parti {instant}"


def due_at(flux: str, periodicite: str | None, fin: str | None) -> datetime | None:
    """Return when a publication of the days until `fin` (excluded) leaves, in legal time.

    docs/flux.md, docs/r6x.md; None where they don't tell.
    """
    if fin is None or periodicite is None:
        return None
    after = date.fromisoformat(fin)
    if flux in ("R50", "R151"):
        day = after + _JOUR if periodicite == "P1D" else jour_ouvre(after, 3)
        return datetime.combine(day, datetime.min.time()) + timedelta(hours=3)
    if flux == "R4x":
        day, hour = (after, 6) if periodicite == "P1D" else (jour_ouvre(after, 3), 20)
        return datetime.combine(day, datetime.min.time()) + timedelta(hours=hour)
    if flux == "R171":
        return datetime.combine(after, datetime.min.time()) + timedelta(hours=9, minutes=30)
    return None


def essayes(vue: Vue, modele: Modele) -> Iterator[str]:
    """A file that waits, and that nothing holds back, was tried by the round that made it, or by
    the second after what held it back has left: an end may have cut the first."""
    rattrape = vue.params["rattrape"]
    if modele.recul and modele.pas - modele.recul < _RECUL:
        return  # what was to be tried then is later now
    waiting = vue.rows(
        "SELECT f.id, nom, f.contrat_id, tentatives, panne, instant FROM main.fichier_flux f JOIN "
        "main.publication p ON p.id = publication_id WHERE etat = 'a_livrer' ORDER BY f.id"
    )
    held, seen = set(), modele.memoire.setdefault("retenus", {})
    for number, nom, contrat, tentatives, panne, instant in waiting:
        if tentatives or panne:
            held.add(contrat)
        ended = modele.mort or modele.ouvert  # and who made it perhaps before it was tried
        if contrat in held or (ended and number not in seen):
            seen[number] = modele.rondes + 1
        elif modele.rondes > seen.get(number, 0) and rattrape and instant < rattrape:
            yield nom  # an end is told after its instant


def livres(vue: Vue, modele: Modele) -> Iterator[str]:
    """A file that is noted as delivered is where its contract wants it."""
    for each in fichiers(vue):
        path = vue.path_of(each.contrat, each.nom)
        if each.etat == "livre" and path is not None and vue.stat(path) is None:
            yield each.nom


def revenus(vue: Vue, modele: Modele) -> Iterator[str]:
    """A file comes again if an end, a failure or a panne came before it was noted."""
    for nom in modele.revenus:
        if not vue.rows(f"SELECT 1 FROM main.fichier_flux WHERE nom = '{nom}' AND panne > 0"):
            yield nom


def entiers(vue: Vue, modele: Modele) -> Iterator[str]:
    """A file that has its name is whole, whether it is noted or not."""
    for each in fichiers(vue):
        path = vue.path_of(each.contrat, each.nom)
        if path is None or each.panne is not None or vue.stat(path) is None:
            continue
        if modele.retours and each.etat != "livre":
            continue  # one of that name may have come before the state came back
        if _changed(vue, modele, path) and _digest(path) != each.sha256:
            yield each.nom


def _changed(vue: Vue, modele: Modele, path: str) -> bool:
    """Tell whether a file that is there was written since it was last looked at."""
    found = vue.stat(path)
    assert found is not None
    seen, now = modele.fichiers.get(path), (found.st_mtime_ns, found.st_size)
    modele.fichiers[path] = now
    return seen != now


def _digest(path: str) -> str:
    return sha256(Path(path).read_bytes()).hexdigest()


def notes(vue: Vue, modele: Modele) -> Iterator[str]:
    """A file of a contract's folder was recorded before."""
    table = "main.fichier_flux" if vue.params["tout"] else "fichier_flux"  # a state may come back
    modele.noms.update(nom for (nom,) in vue.rows(f"SELECT nom FROM {table}"))
    if not vue.params["tout"]:
        return
    modele.noms.update(modele.contenus if modele.retours else ())
    for nom in vue.delivered():
        if not nom.startswith(".") and nom not in modele.noms:
            yield nom


def gardes(vue: Vue, modele: Modele) -> Iterator[str]:
    """What is kept of a file has its size and its digest."""
    for each in fichiers(vue):
        path = f"{vue.dossier}/{each.chemin}"
        found = vue.stat(path)
        if found is None or found.st_size != each.taille:
            yield f"{each.nom} : {each.chemin}"
        elif _changed(vue, modele, path) and _digest(path) != each.sha256:
            yield f"{each.nom} : {each.sha256}"


def opened(vue: Vue, modele: Modele, *, frappes: bool = False) -> Iterator[tuple[Fichier, Held]]:
    """Yield the files that are looked at and weren't yet, with what they hold, None of those that
    don't open; those that a panne struck if asked. All that asks is checked after the same things,
    or one of them would have files be looked at before another may."""
    kept = vars(vue)
    if "ouverts" not in kept:
        new = [each for each in fichiers(vue) if each.id > modele.etat.lus]
        kept["ouverts"] = [(each, _held(vue, each)) for each in new]
        modele.etat.lus = max([modele.etat.lus, *(each.id for each in new)])
    yield from ((each, held) for each, held in kept["ouverts"] if frappes or each.panne is None)


def _held(vue: Vue, fichier: Fichier) -> Held:
    path = vue.dossier / fichier.chemin
    try:
        secret = vue.cles.get(fichier.contrat, AUCUN)
        return members(fichier.nom, path.read_bytes(), secret)
    except (ValueError, OSError):
        return None


def ouverts(vue: Vue, modele: Modele) -> Iterator[str]:
    """A file opens by the key of its contract, and is a zip where it should be."""
    for each, held in opened(vue, modele):
        if not held:
            yield each.nom


def points_des_fichiers(vue: Vue, modele: Modele) -> Iterator[str]:
    """A file is about the points that the state says."""
    for each, held in opened(vue, modele):
        dits = {prm for nom, content in held or () for prm in points_in(nom, each.flux, content)}
        if held and dits != {*each.prms.split()}:
            yield f"{each.nom} : {sorted(dits ^ {*each.prms.split()})[:3]}"


def points_une_fois(vue: Vue, modele: Modele) -> Iterator[str]:
    """A file has a block of a point, whatever its orders; an R4x has one of each service."""
    for each in fichiers(vue):
        prms = each.prms.split()
        if len(prms) != len({*prms}) and each.flux != "R4x":
            yield each.nom


_TRANSMIS: Final = (
    "SELECT abonnement_numero, prm, date_debut, coalesce(date_fin, '9999-12-31'), "
    "jour(activated_at), ended_at, motif_fin, segment, service_souscrit_id, a.periodicite "
    "FROM main.service_souscrit s JOIN main.point USING (prm) JOIN abonnement a "
    "ON a.numero = abonnement_numero WHERE activated_at IS NOT NULL AND s.type = 'TRANSREC'"
)


def non_dus(vue: Vue, modele: Modele) -> Iterator[str]:
    """A point is in a file of a subscription if one of its services covers a day of it."""
    services = defaultdict(list)
    for numero, prm, debut, fin, activated, *_ in vue.rows(_TRANSMIS):
        services[numero, prm].append((max(debut, activated), fin))
    asked = "SELECT p.id, abonnement_numero, debut, fin, prms, nom FROM publication p JOIN "
    asked += "main.fichier_flux f ON f.publication_id = p.id WHERE abonnement_numero IS NOT NULL"
    for _, numero, debut, fin, prms, nom in vue.rows(asked):
        for prm in prms.split():
            if prm in modele.etat.partis:
                continue
            if not any(first < fin and last > debut for first, last in services[numero, prm]):
                yield f"{nom} : {prm}"


def jours_dus(vue: Vue, modele: Modele) -> Iterator[str]:
    """Each day that a daily transmission owes of a point has left once."""
    yield from _dus(vue, modele, "P1D")


def mois_dus(vue: Vue, modele: Modele) -> Iterator[str]:
    """Each month that a monthly transmission owes of a point has left once."""
    yield from _dus(vue, modele, "P1M")


def _dus(vue: Vue, modele: Modele, periodicite: str) -> Iterator[str]:
    rattrape = modele.etat.rattrape
    if rattrape is None:
        return
    done = legal(vue.params["rattrape"]).replace(tzinfo=None)
    since = modele.memoire.get(f"dus {periodicite}", date.min)
    modele.memoire[f"dus {periodicite}"] = done.date() - _DU
    sent: Counter[tuple[int, str, str]] = Counter()
    for numero, debut, prms in vue.rows(
        "SELECT abonnement_numero, debut, prms FROM main.publication p JOIN main.fichier_flux f ON "
        "f.publication_id = p.id JOIN main.abonnement a ON a.numero = p.abonnement_numero "
        f"WHERE a.periodicite = '{periodicite}' AND debut >= '{max(since, date(2, 1, 1)) - _DU}'"
    ):
        sent.update((numero, debut, prm) for prm in {*prms.split()})  # R4x: once a service
    owed: set[tuple[int, str, str]] = set()
    for numero, prm, debut, fin, activated, ended, motif, segment, _, each in vue.rows(_TRANSMIS):
        if each != periodicite:
            continue
        flux = flux_of(vue, numero, segment)
        begun = max(debut, activated, since.isoformat())
        for first, after in _periods(periodicite, begun, fin, done.date()):
            leaves = due_at(flux, periodicite, after.isoformat())
            if leaves is None or leaves > done or (modele.arret and leaves.date() >= modele.arret):
                continue
            stopped = ended is not None and motif not in ("echeance", "prolongation")
            if not stopped or legal(ended).replace(tzinfo=None) >= leaves:
                owed.add((numero, first.isoformat(), prm))
    for key in sorted(owed):
        if sent[key] != 1:
            yield f"{key} : {sent[key]} fois"


def flux_of(vue: Vue, numero: int, segment: str) -> str:
    """Return the flux of a subscription on points of a segment (docs/flux.md)."""
    kinds = vars(vue).setdefault(
        "mesures", dict(vue.rows("SELECT numero, mesures_type FROM abonnement"))
    )
    curve = kinds[numero] == "CDC"
    if segment in _PETITS:
        return "R50" if curve else "R151"
    return "R4x" if curve else "R171"


def _periods(periodicite: str, debut: str, fin: str, until: date) -> Iterator[tuple[date, date]]:
    """Yield the periods that the days [debut, fin) touch: days, or calendar months."""
    first, last = date.fromisoformat(debut), min(date.fromisoformat(fin), until)
    if periodicite == "P1M":
        first = first.replace(day=1)
    while first < last:
        after = first + _JOUR if periodicite == "P1D" else (first + 32 * _JOUR).replace(day=1)
        yield first, after
        first = after


def annonces(vue: Vue, modele: Modele) -> Iterator[str]:
    """Each end that is noted as announced is in one file."""
    dits: Counter[str] = Counter()
    wanted = _FICHIERS.format(table="main.fichier_flux") + "WHERE flux = 'NASS'"
    for each in (Fichier(*row) for row in vue.rows(wanted)):
        for _, content in _held(vue, each) or ():
            dits.update(ends_in(content))
    asked = "SELECT service_souscrit_id FROM main.service_souscrit WHERE announced_at IS NOT NULL"
    noted = {number for (number,) in vue.rows(asked)}
    yield from (f"{number} : {dits[number]} fois" for number in sorted(noted) if dits[number] != 1)


def diffusions(vue: Vue, modele: Modele) -> Iterator[str]:
    """The numbers of the files of a recurrent publication go on from file to file."""
    last: dict[tuple[str, ...], int] = {}
    natures = dict(vue.rows("SELECT id, corrigees FROM main.publication"))
    for each in fichiers(vue):
        parts = each.nom.split("_")
        if each.flux not in ("R63A", "R63B", "R64A", "R64B", "R66B") or len(parts) < 8:
            continue
        key = (each.flux, each.contrat, parts[2], str(natures[each.publication]))
        if int(parts[6]) != last.get(key, 0) + 1:
            yield f"{each.nom} après {last.get(key, 0)}"
        last[key] = int(parts[6])


def comptes_rendus(vue: Vue, modele: Modele) -> Iterator[str]:
    """A report counts the files of its demand, and the points that are in them."""
    for each, held in opened(vue, modele):
        if "_CR_" not in each.nom or not held:
            continue
        tree = json.loads(held[0][1])
        asked = "SELECT nom, prms FROM main.fichier_flux f WHERE publication_id = "
        others = [
            (nom, prms) for nom, prms in vue.rows(f"{asked}{each.publication}") if nom != each.nom
        ]
        sent = {prm for _, prms in others for prm in prms.split()}
        said = {
            demande["idPrm"]
            for demande in tree["prmDemandes"]
            if demande["publication"] == "PUBLIE"
        }
        counted = tree["synthese"]["nbFichiersPublies"], tree["synthese"]["nbPrmPublies"]
        if tuple(map(int, counted)) != (len(others), len(sent)) or said != sent:
            yield f"{each.nom} : {counted}, {len(others)} fichiers et {len(sent)} points"


def fichiers_relus(vue: Vue, modele: Modele) -> Iterator[str]:
    """What was consulted is what the files of those days say (the model notes what isn't)."""
    mesures = modele.etat.mesures
    for each, held in opened(vue, modele):
        connus = mesures.prms.intersection(each.prms.split())
        _reread(mesures, each, connus, held if connus else ())
    for prm, first, last in mesures.consultees[-3:]:
        asked = _FICHIERS.format(table="main.fichier_flux")
        asked += (
            f"WHERE debut < '{last}' AND fin >= '{first}' AND prms LIKE '%{prm}%' LIMIT {_RELUS}"
        )
        for each in (Fichier(*row) for row in vue.rows(asked)):
            if each.panne is None:
                _reread(mesures, each, {prm}, _held(vue, each))
    mesures.consultees.clear()
    yield from ()


def _reread(mesures: Mesures, fichier: Fichier, prms: set[str], held: Held) -> None:
    """Hold what was told of points to what a file says of them."""
    for nom, content in held or ():
        found = filter(mesures.concerns, measures_in(nom, fichier.flux, content, prms))
        mesures.tell([*found], f"fichier {fichier.nom}")
