"""The settings of a simulator as the administration shows them."""

from dataclasses import fields
from datetime import datetime
from enum import Enum
from types import NoneType
from typing import TYPE_CHECKING, Any, Final, Literal, get_args, get_origin, get_type_hints

from pydantic import Field, create_model

from sge_sim.settings import Settings
from sge_sim.settings.database_url import without_password

_PLAIN: Final = (bool, int, float, str, datetime)


def _shown_type(kind: Any) -> Any:
    """Return the type that JSON gives of a setting's: text for what has no other."""
    if get_origin(kind) is tuple:
        return list[str]
    if NoneType in get_args(kind):
        (other,) = (argument for argument in get_args(kind) if argument is not NoneType)
        return _shown_type(other) | None
    plain = get_origin(kind) is Literal or kind in _PLAIN or issubclass(kind, Enum)
    return kind if plain else str


_HINTS: Final = get_type_hints(Settings)

_FIELDS: Final[dict[str, Any]] = {
    setting.name: (_shown_type(_HINTS[setting.name]), Field(description=setting.metadata["why"]))
    for setting in fields(Settings)
}

if TYPE_CHECKING:
    SettingsView = dict[str, Any]
else:
    SettingsView = create_model(
        "SettingsView", __doc__="The settings in force; null where nothing is set.", **_FIELDS
    )


def view_settings(settings: Settings) -> SettingsView:
    """Return the settings in force, the password of the database masked."""
    return {
        setting.name: _shown(setting.name, getattr(settings, setting.name))
        for setting in fields(Settings)
    }


def _shown(name: str, value: Any) -> Any:
    if isinstance(value, str):
        return without_password(value) if name == "database_url" else value
    if value is None or isinstance(value, _PLAIN):
        return value
    return [str(item) for item in value] if isinstance(value, tuple) else str(value)
