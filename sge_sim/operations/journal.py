"""The journal: the exchanges that a simulator recorded, what of them is taken, what it lacks."""

from datetime import date
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

from sge_sim.clock import between_days
from sge_sim.domaine.nomenclatures import KindEchange, Origine
from sge_sim.errors import UsageError, require_found
from sge_sim.machine.late import late
from sge_sim.operations import (
    LARGEST_NUMBER,
    Before,
    Download,
    Limit,
    Says,
    State,
    day_typed,
    operation,
)

if TYPE_CHECKING:
    from sge_sim import journal
    from sge_sim.api import declarations, typed_filters, views
    from sge_sim.homologation import premier_appel, rejeu
else:
    declarations = late("sge_sim.api.declarations")
    typed_filters = late("sge_sim.api.typed_filters")
    views = late("sge_sim.api.views")
    premier_appel = late("sge_sim.homologation.premier_appel")
    rejeu = late("sge_sim.homologation.rejeu")
    journal = late("sge_sim.journal")

_MESSAGE: Final = 900_000
"""Bytes that a message takes at most in an answer."""
EchangeId = Annotated[int, Says("Numéro de l'échange", 1, ge=1, le=LARGEST_NUMBER)]


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
) -> "list[views.ExchangeView]":
    """Return the exchanges."""
    asked = {name: value for name, value in locals().items() if name in FILTRES}
    if apres is not None and avant is not None:
        raise UsageError("Donner apres ou avant, pas les deux.")
    recherche = recherche_of(**asked)
    found = state.journal.find_echanges(recherche, limit=limit, before_id=avant, after_id=apres)
    return [views.ExchangeView.of(each) for each in found]


FILTRES: Final = tuple(
    name for name in list_echanges.parameters if name not in ("limit", "avant", "apres")
)
"""Its parameters that say which exchanges are meant."""


def recherche_of(**asked: Any) -> "journal.RechercheJournal":
    """Return what is looked for, by the filters of `list_echanges`."""
    if code := asked["code"]:
        code = declarations.code_typed(code)  # it loads every service
    debut, fin = between_days(asked["du"], asked["au"])
    genres, issue, acteur = asked["genre"], asked["issue"], asked["acteur"]
    return journal.RechercheJournal(
        code=code or None,
        prm=asked["prm"],
        service=typed_filters.service_typed(asked["service"]),
        acteur=acteur and acteur.upper(),
        origine=asked["origine"],
        kinds=frozenset(genres) if genres else None,
        accepted=None if issue is None else issue == "accepte",
        debut=debut,
        fin=fin,
        prefixe=asked["q"],
        regle=asked["regle"],
        panne=asked["panne"],
    )


@operation(
    "Un échange, avec ses deux messages ; l'interface REST coupe ceux qui sont longs, ce que dit "
    "`coupe`",
    "GET /journal/{echange_id}",
    "journal show ECHANGE_ID",
    place="GET /echanges/{echange_id}",
)
def show(state: State, *, echange_id: EchangeId) -> "views.ExchangeWithBodies":
    """Return an exchange; whole to who reads it beside the simulator."""
    echange = get_echange(state, echange_id)
    if state.simulator is None:
        return views.ExchangeWithBodies.of(echange)
    return views.ExchangeWithBodies.within(echange, _MESSAGE)


def get_echange(state: State, echange_id: int) -> "journal.Echange":
    """Return an exchange; raises `UnknownError` where there is none of that number."""
    sentence = f"Aucun échange ne porte le numéro {echange_id}."
    return require_found(state.journal.find_echange(echange_id), sentence, echange_id)


@operation(
    "Un message d'un échange, tel qu'il est passé",
    "GET /journal/{echange_id}/{message}.xml",
    "journal show --message ECHANGE_ID",
    place="GET /echanges/{echange_id}",
    also="/echanges/{echange_id}/{message}.xml",
)
def take_message(
    state: State,
    *,
    echange_id: EchangeId,
    message: Annotated[
        Literal["requete", "reponse"],
        Says("Un des deux messages, tel qu'il est passé", flags={"--raw": "requete"}),
    ],
) -> Download:
    """Return a message of an exchange, whole."""
    echange = get_echange(state, echange_id)
    content = echange.request if message == "requete" else echange.response
    return Download(content or b"", f"{echange_id}-{message}.xml")


@operation(
    "De quoi refaire l'appel : une commande curl, ou un programme Python (zeep)",
    "GET /journal/{echange_id}/copie",
    "journal show --forme ECHANGE_ID",
    place="GET /echanges/{echange_id}",
    serving="always",
)
def copy(
    state: State,
    *,
    echange_id: EchangeId,
    forme: Annotated[
        Literal["curl", "zeep"],
        Says("De quoi refaire l'appel", flags={"--curl": "curl", "--zeep": "zeep"}),
    ] = "curl",
) -> Download:
    """Return a call as a text to copy; raises `UsageError` for what is no call."""
    echange = get_echange(state, echange_id)
    moyens = premier_appel.moyens_for(state.data_dir, echange.certificate_fingerprint)
    write = rejeu.as_curl if forme == "curl" else rejeu.as_zeep
    try:
        text = write(echange, moyens, state.simulator.b2b_url)
    except ValueError as error:
        raise UsageError(f"La demande {echange_id} n'est pas lisible : {error}.") from None
    return Download(f"{text.rstrip()}\n", media_type="text/plain; charset=utf-8")


@operation(
    "Refaire un appel SOAP",
    "POST /journal/{echange_id}/replay",
    "journal replay ECHANGE_ID",
    status=201,
    done="L'échange {echange_id} a été refait : échange {fait.id}, {fait.code}.",
    was=("POST /journal/{echange_id}/rejouer",),
    place="POST /echanges/{echange_id}/rejouer",
    back="/echanges/{echange_id}",
    then="/echanges/{fait.id}",
    serving="always",
)
def replay(
    state: State,
    *,
    echange_id: EchangeId,
    demande: Annotated[
        str | None,
        Says(
            "Message envoyé à la place de la demande ; elle-même sans lui",
            "<s:Envelope>…</s:Envelope>",
            exact=True,
        ),
    ] = None,
) -> "views.ExchangeView":
    """Send an exchange again; return the one that it made.

    A browser ends each line as HTTP does: those of the request are kept as they were. Raises
    `UsageError` for one that is no SOAP call, and where nobody answers.
    """
    simulator, echange = state.simulator, get_echange(state, echange_id)
    if demande is not None and b"\r\n" not in (echange.request or b""):
        demande = demande.replace("\r\n", "\n")
    before = state.journal.find_replays(echange_id, 1)
    moyens = premier_appel.moyens_for(state.data_dir, echange.certificate_fingerprint)
    marque = simulator.marques.make("rejeu", echange_id)
    sent = None if demande is None else demande.encode("utf-8", "replace")
    rejeu.send_again(echange, moyens, simulator.b2b_url, marque, sent)
    found = state.journal.find_replays(echange_id, 1)
    if found == before:
        raise UsageError("L'appel a été refait, et le journal ne l'a pas encore.")
    return views.ExchangeView.of(get_echange(state, found[0]))


@operation(
    "Ce que le disque a abîmé des échanges en attente",
    "GET /avaries",
    without="journal repair le dit, avec le nombre d'échanges qui manquent",
    key="spool/start",
    place="GET /",
)
def list_avaries(state: State) -> "list[journal.Avarie]":
    """Return what couldn't be stored."""
    return [*state.journal.avaries()]


@operation(
    "Prendre acte de ce qui manque",
    "POST /avaries/acknowledge",
    was=("POST /avaries/acquitter",),
    without="journal repair --acquitter le fait, après l'avoir montré",
    has_page=False,
    status=204,
)
def acknowledge(state: State) -> None:
    """Take note of all that is missing."""
    state.journal.acknowledge()
