"""The forms of operations as pages draw them: what was typed, what is wrong, what is proposed."""

from dataclasses import dataclass, field
from typing import Any

from sge_sim.admin.routes.forms import Form, why_refused
from sge_sim.api.typed_filters import service_names
from sge_sim.domaine.nomenclatures import PACKAGES
from sge_sim.errors import UsageError
from sge_sim.operations import AnyOperation, Parameter, Says, State, operation_named
from sge_sim.operations.reading import FormError
from sge_sim.referentiel.episodes import episode_files
from sge_sim.tables.acteurs import all_acteurs


@dataclass(frozen=True)
class Connus:
    """What the fields of a page propose."""

    state: State
    packages = PACKAGES

    @property
    def acteurs(self) -> list[str]:
        """The codes of the actors."""
        with self.state.database.sessions() as session:
            return [each.code for each in all_acteurs(session)]

    @property
    def services(self) -> list[str]:
        """The names of the services."""
        return service_names()

    @property
    def episodes(self) -> list[str]:
        """The names of the episodes."""
        return [*episode_files(self.state.data_dir)]

    def vu(self, operation: str) -> Any:
        """Return the view of an operation without parameters."""
        return operation_named(operation)(self.state)

    def formulaire(self, operation: str) -> "Formulaire":
        """Return the form of an operation, before anything is typed."""
        return Formulaire(operation_named(operation))

    def valeurs(self, operation: str, parameter: str) -> tuple[str, ...]:
        """Return the values that a parameter of an operation takes."""
        return operation_named(operation).parameters[parameter].values


@dataclass(frozen=True)
class Formulaire:
    """The form of an operation on a page: what was typed, and what is wrong with it."""

    operation: AnyOperation
    form: Form = field(default_factory=lambda: Form({}))
    error: UsageError | None = None

    @property
    def refus(self) -> str:
        """Why it wasn't done, in a sentence."""
        return "" if self.error is None else why_refused(self.error)

    def champ(self, name: str) -> "FormField":
        """Return one of its fields, as it is drawn."""
        found = self.operation.parameters[name]
        default = "" if found.default is None else _as_typed(found.default)
        typed = self.form.get(name) if self.form.fields else default
        erreurs = self.error.erreurs if isinstance(self.error, FormError) else ()
        wrong = any(each.champ == name for each in erreurs)
        return FormField(found, typed, wrong)


def _as_typed(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


@dataclass(frozen=True)
class FormField:
    """A field of a form: its parameter, what it holds, whether that is wrong."""

    parameter: Parameter
    valeur: str
    est_faux: bool

    @property
    def says(self) -> Says:
        """What is said of it."""
        return self.parameter.says

    @property
    def attributs(self) -> dict[str, object]:
        """What a browser is told of the values that it takes, and of one that is wrong."""
        found: dict[str, object] = {"aria-invalid": "true"} if self.est_faux else {}
        if self.parameter.required and not self.parameter.values:
            found |= {"required": "required"}
        if self.says.longest is not None:
            found |= {"maxlength": self.says.longest}
        if self.parameter.kind is float:
            found |= {"size": 12, "inputmode": "decimal"}
        if self.parameter.kind is int:
            found |= {"type": "number", "min": self.says.ge, "max": self.says.le}
        return found
