"""The files of GRD-F contracts held to each other, to what was asked and to what is measured."""

from collections.abc import Iterator

from contrats_lus import FLUX
from invariants_flux import opened
from modele import Modele
from modele_vue import Vue, legal


def contrats(vue: Vue, modele: Modele) -> Iterator[str]:
    """What the files that weren't read yet say goes together (the model notes what doesn't)."""
    read = modele.etat.fichiers
    for each, held in opened(vue, modele, frappes=True):
        if each.flux in FLUX and held and each.id > read.lu:
            read.lu = each.id
            read.take(each.flux, each.contrat, each.nom, held)
    rattrape = vue.params["rattrape"]
    if rattrape is not None:
        read.due(legal(rattrape).replace(tzinfo=None), modele.etat.partis)
    for nom, detail in read.fautes:
        modele.etat.mesures.wrong(nom, detail)
    read.fautes = []
    yield from ()


def deja_vus(vue: Vue, modele: Modele) -> Iterator[str]:
    """Publications and files that were looked at are there: an older state has fewer."""
    for table, last in modele.etat.vus.items():
        ((found,),) = vue.rows(f"SELECT coalesce(max(id), 0) FROM main.{table}")
        if found < last:
            yield f"{table} : {found}, {last} vus"


def contrats_suivis(vue: Vue, modele: Modele) -> Iterator[str]:
    """A contract that was declared is there, of its supplier."""
    there = dict(vue.rows("SELECT contrat_id, acteur_code FROM main.contrat_grd_f"))
    for contrat, code in modele.etat.contrats.items():
        if there.get(contrat) != code:
            yield f"{contrat} : {there.get(contrat)}, déclaré de {code}"


def affaires_contractuelles(vue: Vue, modele: Modele) -> Iterator[str]:
    """An affaire that was told is there, of its point."""
    there = dict(vue.rows("SELECT numero, prm FROM main.affaire_contractuelle"))
    for numero, prm in modele.etat.affaires.items():
        if prm not in modele.etat.partis and there.get(numero) != prm:
            yield f"{numero} : {there.get(numero)}, demandée sur {prm}"


def evenements_partis(vue: Vue, modele: Modele) -> Iterator[str]:
    """What happened, and was due, was told: by C15 of a small point, by C12 of a large one."""
    told: set[tuple[str, str, str, str]] = set()
    for contrat, flux, debut, prms in vue.rows(
        "SELECT p.contrat_id, flux, debut, prms FROM main.publication p JOIN main.fichier_flux f "
        "ON f.publication_id = p.id WHERE flux IN ('C15', 'C12')"
    ):
        told.update((contrat, flux, debut, prm) for prm in prms.split())
    for contrat, segment, connu, prm in vue.rows(
        "SELECT contrat_id, segment, connu, prm FROM main.evenement_contractuel JOIN main.point "
        "USING (prm) WHERE datetime(minuit(connu), '+36 hours') < :rattrape"
    ):
        if (contrat, "C12" if segment == "C4" else "C15", connu, prm) not in told:
            yield f"{contrat} {prm} {connu}"


def releves_mesures(vue: Vue, modele: Modele) -> Iterator[str]:
    """The indexes of a reading are those that services tell, in whole kWh; not of one that is told
    wrong, nor of the day of a new meter: the former one's last index is read, services tell the
    new one's first."""
    read = modele.etat.fichiers
    changed = "SELECT prm, jour FROM main.evenement_contractuel WHERE nature = 'CMAT'"
    wrong = {*vue.rows(f"SELECT prm, jour FROM main.releve_errone UNION {changed}")}
    dites = modele.etat.mesures.dites
    for (_, prm, instant), index in read.lus.items():
        jour = instant[:10]
        for classe, value in index.items() if (prm, jour) not in wrong else ():
            told = dites.get(("IDX", prm, "CONS", "EA", f"AQ D {classe}", f"{jour} 00:00:00"))
            if told is not None and int(told[0]) // 1000 != value:
                yield f"{prm} {jour} {classe} : {value} kWh, {told}"


def dossiers(vue: Vue, modele: Modele) -> Iterator[str]:
    """An order of a company has one file at most, of points that it names; none where it was
    lost, which a panne alone does."""
    planned = modele.etat.pannes_incertaines or any(
        plan.get("sorte") == "dossier_sans_fichier" for plan in modele.etat.pannes.values()
    )
    files: dict[str, list[str]] = {}
    for number, prms in vue.rows(
        "SELECT m023_id, f.prms FROM main.publication p JOIN main.fichier_flux f ON "
        "f.publication_id = p.id WHERE m023_id IS NOT NULL"
    ):
        files.setdefault(number, []).append(prms)
    for number, prms, due in vue.rows(
        "SELECT affaire_id, prms, due_at FROM demande_m023 "
        "WHERE acteur_code IN (SELECT siren FROM main.compte_entreprise)"
    ):
        sent, lost = files.get(number, []), due > "9000"
        if len(sent) > 1 or (lost and (sent or not planned)):
            yield f"{number} : {len(sent)} fichiers, attendus le {due}"
        elif sent and not {*sent[0].split()} <= {*prms.split()}:
            yield f"{number} : {sent[0]} pour {prms}"
