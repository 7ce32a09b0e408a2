"""Recomputes the invoices of anybody's F15 from C15, R15 and grids, those of F12 from C12 and R17,
and names each line that they don't explain.

What a block should hold is computed from the reading that it invoices, those since the one that
was invoiced before, and the situations in between; never from other invoices.
"""

from collections import defaultdict
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from hashlib import sha256
from typing import Any, Final

from sge_sim.clock import add_months
from sge_sim.facturation import comparaison, lecture
from sge_sim.facturation.calcul import (
    Facturation,
    PeriodeAFacturer,
    TarifInconnuError,
    en_vigueur_le,
)
from sge_sim.facturation.comparaison import BlocEcrit, ConstatFacture
from sge_sim.facturation.grammaire import ArbreDocument, read_by_grammar
from sge_sim.facturation.lecture import Reference, ReleveRecu
from sge_sim.facturation.lignes import BlocFacture, LigneFacturee, ReleveFacture, SituationFacturee
from sge_sim.facturation.prix import PrixInconnuError
from sge_sim.machine.documents import parse_xml

_JOUR: Final = timedelta(1)
_SANS_RELEVE_REEL: Final = 12
"""Months without a real reading after which the additional component is due."""
_FACTURES: Final = (lecture.CYCLIQUE, lecture.EVENEMENT)
"""The motives of readings that are invoiced, and billed in advance."""


class _ApartError(Exception):
    """Ends the examination of a block by why it can't be computed: its kind, a sentence."""


@dataclass
class VerificationFactures:
    """Takes documents one after the other, then judges the blocks among them.

    What takes back may have a negative price or a negative quantity, whatever is assumed.
    `sans_c15`: how many blocks have their situation from written lines alone.
    """

    facturation: Facturation = field(default_factory=Facturation)
    situations: dict[Reference, list[SituationFacturee]] = field(
        default_factory=lambda: defaultdict(list)
    )
    releves: dict[Reference, list[ReleveRecu]] = field(default_factory=lambda: defaultdict(list))
    blocs: list[BlocEcrit] = field(default_factory=list)
    generales: list[tuple[str, ArbreDocument]] = field(default_factory=list)
    sommes: list[tuple[str, str, ArbreDocument]] = field(default_factory=list)
    constats: list[ConstatFacture] = field(default_factory=list)
    seen: set[bytes] = field(default_factory=set)
    ecrites: dict[Reference, list[SituationFacturee]] = field(default_factory=dict)
    sans_c15: int = 0

    def add(self, fichier: str, content: bytes) -> None:
        """Take a document; one that is none of these files, or came before, is left aside."""
        digest = sha256(content).digest()
        if digest in self.seen:
            return
        self.seen.add(digest)
        try:
            if content.decode("utf-8-sig").lstrip()[:1] not in ("<", ""):
                return  # JSON, CSV
            root = parse_xml(content, bare=True)
        except UnicodeDecodeError:
            self.unreadable(fichier, "ni archive zip ni UTF-8 ; en donner la clé s'il est chiffré")
            return
        except ValueError as error:
            self.unreadable(fichier, str(error))
            return
        try:
            document, _, tree, fautes = read_by_grammar(root)
        except ValueError:
            return
        if fautes:
            more = f" (et {len(fautes) - 1} de plus)" if len(fautes) > 1 else ""
            self.unreadable(fichier, f"{fautes[0]}{more}")
        elif document == "C12":
            connu = tree["En_Tete_Flux"]["Date_Creation"].date()
            for reference, each in lecture.situations_told(tree):
                known, situation = self.situations[reference], replace(each, connu=connu)
                known += [] if situation in known else [situation]
                known.sort(key=lambda each: (each.debut, each.sequence))
        elif document == "R17":
            for reference, releve in lecture.releves_told(tree):
                self.releves[reference].append(releve)
        elif document == "F12_FR":
            self.sommes.append((fichier, document, tree))
        elif document.startswith("F12"):
            self.sommes += [(fichier, document, tree)] if document == "F12_FL" else []
            self._add_invoice(fichier, document, lecture.as_f15(document, tree))
        elif document.startswith("F15"):
            self._add_invoice(fichier, document, tree)
        elif "PRM" in tree:
            self._add_points(tree["PRM"], tree["En_Tete_Flux"]["Date_Creation"].date())

    def _add_invoice(self, fichier: str, document: str, tree: ArbreDocument) -> None:
        if document.endswith("FL"):
            facture, jour = (tree["Rappel_En_Tete"][nom] for nom in ("Num_Facture", "Date_Facture"))
            contrat = tree["En_Tete_Flux"].get("Identifiant_Contrat", "")
            blocs = tree["Donnees_Valorisation"]
            self.blocs += [BlocEcrit(fichier, facture, each, jour, contrat) for each in blocs]
        else:
            self.generales.append((fichier, tree))

    def unreadable(self, fichier: str, quoi: str) -> None:
        """Note a file that can't be read, and why."""
        self.constats.append(ConstatFacture(fichier, "illisible", quoi))

    def _add_points(self, points: list[ArbreDocument], connu: date) -> None:
        for prm in points:
            if contrat := prm.get("Situation_Contractuelle"):
                ref = contrat["Ref_Situation_Contractuelle"]
                lecture.add_situation(prm, self.situations[prm["Id_PRM"], ref], connu)
            for each in prm.get("Donnees_Releve", ()):
                ref = each.get("Ref_Situation_Contractuelle", "")
                self.releves[prm["Id_PRM"], ref].append(lecture.releve_of(each))

    def judge(self) -> list[ConstatFacture]:
        """Return all that isn't explained; nothing where all is."""
        hypotheses = replace(self.facturation.hypotheses, reprise="prix")  # as lines are read
        self.facturation = replace(self.facturation, hypotheses=hypotheses)
        tva_par_ligne = hypotheses.arrondi_tva == "ligne"
        lignes: dict[Reference, list[LigneFacturee]] = defaultdict(list)
        for bloc in self.blocs:
            lignes[bloc.reference] += bloc.lignes
        self.ecrites = {each: lecture.situations_of(mine) for each, mine in lignes.items()}
        for bloc in self.blocs:
            try:
                expected = [*self._prestations(bloc), *self._transport(bloc)]
                self.constats += comparaison.compare_lines(bloc, lecture.put_right(bloc, expected))
            except _ApartError as error:
                self.constats.append(bloc.says(*error.args))
            self.constats += comparaison.compare_totals(bloc, tva_par_ligne=tva_par_ligne)
        for fichier, tree in self.generales:
            self._judge_invoice(fichier, tree)
        for fichier, document, tree in self.sommes:
            facture = tree["Rappel_En_Tete"]["Num_Facture"]
            mine = [each.arbre for each in self.blocs if each.facture == facture]
            for nom, *values in lecture.totals_of(document, tree, mine) if mine else ():
                self._compare(fichier, nom, *values)
        return self.constats

    def _prestations(self, bloc: BlocEcrit) -> list[LigneFacturee]:
        """Return the lines of services and dispositions by the table of prices; what has no price
        there is said apart, and taken as it is written."""
        expected = []
        for ligne in bloc.lignes:
            if ligne.nature == "01" or bloc.arbre["Type_Facturation"] == "ANNUL":
                continue
            try:
                found = self.facturation.prestation(ligne.id_ev, ligne.debut, ligne.quantite)
                expected.append(replace(found, fin=ligne.fin, unite=ligne.unite))
            except PrixInconnuError as error:
                self.constats.append(bloc.says("prix inconnu", str(error), ligne))
                expected.append(ligne)
        return expected

    def _transport(self, bloc: BlocEcrit) -> list[LigneFacturee]:
        """Return the lines of the transport that a block should have; raises `_ApartError`."""
        if bloc.arbre["Type_Facturation"] == "ANNUL":
            origines = {
                (each.get("Origine_Facture"), each.get("Origine_Valorisation"))
                for each in bloc.arbre.get("Facture_Origine", [])
            }
            found = [b for b in self.blocs if (b.facture, b.arbre["Num_Valorisation"]) in origines]
            if not found:
                raise _ApartError("origine absente", "la facture qu'il annule n'est pas là")
            whole = [each for origine in found for each in origine.lignes]
            return [replace(each, prix=-each.prix, montant=-each.montant) for each in whole]
        if "Releve" not in bloc.arbre and all(each.nature != "01" for each in bloc.lignes):
            return []
        expected = self._recomputed(bloc)
        self.constats += comparaison.compare_heads(bloc, expected)
        return list(expected.lignes)

    def _recomputed(self, bloc: BlocEcrit) -> BlocFacture:
        donnees = bloc.arbre.get("Donnees_PRM", {})
        exemption = donnees.get("Motif_Exemption_Releve_Residuel", "")
        if lecture.is_large(bloc.arbre) and not self.situations.get(bloc.reference):
            raise _ApartError(
                "situation inconnue", f"aucun C12 ne dit celle de {bloc.reference[1]}"
            )
        chain = self._chain(bloc, self.releves.get(bloc.reference, []))
        first, last = chain[0], chain[-1]
        known = self._situations(bloc, first.releve.jour)
        reel = donnees.get("Date_Dernier_Releve_Reel", last.releve.jour)
        late = add_months(reel, _SANS_RELEVE_REEL) <= last.releve.jour
        about = {"exemption": exemption, "sans_releve_reel": late}
        situations = [
            replace(each, **about, compteur=each.compteur or donnees["Type_Compteur"])
            for each in known
        ]
        if fixe := situations[-1].jour_fixe:  # R17 doesn't tell the next reading
            nexts = [_next_fixed(each.releve.jour, fixe) for each in (first, last)]
            first, last = replace(first, prochain=nexts[0]), replace(last, prochain=nexts[1])
        elapsed = min((x.debut for x in bloc.lignes if x.id_ev.endswith("-U")), default=date.min)
        billed = first.prochain or (elapsed if elapsed > first.releve.jour else None)
        billed = billed or (last.releve.jour if last.motif == lecture.CYCLIQUE else None)
        billed = billed or _after(bloc, "-R", "REPR")
        coming = last.prochain or _after(bloc, "-E", "ECHO")
        if last.motif not in lecture.FINS and coming is None:
            quoi = f"ni {last.releve.id} ni le bloc ne disent la date du relevé suivant"
            raise _ApartError("relevé manquant", quoi)
        before = [en_vigueur_le(situations, each.releve.jour - _JOUR) for each in chain]
        releves = [each.under(mine.fta) for each, mine in zip(chain, before, strict=True)]
        avance: list[LigneFacturee] = []
        try:
            if first.motif in _FACTURES and billed is not None:
                avance = self.facturation.avance(situations, first.releve.jour, billed)
            prochain = None if last.motif in lecture.FINS else coming
            event = last.motif == lecture.EVENEMENT
            periode = PeriodeAFacturer(situations, releves, avance, prochain, event)
            return self.facturation.bloc(periode)
        except (PrixInconnuError, TarifInconnuError) as error:
            genre = "prix inconnu" if isinstance(error, PrixInconnuError) else "tarif inconnu"
            raise _ApartError(genre, str(error)) from None

    def _situations(self, bloc: BlocEcrit, depuis: date) -> list[SituationFacturee]:
        """Return those that C15 had told when a block was invoiced; the first, where none tells it
        (a point was in the contract before), as lines of F15 say it."""
        known = [s for s in self.situations.get(bloc.reference, []) if s.connu <= bloc.jour]
        if known and known[0].debut <= depuis:
            return known
        mine = {each.situation.sequence for each in bloc.lignes if each.situation is not None}
        mine -= {each.sequence for each in known}
        if not mine:
            quoi = f"ni C15 ni F15 ne dit celle de {bloc.reference[1]} au {depuis}"
            raise _ApartError("situation inconnue", quoi)
        self.sans_c15 += 1
        found = [each for each in self.ecrites[bloc.reference] if each.sequence in mine]
        return sorted([*found, *known], key=lambda each: (each.debut, each.sequence))

    def _chain(self, bloc: BlocEcrit, lus: list[ReleveRecu]) -> list[ReleveRecu]:
        """Return the readings of a block: the last one that was invoiced before, or the first of
        the situation, then those since, to that which it invoices."""
        corrected = bloc.arbre["Type_Facturation"] == "RECT"
        # What is annulled repeats what was first said.
        statuts = ("ANNULE", "INITIAL", *(["RECTIFICATIF"] if corrected else []))
        known = {(lu.releve.jour, lu.motif): lu for s in statuts for lu in lus if lu.statut == s}
        by_id = {lu.releve.id: lu for lu in (*lus, *known.values())}
        ids = [each["Id_Releve"] for each in bloc.arbre.get("Releve", [])]
        fin = bloc.arbre.get("Date_Fin_Part_Variable")
        due = [lu for lu in known.values() if lu.motif in (*_FACTURES, *lecture.FINS)]
        mine = [lu for lu in due if fin is not None and lu.releve.jour == fin + _JOUR]
        mine = mine or [lu for lu in due if lu.releve.id in ids]
        if not mine:
            raise _ApartError(
                "relevé manquant", f"aucun R15 ni R17 n'a {' ni '.join(ids) or 'les siens'}"
            )
        chain = [max(mine, key=lambda lu: (lu.releve.id in ids, lu.releve.jour))]
        while len(chain) == 1 or chain[0].motif not in (*lecture.DEBUTS, *_FACTURES, *lecture.FINS):
            if chain[0].precedent is None or len(chain) > len(lus):
                raise _ApartError("relevé manquant", f"celui d'avant {chain[0].releve.id}")
            ident, jour, motif = chain[0].precedent
            before = by_id.get(ident)
            if before is not None and before.releve.jour <= chain[0].releve.jour:
                before = known.get((before.releve.jour, before.motif), before)
            elif motif in (*lecture.DEBUTS, *_FACTURES):
                before = ReleveRecu(ReleveFacture(ident, jour), motif)
            else:
                raise _ApartError("relevé manquant", f"{ident} du {jour}")
            chain.insert(0, before)
        return chain

    def _judge_invoice(self, fichier: str, tree: ArbreDocument) -> None:
        """Compare the totals of an invoice with its blocks."""
        facture, fin = tree["En_Tete_Message"]["Num_Facture"], tree["Fin_Message"]
        of = facture, tree["En_Tete_Flux"].get("Identifiant_Contrat", "")
        mine = [each.arbre for each in self.blocs if (each.facture, each.contrat) == of]
        totals: dict[str, Decimal | int] = {"Nb_Donnees_Valorisation_Total": len(mine)}
        for nom in ("HT", "TVA", "TTC"):
            amounts = [each.get(f"Total_Valorise_{nom}") for each in mine]
            known = [each for each in amounts if each is not None]
            if known == amounts:
                totals[f"Montant_Total_{nom}"] = sum(known, Decimal(0))
        for nom, value in totals.items() if mine else ():
            self._compare(fichier, f"{nom} de la facture {facture}", value, fin.get(nom, value))

    def _compare(self, fichier: str, quoi: str, attendu: object, ecrit: object) -> None:
        if attendu != ecrit:
            values: Any = {"attendu": str(attendu), "ecrit": str(ecrit)}
            self.constats.append(ConstatFacture(fichier, "total", quoi, **values))


def _next_fixed(jour: date, fixe: int) -> date:
    """Return the first day after another that is so in its month."""
    here = jour.replace(day=fixe)
    return here if here > jour else add_months(here, 1)


def _after(bloc: BlocEcrit, *suffixes: str) -> date | None:
    """Return the day after the lines of a block that end so, None without any."""
    days = [each.fin for each in bloc.lignes if each.id_ev.endswith(suffixes)]
    return max(days) + _JOUR if days else None
