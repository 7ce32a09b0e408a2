"""The journal: the exchanges that a simulator recorded."""

from datetime import date
from typing import TYPE_CHECKING, Annotated, Literal

from sge_sim.clock import between_days
from sge_sim.domaine.nomenclatures import KindEchange, Origine
from sge_sim.errors import UsageError
from sge_sim.operations import LARGEST_NUMBER, Before, Limit, Says, State, day_typed, operation

if TYPE_CHECKING:
    from sge_sim.api.views import ExchangeView


@operation(
    "Les échanges, du plus récent au plus ancien ; après un numéro, du plus ancien au plus récent",
    "GET /journal",
    "journal list",
    key="id",
)
def list_echanges(
    state: State,
    *,
    genre: Annotated[list[KindEchange] | None, Says("Sorte d'échange, répétable")] = None,
    acteur: Annotated[str | None, Says("Code de l'acteur", completes="acteurs")] = None,
    service: Annotated[
        str | None, Says("Nom du service, par exemple RecherchePoint", completes="services")
    ] = None,
    origine: Annotated[Origine | None, Says("Qui a appelé")] = None,
    issue: Annotated[Literal["accepte", "refuse"] | None, Says("Ce qui a été répondu")] = None,
    du: Annotated[date | None, Says("Premier jour simulé", reads=day_typed)] = None,
    au: Annotated[date | None, Says("Dernier jour simulé", reads=day_typed)] = None,
    q: Annotated[str | None, Says("Début d'un code, d'un PRM, d'un service, d'une règle")] = None,
    prm: Annotated[str | None, Says("Numéro du point", completes="prms")] = None,
    code: Annotated[str | None, Says("Code retour, par exemple SGT4F7")] = None,
    regle: Annotated[str | None, Says("Règle qui a refusé, par exemple Porte/horaires")] = None,
    panne: Annotated[
        int | None, Says("Panne prévue ; 0 : n'importe laquelle", ge=0, le=LARGEST_NUMBER)
    ] = None,
    limit: Limit = 100,
    avant: Before = None,
    apres: Annotated[
        int | None, Says("Page suivante : ce qui vient après ce numéro", ge=0, le=LARGEST_NUMBER)
    ] = None,
) -> "list[ExchangeView]":
    """Return the exchanges."""
    from sge_sim.api.typed_filters import service_typed
    from sge_sim.api.views import ExchangeView
    from sge_sim.journal import RechercheJournal

    if apres is not None and avant is not None:
        raise UsageError("Donner apres ou avant, pas les deux.")
    if code:
        from sge_sim.api.declarations import code_typed  # it loads every service

        code = code_typed(code)
    debut, fin = between_days(du, au)
    recherche = RechercheJournal(
        code=code or None,
        prm=prm,
        service=service_typed(service),
        acteur=acteur and acteur.upper(),
        origine=origine,
        kinds=frozenset(genre) if genre else None,
        accepted=None if issue is None else issue == "accepte",
        debut=debut,
        fin=fin,
        prefixe=q,
        regle=regle,
        panne=panne,
    )
    found = state.journal.find_echanges(recherche, limit=limit, before_id=avant, after_id=apres)
    return [ExchangeView.of(each) for each in found]
