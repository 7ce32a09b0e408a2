"""Who asks for what: the user, then the contract, in each service about access services."""

from typing import Any

import pytest
from acces_kit import ACCES, ASAD, C5, MOSAD, RSA, RSAD, SAD, Tiers, options_block


def demand(tiers: Tiers, path: str, numero: str, login: str, contrat: str) -> dict[str, Any]:
    """The members of a demand that would be served, but for who asks."""
    asker = {"initiateurLogin": login, "contratId": contrat}
    match path:
        case "/CommandeServicesAccesDonnees/v1.0":
            return tiers.sad(C5, "IDX", **asker)
        case "/CommandeModificationOptionsServicesAccesDonnees/v1.0":
            added = {"ajouterOptionsPublication": options_block("P1D")}
            return tiers.modification(C5, {"serviceSouscritId": numero, **added}, **asker)
        case "/CommandeRenouvellementServicesAccesDonnees/v1.0":
            return tiers.renewal(C5, [numero], **asker)
        case "/CommandeArretServicesAccesDonnees/v1.0":
            return tiers.numbered(C5, [numero], **asker)
        case "/CommanderAccesDonneesMesures/v1.0":
            general = {"initiateurLogin": login, "contrat": {"contratId": contrat}}
            return tiers.acces(C5, general)
    return {"criteres": {"pointId": C5, "contratId": contrat}, "loginUtilisateur": login}


@pytest.mark.documented("AX.0466 v1.5.0")
@pytest.mark.parametrize(
    ("login", "contrat", "code"),
    [
        ("personne@nulle-part.fr", None, "SGT504"),
        ("fournisseur", None, "SGT502"),
        ("sans.droit@tiers1.example.org", None, "SGT483"),
        (None, "999", "SGT471"),
        (None, "fournisseur", "SGT472"),
        (None, "1100017", "SGT473"),
        (None, None, None),
    ],
)
@pytest.mark.parametrize("path", [SAD, MOSAD, RSAD, ASAD, ACCES, RSA])
def test_who_asks_is_a_user_with_a_right_and_a_contract_of_its_own_that_runs(
    tiers: Tiers, path: str, login: str | None, contrat: str | None, code: str | None
) -> None:
    (other,) = [each for each in tiers.running.simulator.callers if each.kind == "fournisseur"]
    login = other.login if login == "fournisseur" else login or tiers.login
    contrat = other.contrat_id if contrat == "fournisseur" else contrat or tiers.contrat_id
    (numero,) = tiers.order(C5, ("IDX" if path == MOSAD else "PMAX"))
    if path == RSA and code in ("SGT483", "SGT473"):
        code = None  # who may call it isn't checked, nor whether the contract runs
    assert tiers.code(path, **demand(tiers, path, numero, login, contrat)) == code
