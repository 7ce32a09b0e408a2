"""The one reader of what an operation is given, and the words of every mistake.

A form, a query and a command line give texts, which are read as each parameter's type; a body of
JSON gives types of its own, which are demanded. Either way all mistakes are told at once, the same.
"""

import json
import re
from collections.abc import Mapping, Sequence, Set
from typing import Any, Final, Literal, get_origin

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, create_model
from pydantic_core import to_json

from sge_sim.api.typed_filters import known_spelling
from sge_sim.errors import FieldError, UsageError
from sge_sim.machine.once import computed_once
from sge_sim.machine.texts import choose_among, unfit_in
from sge_sim.operations import AnyOperation, Operation, Parameter, State, V

Lieu = Literal["adresse", "chemin", "corps", "en-tête"]
_LIEUX: Final[Mapping[str, Lieu]] = {"query": "adresse", "path": "chemin", "header": "en-tête"}
_CONSTATS: Final[Mapping[str, str]] = {
    "missing": "à donner",
    "union_tag_not_found": "à donner",
    "extra_forbidden": "inconnu ici",
    "json_invalid": "pas du JSON",
    "literal_error": "pas une des valeurs admises",
    "enum": "pas une des valeurs admises",
    "union_tag_invalid": "pas une des valeurs admises",
    "greater_than_equal": "{borne} au moins",
    "greater_than": "plus de {borne}",
    "less_than_equal": "{borne} au plus",
    "less_than": "moins de {borne}",
    "string_too_long": "{borne} caractères au plus",
    "string_too_short": "{borne} caractères au moins",
    "too_long": "{borne} éléments au plus",
    "too_short": "{borne} éléments au moins",
    "string_pattern_mismatch": "de la forme {borne}",
}
_ATTENDUS: Final = (
    ("int", "un nombre entier est attendu"),
    ("float", "un nombre est attendu"),
    ("finite", "un nombre est attendu"),
    ("bool", "oui ou non est attendu, en JSON true ou false"),
    ("date", "une date est attendue, par exemple 2025-08-01"),
    ("string", "un texte est attendu"),
    ("list", "une liste est attendue"),
    ("dict", "un objet est attendu"),
    ("model", "un objet est attendu"),
)
"""What a value should have been, by the beginning of pydantic's word for the mistake."""
_TRUTHS: Final[Mapping[str, bool]] = {"oui": True, "non": False}
_BORNES: Final = ("ge", "gt", "le", "lt", "max_length", "min_length", "pattern")
_EXPECTED: Final = re.compile(r"'([^']*)'|(-?\d+)")
_GIVEN: Final = 200
"""Characters that are repeated of what was given."""


class ErreurDeForme(BaseModel):
    """What is wrong with a field."""

    lieu: Lieu = Field(description="Où le champ se trouve ; adresse : paramètre après « ? »")
    champ: str = Field(description="Son nom ; points entre les niveaux d'un corps")
    constat: str = Field(description="Ce qui ne va pas, en français")
    borne: str | None = Field(None, description="Celle qui est dépassée")
    valeurs: list[str] | None = Field(None, description="Celles qui sont admises, s'il y en a peu")
    donne: str | None = Field(None, description="Ce qui a été donné ; en JSON, sauf un texte")

    @property
    def sentence(self) -> str:
        """What is wrong, without a full stop: the same wherever it was given."""
        given = "" if self.donne is None else f" (donné : {self.donne})"
        values = "" if not self.valeurs else f" : {choose_among(self.valeurs, self.donne or '')}"
        return f"{self.champ} : {self.constat}{given}{values}"


class FormError(UsageError):
    """What was given hasn't its form: every mistake, in the order of the parameters."""

    def __init__(self, erreurs: Sequence[ErreurDeForme]) -> None:
        super().__init__(" ; ".join(each.sentence for each in erreurs) + ".")
        self.erreurs = erreurs


def perform(
    operation: Operation[..., V], state: State, given: Mapping[str, object], *, typed: bool
) -> V:
    """Do an operation with what is given; raises `FormError`, or `UsageError`.

    What was `typed` is text, or lists of texts; what wasn't has the types of JSON. A word of a few
    is taken in any case. A list is asked for one more than its limit: others follow where it gives
    that one.
    """
    asked = read(operation, given, typed=typed)
    if "limit" in asked:
        asked["limit"] += 1
    try:
        return operation(state, **asked)
    except FieldError as error:
        raise FormError([error_of(error)]) from None


def read(operation: AnyOperation, given: Mapping[str, object], *, typed: bool) -> dict[str, Any]:
    """Return what is given as the values of the parameters; raises `FormError`, as `perform`."""
    parameters = operation.parameters
    given = _tidied(parameters, given, typed)
    if unfit_name := next(filter(None, map(unfit_in, given)), None):
        raise UsageError(f"{unfit_name}.")
    exact = {name for name, each in parameters.items() if each.says.exact}
    unfit = [name for name, value in given.items() if name not in exact and unfit_in(value)]
    errors: list[Mapping[str, Any]] = [
        {"type": "unfit", "loc": (name,), "input": given[name]} for name in unfit
    ]
    words = {
        name: _word(parameters.get(name), value, typed)
        for name, value in given.items()
        if name not in unfit
    }
    found: dict[str, Any] = {}
    try:
        if typed:
            found = dict(shape_of(operation).model_validate(words))
        else:
            text = to_json(words, inf_nan_mode="constants")
            found = dict(shape_of(operation).model_validate_json(text, strict=True))
    except ValidationError as error:
        errors += (each for each in error.errors() if each["loc"][0] not in unfit)
    if not errors:
        return found
    rank = {name: place for place, name in enumerate(parameters)}
    errors.sort(key=lambda each: rank.get(each["loc"][0], len(rank)))
    raise FormError(mistakes([_placed(each, [*parameters]) for each in errors]))


def _tidied(
    parameters: Mapping[str, Parameter], given: Mapping[str, object], typed: bool
) -> dict[str, object]:
    """Return what is given without the spaces around; what is blank isn't given, unless it clears.

    The words of a list may stand in one text, commas or spaces between them.
    """
    tidied = dict(given)
    for name in given.keys() & parameters.keys():
        parameter, value = parameters[name], given[name]
        if parameter.says.exact:
            continue
        kind = get_origin(parameter.kind)
        texts = [value] if typed and kind in (list, dict) and isinstance(value, str) else value
        if isinstance(texts, str):
            tidied[name] = texts.strip()
        elif isinstance(texts, list | tuple) and {*map(type, texts)} == {str}:
            words = " ".join(texts).replace(",", " ").split() if kind is list else texts
            tidied[name] = [*filter(None, map(str.strip, words))]
        if value != [] and tidied[name] in ("", []) and not parameter.says.clears:
            del tidied[name]
    return tidied


@computed_once()
def shape_of(operation: AnyOperation) -> type[BaseModel]:
    """Return what reads the parameters of an operation, and gives their schema."""
    fields: dict[str, Any] = {
        name: (each.hint, ... if each.required else each.default)
        for name, each in operation.parameters.items()
    }
    bounds = ConfigDict(extra="forbid", allow_inf_nan=False)
    return create_model(operation.name, __config__=bounds, **fields)


def _word(parameter: Parameter | None, value: object, typed: bool) -> object:
    """Return a value as it is checked: a word in its own spelling, what is typed for a truth."""
    if typed and parameter is not None and get_origin(parameter.kind) is dict:
        return _attributes([value] if isinstance(value, str) else value)
    if parameter is None or not isinstance(value, str):
        return value
    if typed and parameter.kind is bool:
        return _TRUTHS.get(value.lower(), value)
    return known_spelling(value, parameter.values) if parameter.values else value


def _attributes(typed: object) -> object:
    """Return NAME=VALUE as an object: numbers, dates and truths are read as a data set's.

    What isn't written so is returned as it is.
    """
    found: dict[str, object] = {}
    for each in typed if isinstance(typed, Sequence) else ():
        name, separator, value = str(each).partition("=")
        if not separator:
            return each
        try:
            found[name] = yaml.safe_load(value)
        except yaml.YAMLError:
            return each
    return found


def _placed(error: Mapping[str, Any], known: Sequence[str]) -> Mapping[str, Any]:
    context = {"valeurs": known} if error["type"] == "extra_forbidden" else {}
    return {"ctx": context, **error, "loc": ("body", *error["loc"])}


def error_of(error: FieldError) -> ErreurDeForme:
    """Return the mistake of a value that was read, then refused."""
    return ErreurDeForme(
        lieu="corps",
        champ=error.champ,
        constat=str(error).rstrip("."),
        borne=None if error.borne is None else _text(error.borne),
        valeurs=None,
        donne=None if error.donne is None else _text(error.donne),
    )


def mistakes(
    errors: Sequence[Mapping[str, Any]], tags: Set[str] = frozenset()
) -> list[ErreurDeForme]:
    """Return what pydantic found wrong, in its order; each `loc` begins with the part of a demand.

    A field of several types has one mistake for each, whose place ends with the name of the type;
    `tags` are the names of the kinds that a body may be of.
    """
    several = {loc[:-1] for each in errors if str((loc := each["loc"])[-1]).startswith("literal[")}
    found: dict[tuple[Any, ...], ErreurDeForme] = {}
    for each in errors:
        loc = each["loc"][:-1] if each["loc"][:-1] in several else each["loc"]
        described = _described({**each, "loc": loc}, tags)
        first = found.setdefault(loc, described)
        if first is not described:
            if first.constat != described.constat:
                first.constat += ", ou une des valeurs admises"
            first.valeurs = [*(first.valeurs or ()), *(described.valeurs or ())]
    return [*found.values()]


def _described(error: Mapping[str, Any], tags: Set[str]) -> ErreurDeForme:
    kind, context = error["type"], error.get("ctx", {})
    place, *names = error["loc"]
    if len(names) > 1 and names[0] in tags:  # pydantic's word for a body of several kinds
        names = names[1:]
    if kind.startswith("union_tag"):
        names.append(str(context["discriminator"]).strip("'"))
    elif kind == "json_invalid":
        names = []
    given = None if kind in ("missing", "union_tag_not_found") else _given(error, context)
    unfit = unfit_in(given)
    bound = next((_text(context[name]) for name in _BORNES if name in context), None)
    return ErreurDeForme(
        lieu=_LIEUX.get(place, "corps"),
        champ=".".join(map(str, names)) or "corps",
        constat=unfit or _constat(kind, context).format(borne=bound),
        borne=bound,
        valeurs=None if unfit else _values(kind, context),
        donne=None if unfit else given,
    )


def _constat(kind: str, context: Mapping[str, Any]) -> str:
    if kind == "value_error":
        return str(context["error"]).replace("{", "{{").replace("}", "}}").rstrip(".")
    expected = (sentence for word, sentence in _ATTENDUS if kind.startswith(word))
    return _CONSTATS.get(kind) or next(expected, "valeur refusée")


def _values(kind: str, context: Mapping[str, Any]) -> list[str] | None:
    if "valeurs" in context:
        return list(context["valeurs"])
    expected = context.get("expected_tags" if kind == "union_tag_invalid" else "expected")
    return [text or number for text, number in _EXPECTED.findall(expected)] if expected else None


def _given(error: Mapping[str, Any], context: Mapping[str, Any]) -> str:
    return _text(context.get("tag", error.get("input")))


def _text(value: object) -> str:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= _GIVEN else f"{text[:_GIVEN]}…"
