"""`sge-sim points`: look at the points of a simulator, and set what they are.

What their measures depend on, what happens to them; what was measured on one, and copies of one.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

import yaml

from sge_sim.cli.declared import Shown, group_of
from sge_sim.cli.points_apports import import_command

if TYPE_CHECKING:
    from sge_sim.api.points import PointView


_SHOWN: Final = ("comptage", "situation", "mesures", "services")


def _point_line(view: "PointView") -> str:
    described = view.pourquoi or f"{view.client or '-'}, {view.code_postal} {view.commune}"
    return f"{view.prm}  {view.segment}  {view.etat_contractuel:<6}  {described}"


def _yaml(known: Mapping[str, Any]) -> str:
    return yaml.safe_dump(known, allow_unicode=True, sort_keys=False).rstrip("\n")


def _set(point: Mapping[str, Any]) -> str:
    return _yaml({point["prm"]: {name: point.get(name, {}) for name in _SHOWN}})


def _csv(found: Mapping[str, Any]) -> str:
    columns = found["colonnes"]
    rows = (
        ";".join("" if cell is None else str(cell) for cell in row)
        for row in zip(*columns.values(), strict=True)
    )
    return "\n".join((";".join(columns), *rows))


points = group_of(
    "points",
    "Voir et régler les points du jeu de données.",
    {
        "list_points": Shown(_point_line),
        "show": Shown(_yaml),
        "set_point": Shown(_set),
        "copy": Shown(lambda point: str(point["prm"])),
        "read_mesures": Shown(_csv),
    },
    subject="points apports",
)
points.add_command(import_command)
