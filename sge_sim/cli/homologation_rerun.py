"""`sge-sim homologate --rerun`: the target, the identity and the cases of an earlier report."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from sge_sim.clock import machine_now, parse_instant
from sge_sim.errors import UsageError

if TYPE_CHECKING:
    from sge_sim.homologation.reports.rapport import Rapport

_OF_THE_TARGET: Final = frozenset({"target", "admin", "ca", "now"})
"""What goes with the target of the report, and with no other."""
_WHO: Final = {
    "observée": "C'est au client d'en repasser les cas, une campagne étant ouverte",
    "pytest": "Ce sont des tests qui les passent",
}


def taken_up(options: Mapping[str, Any], earlier: "Rapport") -> dict[str, Any]:
    """Return the options of the command, those that weren't given taken from an earlier report.

    Raises `UsageError` for the report of a campaign that sge-sim didn't run, and for a file that
    isn't there any more.
    """
    if earlier.origine in _WHO:
        how = f" : {earlier.commande}" if earlier.commande else ""
        raise UsageError(
            f"Ce rapport est d'une campagne {earlier.origine}. {_WHO[earlier.origine]}{how}"
        )
    reprise = earlier.reprise
    if reprise is None:
        return dict(options)
    other = options["target"] not in (None, reprise.options.get("target"))
    taken = {
        name: value
        for name, value in reprise.options.items()
        if not options[name] and not (other and name in _OF_THE_TARGET)
    }
    reprise.check_files(taken)
    if "now" in taken:
        elapsed = machine_now() - earlier.debut
        taken["now"] = (parse_instant(str(taken["now"])) + elapsed).isoformat()
    return {**options, **_typed(taken)}


def _typed(taken: Mapping[str, str | tuple[str, ...]]) -> dict[str, Any]:
    """Return options as the command line would give them."""
    from sge_sim.homologation.reports.rapport import FILES

    return {
        name: Path(value) if name in FILES and isinstance(value, str) else value
        for name, value in taken.items()
    }


def cases_to_rerun(options: Mapping[str, Any], earlier: "Rapport") -> tuple[str, ...]:
    """Return the keys of what wasn't good in a report, of the packages that are asked for.

    Raises `UsageError` where all was.
    """
    from sge_sim.homologation.campaign.targets import to_rerun

    packages = options["packages"]
    bad = to_rerun(earlier)
    wanted = {each.cle for each in earlier.executions if not packages or each.package in packages}
    names = tuple(cle for cle in bad if cle in wanted)
    if not names:
        raise UsageError("Tous les cas de ce rapport sont bons : rien n'est à reprendre.")
    return names
