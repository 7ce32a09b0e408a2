"""The help, asked in a user's words."""

from typing import TYPE_CHECKING, Annotated

from sge_sim.machine.late import late
from sge_sim.operations import Says, State, operation

if TYPE_CHECKING:
    from sge_sim.api import aide
else:
    aide = late("sge_sim.api.aide")


@operation(
    "Ce que l'aide répond à une question, posée avec ses mots à soi : la page qui sert le plus "
    "d'abord, avec ce qu'elle en dit",
    "GET /aide",
    "aide Q...",
    place="GET /chercher",
    serving="never",
)
def ask(
    _state: State,
    *,
    q: Annotated[str, Says("Question, ou quelques mots", "certificat refusé")] = "",
) -> "aide.AideView":
    """Return the pages of the help that answer; raises `UsageError` where there is no help."""
    return aide.AideView.of(q)
