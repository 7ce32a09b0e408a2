"""What is read beside the state: codes and the rules that send them, services by date.

What they are read of loads every service: it is imported by whoever asks.
"""

from typing import TYPE_CHECKING, Annotated, Any

from sge_sim.errors import require_found
from sge_sim.machine.late import late
from sge_sim.operations import Says, State, operation

if TYPE_CHECKING:
    from sge_sim.api import declarations
else:
    declarations = late("sge_sim.api.declarations")

Mots = Annotated[str, Says("Mots d'un code ou d'une règle ; tous sans eux", "SGT4F7", old="mots")]


@operation(
    "Les codes retour et les règles qui les renvoient",
    "GET /codes",
    "codes list Q...",
    key="code",
    per_page=40,
)
def list_codes(_state: State, *, q: Mots = "") -> list[Any]:
    """Return the codes that hold these words."""
    return [*declarations.view_codes(q)]


@operation("Un code retour", "GET /codes/{code}", "codes show CODE")
def show(_state: State, *, code: Annotated[str, Says("Code retour", "SGT4F7")]) -> Any:
    """Return a code."""
    typed = code.strip().upper()
    found = next((each for each in declarations.view_codes("") if each.code == typed), None)
    return require_found(found, f"« {code} » n'est pas un code retour : /api/codes.", code)


@operation(
    "Les règles d'après lesquelles un appel est refusé",
    "GET /regles",
    "codes regles Q...",
    key="name",
    place="GET /codes",
)
def list_regles(
    _state: State,
    *,
    q: Mots = "",
    code: Annotated[str | None, Says("Code retour, par exemple SGT4F7")] = None,
) -> list[Any]:
    """Return the rules whose name holds these words."""
    return [*declarations.search_rules(q, code)]


@operation(
    "Depuis quand et jusqu'à quand la plateforme sert chaque service de commande, et émet les "
    "fichiers qui s'arrêtent avec eux, d'après quelle source ; sge-sim serve --generation auto la "
    "suit",
    "GET /generations",
    "generations",
    key="service",
)
def list_generations(_state: State) -> list[dict[str, Any]]:
    """Return when each service is served."""
    return declarations.view_existences()


@operation(
    "Les services qui s'arrêtent et que le journal montre appelés, par quel acteur, quand, et ce "
    "qui les remplace",
    "GET /generations/appels",
    "generations --journal",
    key="acteur_code/service",
)
def list_appels(state: State) -> list[dict[str, Any]]:
    """Return what each actor has called of the services that end."""
    return declarations.view_calls(state.journal)
