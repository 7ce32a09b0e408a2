"""What the cases of Data Connect do to a simulator, over its administration, by name."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from sge_sim.api.administration import Administration, ServedClock
from sge_sim.clock import parse_duration
from sge_sim.homologation.catalogue.answer_paths import Answer

Geste = Callable[[Administration, Mapping[str, Any]], Answer]


def _revoke(admin: Administration, asked: Mapping[str, Any]) -> Answer:
    """Take back every consent that is in force on `prm`, as the customer does."""
    for consentement in admin.get_all("/api/consentements", prm=asked["prm"]):
        if consentement["en_vigueur"]:
            admin.delete(f"/api/consentements/{consentement['id']}")
    return {}


def _advance(admin: Administration, asked: Mapping[str, Any]) -> Answer:
    """Move the clock ahead by `duree`, such as `4h`."""
    ServedClock(admin).advance(parse_duration(asked["duree"]))
    return {}


def _register(admin: Administration, asked: Mapping[str, Any]) -> Answer:
    """Register an application with `apis`, of the actor of the one whose `client_id` is given."""
    others = {
        application["client_id"]: application for application in admin.get_all("/api/applications")
    }
    like = others[asked["comme"]]
    return dict(
        admin.post(
            "/api/applications",
            {
                **{name: like[name] for name in ("acteur", "mode", "redirect_uri")},
                "nom": asked["nom"],
                "apis": list(asked["apis"]),
            },
        )
    )


def _move_in(admin: Administration, asked: Mapping[str, Any]) -> Answer:
    """Give `prm` another holder from `jour` on."""
    path = f"/api/points/{asked['prm']}/vie"
    return dict(admin.post(path, {"nouveau_titulaire": asked["jour"]}))


GESTES: Final[Mapping[str, Geste]] = {
    "retirer_accord": _revoke,
    "avancer": _advance,
    "enregistrer_application": _register,
    "emmenager": _move_in,
}
"""The gestures; each takes the parameters of a case."""
