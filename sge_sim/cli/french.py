"""What click and the operating system say by themselves, in French, unless English is asked for.

click looks its messages up by gettext, which wants a French locale, that a container hasn't, and a
compiled catalogue: this table again, a step of the build to compile it and a variable of the
environment that programs started from here would inherit. `speak_french` gives click's modules the
table instead.
"""

import errno
import os
import re
import sys
from types import ModuleType
from typing import Any, Final

import click

from sge_sim.errors import system_reason

CLICK_MESSAGES: Final = {
    # Usage errors. No full stop at their end: `usage_sentence` goes on.
    "Invalid value: {message}": "Valeur refusée : {message}",
    "Invalid value for {param_hint}: {message}": "Valeur refusée pour {param_hint} : {message}",
    "Missing argument": "Il manque l'argument",
    "Missing option": "Il manque l'option",
    "Missing parameter": "Il manque le paramètre",
    "Missing {param_type}": "Il manque : {param_type}",
    "Missing parameter: {param_name}": "Il manque le paramètre {param_name}",
    "Missing command.": "Il manque la commande",
    "No such option {name!r}.": "L'option {name!r} n'existe pas",
    "No such command {name!r}.": "La commande {name!r} n'existe pas",
    "Did you mean {possibility}?": "(la plus proche : {possibility})",
    "(Did you mean one of: {possibilities}?)": "(les plus proches : {possibilities})",
    "Got unexpected extra argument ({args})": "L'argument {args} est de trop",
    "Got unexpected extra arguments ({args})": "Les arguments {args} sont de trop",
    "Option {name!r} does not take a value.": "L'option {name!r} ne prend pas de valeur",
    "Option {name!r} requires an argument.": "L'option {name!r} prend une valeur : la donner",
    "Option {name!r} requires {nargs} arguments.": "L'option {name!r} prend {nargs} valeurs",
    "Argument {name!r} takes {nargs} values.": "L'argument {name!r} prend {nargs} valeurs",
    "Takes {nargs} values but 1 was given.": "{nargs} valeurs attendues, 1 donnée",
    "Takes {nargs} values but {len} were given.": "{nargs} valeurs attendues, {len} données",
    "{len_type} values are required, but {len_value} was given.": (
        "{len_type} valeurs attendues, {len_value} donnée"
    ),
    "{len_type} values are required, but {len_value} were given.": (
        "{len_type} valeurs attendues, {len_value} données"
    ),
    "Choose from:\n\t{choices}": "Choisir parmi {choices}",
    "{value!r} is not {choice}.": "{value!r} est inconnu, écrire {choice}",
    "{value!r} is not one of {choices}.": "{value!r} est inconnu, choisir parmi {choices}",
    "{value!r} is not a valid {number_type}.": "{value!r} n'est pas un nombre entier",
    "{value} is not in the range {range}.": "{value} est hors des bornes {range}",
    "{value!r} is not a valid boolean. Recognized values: {states}": (
        "{value!r} n'est ni vrai ni faux, choisir parmi {states}"
    ),
    "{value!r} does not match the format {format}.": "{value!r} n'a pas la forme {format}",
    "{value!r} does not match the formats {formats}.": (
        "{value!r} n'a aucune des formes {formats}"
    ),
    "{value!r} is not a valid UUID.": "{value!r} n'est pas un UUID",
    "file": "fichier",
    "directory": "dossier",
    "path": "chemin",
    "{name} {filename!r} does not exist.": "{filename!r} n'existe pas",
    "{name} {filename!r} is a file.": "{filename!r} est un fichier, donner un dossier",
    "{name} {filename!r} is a directory.": "{filename!r} est un dossier, donner un fichier",
    "{name} {filename!r} is not readable.": "{filename!r} n'est pas lisible, vérifier ses droits",
    "{name} {filename!r} is not writable.": (
        "{filename!r} n'est pas modifiable, vérifier ses droits"
    ),
    "{name} {filename!r} is not executable.": (
        "{filename!r} n'est pas exécutable, vérifier ses droits"
    ),
    "Could not open file {filename!r}: {message}": (
        "Le fichier {filename!r} ne s'ouvre pas ({message})"
    ),
    "unknown error": "erreur inconnue",
    # Questions asked in the terminal.
    "Error: {message}": "Erreur : {message}",
    "Error: invalid input": "Répondre y (oui) ou n (non).",
    "Error: The two entered values do not match.": "Les deux saisies diffèrent.",
    "Repeat for confirmation": "Le répéter",
    # Help pages.
    "Usage:": "Usage :",
    "Commands": "Commandes",
    "Positional arguments": "Arguments",
    "default: {default}": "défaut\u00a0: {default}",
    "env var: {var}": "variable\u00a0: {var}",
    "required": "obligatoire",
    "(dynamic)": "(calculé)",
    "Show this message and exit.": "Afficher cette page.",
    "Show the version and exit.": "Afficher la version.",
}

_SYSTEM: Final = {
    errno.EACCES: "n'est pas accessible : vérifier ses droits et ceux de ses dossiers",
    errno.EEXIST: "existe déjà et n'est pas un dossier : choisir un autre nom",
    errno.EISDIR: "est un dossier : donner un fichier",
    errno.ELOOP: "est un lien symbolique qui tourne en rond : le corriger",
    errno.ENAMETOOLONG: "a un nom trop long : en choisir un plus court",
    errno.ENOENT: "n'existe pas ou ne peut pas être créé : vérifier le chemin",
    errno.ENOSPC: "n'a plus de place : en faire sur le disque",
    errno.ENOTDIR: "n'est pas dans un dossier : vérifier le chemin",
    errno.EPERM: "est refusé par le système : vérifier ses droits et ceux de ses dossiers",
    errno.EROFS: "est sur un disque en lecture seule : choisir un autre endroit",
}

KINDS: Final[dict[tuple[type[click.ParamType[Any]], ...], str]] = {
    (click.types.StringParamType,): "texte",
    (click.types.IntParamType, click.IntRange): "entier",
    (click.types.FloatParamType, click.FloatRange): "nombre",
}
"""What help pages say of a value that has no name of its own."""


def speak() -> None:
    """Make every command speak French, or English to who asks for it; call it before any is run."""
    if "SGE_SIM_LANG" in os.environ:  # what a probe, which says little, doesn't load
        from sge_sim.domaine.anglais import speaks_english

        if speaks_english():
            click.echo = _echo
            return
    speak_french()


_written: Final = click.echo


def _echo(message: Any = None, *rest: Any, **options: Any) -> None:
    """Write as click does, in English what has its English."""
    from sge_sim.domaine.anglais import translated

    _written(translated(message) if isinstance(message, str) else message, *rest, **options)


def speak_french() -> None:
    """Make click speak French; call it before any command is run."""
    for kinds, word in KINDS.items():
        for kind in kinds:
            kind.name = word
    for module in vars(click).values():
        if isinstance(module, ModuleType) and hasattr(module, "_"):
            vars(module).update(_=_translated, ngettext=_translated_count)


def usage_sentence(error: click.ClickException) -> str:
    """Return what click found wrong in a command line, in one line."""
    said = re.sub(r"\s*\n\s*", " ", error.format_message()).rstrip(".")
    context = error.ctx if isinstance(error, click.UsageError) else None
    return f"{said}." if context is None else f"{said} ; voir {context.command_path} --help."


def system_sentence(error: OSError) -> str | None:
    """Return what the system refused to do; None if the error names no file, save of a full disk.

    A write to a file that is open already names none.
    """
    if error.filename is None:
        full = error.errno in (errno.ENOSPC, errno.EDQUOT)
        return "Le disque n'a plus de place : en faire, puis recommencer." if full else None
    reason = _SYSTEM.get(error.errno or 0, f"ne peut pas être utilisé ({system_reason(error)})")
    return f"« {error.filename} » {reason}."


def database_sentence(error: Exception) -> str | None:
    """Return why the database can't be used; None for an error that isn't its system's."""
    # Looked up, not imported: a command that uses no database has loaded none of them.
    loaded = [sys.modules[name] for name in ("sqlalchemy.exc", "sqlite3") if name in sys.modules]
    if not any(isinstance(error, module.OperationalError) for module in loaded):
        return None
    message = " ".join(str(getattr(error, "orig", error)).split())
    if message == "database is locked":
        return (
            "La base est prise : un autre programme y écrit ; recommencer, ou l'arrêter s'il dure."
        )
    return (
        f"La base ne peut pas être utilisée ({message}) : vérifier sa place, ses droits, son accès."
    )


def _translated(message: str) -> str:
    return CLICK_MESSAGES.get(message, message)


def _translated_count(singular: str, plural: str, count: int) -> str:
    return _translated(singular if count < 2 else plural)
