"""The life of access to a curve, from its order to each of its ends, as its actor sees it."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from acces_kit import ASAD, C5, END, RSAD, SAD, TODAY, Tiers
from demandes import mesures_detaillees

CMD = "/ConsultationMesuresDetaillees/v3.0"
FIVE = TODAY + timedelta(days=5)
LATER = END + timedelta(days=90)
_TOUCHED = (
    *("etat_contractuel", "etat_alimentation", "date_resiliation", "date_mise_en_service"),
    *("contrat_soutirage", "contrat_injection", "fournisseur_titulaire", "opposition_courbe"),
)


@pytest.fixture
def restored(tiers: Tiers) -> Iterator[Tiers]:
    """The tiers, whose C5 is afterwards as it was."""
    with tiers.having(C5, **tiers.attributs(C5, *_TOUCHED)):
        yield tiers


def consult(tiers: Tiers) -> str | None:
    """Read yesterday's curve by the access service; return the code of the refusal."""
    days = tiers.today - timedelta(days=1), tiers.today
    asked = mesures_detaillees(tiers.login, C5, "COURBE", "PA", *days, cadreAcces="SERVICE_ACCES")
    return tiers.code(CMD, **asked)


def seen(tiers: Tiers) -> tuple[Any, ...]:
    """State, end and its reason, and the end of the publication."""
    (service,) = [each for each in tiers.services(C5) if each["serviceSouscritCode"] == "ACCES"]
    (option,) = service["optionsPublication"]["optionPublication"]
    return service["etatCode"], service["dateFin"], service["motifFinLibelle"], option["dateFin"]


@pytest.mark.documented("homologation slides V26.2, GUI 0531 v1.1.0: each end of a service")
@pytest.mark.parametrize(
    ("end", "day", "motif", "then"),
    [
        ("arret", FIVE, "Arrêt demandé par le bénéficiaire", None),
        ("resilie", FIVE, "Résiliation du point", "SGT4M6"),
        ("nouveau_titulaire", FIVE, "Changement de titulaire du point", None),
        ("nouveau_fournisseur", FIVE, "Changement de fournisseur du point", None),
        (
            "opposition",
            FIVE,
            "Opposition du client à l'enregistrement de la courbe de charge",
            "SGT4H7",
        ),
        ("echeance", END, "Date de fin du service atteinte", None),
        ("renouvellement", LATER, "Date de fin du service atteinte", None),
    ],
)
def test_the_life_of_a_service(
    restored: Tiers, end: str, day: date, motif: str, then: str | None
) -> None:
    tiers = restored
    with tiers.acting_as("fournisseur") as outgoing:
        actor = outgoing if end == "nouveau_fournisseur" else tiers
        if end == "nouveau_fournisseur":
            tiers.set(C5, fournisseur_titulaire=outgoing.acteur)
        assert consult(actor) == "SGT211"
        (numero,) = actor.order(C5, ("CDC", ("P1D", False)))
        match end:
            case "resilie" | "nouveau_titulaire":
                tiers.change(C5, **{end: day})
            case "nouveau_fournisseur":
                tiers.change(C5, nouveau_fournisseur=("FOURN2", day))
            case "renouvellement":
                members = actor.renewal(C5, [numero], dateFin=day)
                assert actor.code(RSAD, **members) is None
        tiers.advance(f"{(day - TODAY).days - 1}d")
        planned = LATER if end == "renouvellement" else END
        assert seen(actor) == ("ACTIF", planned, None, None)
        assert consult(actor) is None
        tiers.advance("1d")
        if end == "arret":
            assert actor.code(ASAD, **actor.numbered(C5, [numero])) is None
        elif end == "opposition":
            tiers.change(C5, opposition=True)
        assert seen(actor) == ("TERMINE", day, motif, day)
        assert consult(actor) is not None
        until = {"dateFin": actor.today + timedelta(days=30)}
        assert actor.code(SAD, **actor.sad(C5, "CDC", **until)) == then
