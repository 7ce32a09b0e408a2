"""Two reports of a release, one after the other: what got better and what got worse."""

from dataclasses import dataclass

from sge_sim.homologation.reports.rapport import Rapport


@dataclass(frozen=True)
class Comparaison:
    """The keys of the cases that are good now and weren't, and of those that were and aren't."""

    repares: tuple[str, ...]
    casses: tuple[str, ...]

    def __str__(self) -> str:
        parts = []
        for keys, one, many in (
            (self.repares, "réparé", "réparés"),
            (self.casses, "cassé", "cassés"),
        ):
            if keys:
                parts.append(f"{len(keys)} {many if len(keys) > 1 else one} ({', '.join(keys)})")
        return ", ".join(parts) or "rien n'a changé"


def compare(before: Rapport, after: Rapport) -> Comparaison:
    """Return what changed between two reports; cases that one of them doesn't have are left out."""
    earlier = {each.cle: each.statut.bon for each in before.executions}
    known = [each for each in after.executions if each.cle in earlier]
    return Comparaison(
        tuple(each.cle for each in known if each.statut.bon and not earlier[each.cle]),
        tuple(each.cle for each in known if not each.statut.bon and earlier[each.cle]),
    )
