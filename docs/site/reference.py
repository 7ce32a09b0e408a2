"""Write the pages of the reference that the code tells by itself: `reference.py FOLDER`.

They are made as the site is built and kept nowhere else.
"""

import json
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import MISSING, fields
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import click

from sge_sim.cli import TYPED, commands
from sge_sim.cli.french import speak_french
from sge_sim.domaine.ecarts_plateforme import (
    REPONSE_VIDE,
    Ecart,
    Plateforme,
    Temoignage,
    plateformes,
)
from sge_sim.domaine.nomenclatures import PROVENANCES, in_french
from sge_sim.flux.r6x.documents import SCHEMAS, schema_text
from sge_sim.machine.own_folder import default_data_dir
from sge_sim.services.registry import SERVICES
from sge_sim.settings import Settings, variable_of

ETATS = {
    "documented": "pareil",
    "observed": "vu",
    "assumed": "supposé",
}
"""What a paragraph of a guide is beside the simulator, by the provenance of its rule."""


def commands_page() -> Iterator[str]:
    """Yield the lines of the page of commands, from the help that each gives."""
    yield "# Les commandes"
    yield ""
    yield "Ce que dit `sge-sim COMMANDE --help`, pour toutes les commandes."
    speak_french()
    root = click.Context(commands, info_name="sge-sim")
    root.meta[TYPED] = ("help",)
    for context in _all_commands(commands, root):
        path, command = context.command_path, context.command
        parameters = [parameter.get_help_record(context) for parameter in command.params]
        usage = " ".join(command.collect_usage_pieces(context))
        yield f"\n## {path}\n\n    {path} {usage}\n\n{_cell(command.help or '')}\n"
        rows = [record for record in parameters if record is not None]
        if rows:
            yield "| option | |\n|---|---|"
            yield from (f"| `{_code(name)}` | {_cell(text)} |" for name, text in rows)


def _all_commands(group: click.Group, context: click.Context) -> Iterator[click.Context]:
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        inner = click.Context(command, info_name=name, parent=context)
        if isinstance(command, click.Group):
            yield from _all_commands(command, inner)
        else:
            yield inner


def settings_page() -> Iterator[str]:
    """Yield the lines of the page of settings: the option, the variable and the file's key."""
    yield "# Les réglages"
    yield ""
    yield "Chacun se donne par une option de `sge-sim serve`, par une variable, ou par une ligne de"
    yield "`sge-sim.toml`, dans le dossier courant ou dans celui de l'état ; l'option prévaut, puis"
    yield "la variable. La clé du fichier est le nom de l'option, des `_` à la place des tirets :"
    yield "`admin_host`. `sge-sim serve --show-settings` montre ceux qui valent."
    yield ""
    yield "| option, variable | défaut | |"
    yield "|---|---|---|"
    for each in fields(Settings):
        if "why" in each.metadata:
            default = default_data_dir() if each.default is MISSING else each.default
            shown = "" if default in (None, ()) else str(default).replace(str(Path.home()), "~")
            shown = {"True": "oui", "False": "non"}.get(shown, shown)
            yield (
                f"| `--{each.name.replace('_', '-')}`, `{variable_of(each.name)}` "
                f"| {_code(shown)} | {_cell(each.metadata['why'])} |"
            )


def rest_page() -> Iterator[str]:
    """Yield the lines of the page of the REST interface, from what a simulator describes."""
    yield "# L'interface REST de l'administration"
    yield ""
    yield "Ce que décrit `/openapi.json` ; la page `/docs` de l'administration montre chaque champ"
    yield "et permet d'essayer."
    described = _openapi()
    by_tag: dict[str, list[str]] = {}
    for path, methods in sorted(described["paths"].items()):
        for method, operation in methods.items():
            row = f"| `{method.upper()} {path}` | {_cell(operation['summary'])} |"
            by_tag.setdefault(operation.get("tags", ["autres"])[0], []).append(row)
    for tag, rows in sorted(by_tag.items()):
        yield f"\n## {tag}\n\n| appel | |\n|---|---|"
        yield from rows


def _openapi() -> Any:
    with tempfile.TemporaryDirectory() as folder:
        ready = Path(folder, "ready.json")
        serve = ("serve", "--data-dir", f"{folder}/etat", "--ready-file", str(ready))
        ports = ("--port", "0", "--admin-port", "0", "--population-size", "0", "--log", "none")
        command = [sys.executable, "-m", "sge_sim", *serve, *ports]
        with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
            try:
                while not ready.exists() and process.poll() is None:
                    time.sleep(0.1)
                address = json.loads(ready.read_text("utf-8"))["admin_url"]
                with urlopen(f"{address}/openapi.json") as answer:
                    return json.load(answer)
            finally:
                process.terminate()


def files_page() -> Iterator[str]:
    """Yield the lines of the page of files, field by field, from the schemas of the kit."""
    yield "# Les fichiers JSON, champ par champ"
    yield ""
    yield "Ce que disent les schémas du kit (`schemas/`), auxquels `sge-sim flux validate` tient un"
    yield "fichier ; d'où vient chaque champ : [R63 à R67, C68](../r6x.md). Les fichiers XML et CSV"
    yield "sont dans [les flux](../flux.md)."
    for name in SCHEMAS:
        schema = json.loads(schema_text(name))
        yield f"\n## {name}\n\n| champ | forme | valeurs | |\n|---|---|---|---|"
        yield from _field_rows(schema, schema, "")


def _field_rows(schema: Mapping[str, Any], root: Mapping[str, Any], above: str) -> Iterator[str]:
    schema = _resolved(schema, root)
    if "items" in schema:
        yield from _field_rows(schema["items"], root, above)
    for name, written in schema.get("properties", {}).items():
        found, path = _resolved(written, root), f"{above}.{name}" if above else name
        needed = "obligatoire" if name in schema.get("required", ()) else ""
        kinds = found.get("type", "")
        listed = [kinds] if isinstance(kinds, str) else kinds
        shape = " ou ".join(_FORMES.get(each, each) for each in listed)
        values = found.get("enum") or [v for v in (found.get("const"), found.get("pattern")) if v]
        shown = ", ".join(f"`{'null' if v is None else _code(str(v))}`" for v in values)
        yield f"| `{path}` | {shape} | {shown} | {needed} |"
        yield from _field_rows(found, root, path)


_FORMES = {
    "string": "texte",
    "object": "objet",
    "array": "liste",
    "integer": "entier",
    "number": "nombre",
    "boolean": "booléen",
}


def _resolved(schema: Mapping[str, Any], root: Mapping[str, Any]) -> Mapping[str, Any]:
    found: Any = schema
    while "$ref" in found:
        found = root
        for part in schema["$ref"].removeprefix("#/").split("/"):
            found = found[part]
        schema = found
    return schema


def guide_page() -> Iterator[str]:
    """Yield the lines of the table that holds the guides against the simulator."""
    yield "# Le guide contre le simulateur"
    yield ""
    yield "Chaque règle d'un service, par le paragraphe du document qui la dit, et ce qu'en fait le"
    yield "simulateur. Les comptes sont ceux de [la page des provenances](../provenance.md)."
    yield ""
    yield "- *pareil* : un document le dit, le simulateur le fait ;"
    yield "- *vu* : une vraie réponse, ou un client qui dit ce qu'il a reçu, l'a montré ;"
    yield "- *non produit* : un code que le guide liste et que rien n'obtient ici, avec la raison ;"
    yield "- *supposé* : aucun document ne le dit, il fallait choisir."
    yield ""
    yield "Ce qu'il fait autrement exprès, à la demande, est [plus bas](#autrement-expres)."
    yield ""
    yield "| service | pareil | vu | supposé | non produit |"
    yield "|---|---:|---:|---:|---:|"
    total: Counter[str] = Counter()
    for service in SERVICES:
        counted = Counter(ETATS[rule.provenance] for rule in service.controls)
        counted["non produit"] = len(service.unreachable)
        total += counted
        yield _counts(f"{service.nom} v{service.version}", counted)
    yield _counts("**tous**", total)
    for service in SERVICES:
        yield f"\n## {service.nom} v{service.version}\n"
        yield "| paragraphe | codes | le simulateur |\n|---|---|---|"
        states = (ETATS[rule.provenance] for rule in service.controls)
        paragraphs = zip((rule.source for rule in service.controls), states, strict=True)
        for paragraph in sorted(set(paragraphs)):
            codes = [
                rule.code
                for rule in service.controls
                if (rule.source, ETATS[rule.provenance]) == paragraph
            ]
            yield f"| {_cell(paragraph[0])} | {', '.join(codes)} | {paragraph[1]} |"
        for code, reason in sorted(service.unreachable.items()):
            yield f"| {_cell(reason)} | {code} | non produit |"
    yield "\n(autrement-expres)=\n## Autrement exprès\n"
    yield "Ce que la plateforme d'homologation a fait d'autre que ses guides. Le simulateur suit"
    yield "les guides, sauf avec `--profile fidele`, qui fait comme elle à la date simulée."
    yield "\n| où | la plateforme | versions | d'où on le sait |\n|---|---|---|---|"
    ways: defaultdict[tuple[str, str, str], list[str]] = defaultdict(list)
    for plateforme in plateformes():
        for way in _ways(plateforme):
            ways[way].append(plateforme.release)
    for (where, answer, source), releases in sorted(ways.items()):
        yield f"| {_cell(where)} | {_cell(answer)} | {', '.join(releases)} | {_cell(source)} |"


def _ways(plateforme: Plateforme) -> Iterator[tuple[str, str, str]]:
    for ecart in plateforme.ecarts:
        demande = f", {ecart.demande}" if ecart.demande else ""
        segments = ", ".join(sorted(ecart.segments))
        where = f"{ecart.service} v{ecart.version}{demande}{segments and f' ({segments})'}"
        answer = "réponse vide" if ecart.observe == REPONSE_VIDE else ecart.observe
        yield where, answer, _known_by(ecart)
    for usage, known in plateforme.usages.items():
        where, _, answer = usage.partition(" : ")
        yield where, answer, _known_by(known)


def _known_by(known: Ecart | Temoignage) -> str:
    word = in_french(known.provenance)
    return known.source if word in known.source else f"{known.source}, {word}"


def _counts(name: str, counted: Counter[str]) -> str:
    cells = [counted[each] for each in (*map(ETATS.__getitem__, PROVENANCES), "non produit")]
    return f"| {name} | {' | '.join(map(str, cells))} |"


def _cell(text: str) -> str:
    return " ".join(text.replace("\b", "").split()).replace("|", "\\|").replace("<", "&lt;")


def _code(text: str) -> str:
    return text.replace("|", "\\|")


PAGES: Mapping[str, Callable[[], Iterator[str]]] = {
    "commandes": commands_page,
    "reglages": settings_page,
    "rest": rest_page,
    "fichiers": files_page,
    "guide": guide_page,
}


def main(folder: Path) -> None:
    folder.mkdir(exist_ok=True)
    for name, page in PAGES.items():
        (folder / f"{name}.md").write_text("\n".join(page()) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
