"""Mistakes at the command line are told in one French sentence, whoever finds them."""

import ast
from importlib.util import find_spec
from pathlib import Path

import click
import pytest
from command_tree import every_command
from running_simulator import refusal, run_command

from sge_sim.cli import commands
from sge_sim.cli.french import CLICK_MESSAGES

# What click says to programmers, or of what no command here uses.
NOT_SHOWN = {
    "Choice({choices})",
    "Invalid start character for option ({option})",
    "Try '{command} {option}' for help.",
}


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("foo",), "La commande 'foo' n'existe pas"),
        (("clock", "foo"), "La commande 'foo' n'existe pas"),
        (("serve", "--port", "abc"), "pour '--port' : 'abc' n'est pas un nombre entier"),
        (("serve", "--prot", "1"), "L'option '--prot' n'existe pas (les plus proches : "),
        (("serve", "--port"), "L'option '--port' prend une valeur"),
        (("serve", "--environment", "recette"), "choisir parmi 'homologation', 'production'"),
        (("prm", "check"), "Il manque l'argument"),
        (("prm", "generate", "3"), "L'argument 3 est de trop"),
        (("cert", "issue", "--nom", "a.fr"), "Il manque l'option '--autorite'"),
        (
            ("acteurs", "certificat", "A", "cert.pem"),
            "Il manque l'option '--environnement'. Choisir parmi homologation",
        ),
        (("journal", "list", "--limit", "0"), "limit : 1 au moins (donné : 0)"),
        (("doctor", "--certificat", "/nulle/part"), "'/nulle/part' n'existe pas"),
        (("doctor", "--certificat", "/"), "'/' est un dossier, donner un fichier"),
        (("hosts", "--data-dir", __file__), "est un fichier, donner un dossier"),
    ],
)
def test_a_misuse_is_one_french_sentence(arguments: tuple[str, ...], told: str) -> None:
    assert told in refusal(run_command(*arguments))


def test_the_sentence_names_the_help_page() -> None:
    assert "voir sge-sim serve --help." in run_command("serve", "--port", "abc").stderr


@pytest.mark.parametrize("arguments", [(), ("clock",)])
def test_a_group_alone_shows_its_help(arguments: tuple[str, ...]) -> None:
    done = run_command(*arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == run_command(*arguments, "--help").stdout


def test_help_pages_are_french() -> None:
    pages = run_command("--help").stdout + run_command("serve", "--help").stdout
    for told in ("Usage : sge-sim serve", "Commandes:", "Afficher cette page", "homologation]"):
        assert told in pages
    for told in ("Show", "default", "Commands", "HOMOLOGATION", "NOMINAL", "PATH"):
        assert told not in pages


def test_every_option_says_what_it_is_for() -> None:
    silent = [
        f"{words} {option.opts[0]}"
        for words, command in every_command(commands)
        for option in command.params
        if isinstance(option, click.Option) and not option.help
    ]
    assert silent == []


def test_every_message_of_click_is_known() -> None:
    """A new version of click that says something new fails here, not before a user."""
    spec = find_spec("click")
    assert spec is not None
    assert spec.origin is not None
    modules = ("exceptions", "formatting", "parser", "types")
    said = {
        each.value
        for module in modules
        for node in ast.walk(ast.parse(Path(spec.origin).with_name(f"{module}.py").read_text()))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in ("_", "ngettext")
        for each in node.args
        if isinstance(each, ast.Constant)
    }
    assert sorted(said - CLICK_MESSAGES.keys() - NOT_SHOWN) == []
