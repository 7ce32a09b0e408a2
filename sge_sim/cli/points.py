"""`sge-sim points`: look at the points of a simulator, and set what they are.

What their measures depend on, what happens to them; what was measured on one, and copies of one.
"""

from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal, get_args

import click
import yaml

from sge_sim.cli.completion import prms
from sge_sim.cli.options import (
    DURATION,
    INSTANT,
    Typed,
    data_dir_option,
    json_option,
    limit_option,
    say,
    say_json,
    say_list,
)
from sge_sim.cli.points_apports import (
    export_command,
    import_command,
    modele_command,
    remove_command,
)
from sge_sim.cli.state import administration_of, database_of
from sge_sim.clock import Duree, legal_date, parse_instant
from sge_sim.domaine.nomenclatures import TYPES_ACCES, EtatContractuel, Segment, Sens
from sge_sim.errors import UsageError

if TYPE_CHECKING:
    from sge_sim.api.points import PointView


_TOUS: Final = "tous"
_SHOWN: Final = ("comptage", "situation", "mesures", "services")
_R4X_PAS: Final[Mapping[str | None, Literal[5, 10] | None]] = {None: None, "5": 5, "10": 10}


def _termination(text: str) -> Any:
    """Read the day of a termination, or the word that gives it up."""
    from sge_sim.commandes.changements import AUCUN

    return text if text == AUCUN else parse_instant(text)


@click.group(help="Voir et régler les points du jeu de données.")
def points() -> None:
    """The commands on points."""


for each in (
    import_command,
    modele_command,
    export_command,
    remove_command,
):
    points.add_command(each)


@points.command(
    "list",
    help="Donner les points que ces MOTS désignent : un PRM ou son début, un client, une commune, "
    "une raison d'être. Sans mots, ceux du catalogue et ceux qui illustrent une règle.",
)
@click.argument("mots", nargs=-1)
@click.option(
    "--segment",
    type=click.Choice(get_args(Segment), case_sensitive=False),
    help="Segment du point.",
)
@click.option(
    "--etat",
    type=click.Choice(get_args(EtatContractuel), case_sensitive=False),
    help="État contractuel.",
)
@limit_option(1000)
@data_dir_option
@json_option
def list_command(
    mots: tuple[str, ...],
    segment: Segment | None,
    etat: str | None,
    limit: int,
    data_dir: Path,
    as_json: bool,
) -> None:
    from sge_sim.api.points import PointView
    from sge_sim.tables.lists import look_for_points

    with database_of(data_dir).sessions() as session:
        found = look_for_points(session, " ".join(mots), segment, after="", limit=limit)
        views = [PointView.of(point) for point in found if etat in (None, point.etat_contractuel)]
    say_list(views, as_json, _point_line)


def _point_line(view: "PointView") -> str:
    described = view.pourquoi or f"{view.client or '-'}, {view.code_postal} {view.commune}"
    return f"{view.prm}  {view.segment}  {view.etat_contractuel:<6}  {described}"


@points.command(help="Dire tout d'un point.")
@click.argument("prm", shell_complete=prms)
@data_dir_option
@json_option
def show(prm: str, data_dir: Path, as_json: bool) -> None:
    from sge_sim.referentiel.points import describe_point

    with database_of(data_dir).sessions() as session:
        description = describe_point(session, prm)
    written = yaml.safe_dump(description, allow_unicode=True, sort_keys=False)
    say(description, as_json, written.rstrip("\n"))


@points.command(
    "set",
    help="Régler les mesures d'un point, ou ce qui lui arrive. Une période s'écrit DEBUT..FIN, "
    "la fin étant exclue.",
)
@click.argument("prm", shell_complete=prms)
@click.option(
    "--service-acces",
    type=click.Choice(["oui", "non"]),
    help="Ouvrir ou retirer les services d'accès du point (cadreAcces SERVICE_ACCES).",
)
@click.option(
    "--type",
    "type_acces",
    type=click.Choice([*TYPES_ACCES, _TOUS]),
    default=_TOUS,
    show_default=True,
    help="Ce que couvre le service d'accès.",
)
@click.option(
    "--acces-periode",
    metavar="JOUR[..JOUR]",
    help="Jours que couvre le service d'accès, avec --service-acces oui ; par défaut tout ce qui "
    "peut être consulté.",
)
@click.option(
    "--jours-absents",
    metavar="JOUR..JOUR|aucun",
    help="Perdre les mesures de ces jours ; « aucun » les retrouve toutes.",
)
@click.option(
    "--points-absents",
    metavar="INSTANT..INSTANT|aucun",
    help="Perdre les points de courbe de cette période (heure légale) ; « aucun » les retrouve.",
)
@click.option(
    "--rectifie",
    metavar="JOUR=WH|aucun",
    help="Rectifier l'énergie d'un jour passé, en Wh : ce qui est facturé et les courbes corrigées "
    "la disent ; « aucun » annule toutes les rectifications.",
)
@click.option(
    "--collecte",
    metavar="JOUR[..JOUR]|aucun",
    help="Collecter la courbe dans cette seule période.",
)
@click.option(
    "--teleoperable",
    type=click.Choice(["oui", "non"]),
    help="Rendre le compteur joignable ou non : une commande attend qu'il réponde.",
)
@click.option(
    "--r4x-pas",
    type=click.Choice(["5", "10"]),
    help="Minutes du pas des flux R4x du point depuis mars 2023 (C1-C4, P1-P3).",
)
@click.option(
    "--resilie",
    metavar="JOUR|aucun",
    type=Typed("JOUR|aucun", _termination, datetime),
    help="Résilier le point à cette date : tous ses services se terminent ; « aucun » annule la "
    "résiliation prévue.",
)
@click.option(
    "--nouveau-titulaire",
    metavar="JOUR",
    type=INSTANT,
    help="Changer le titulaire du point à cette date : tous ses services se terminent.",
)
@click.option(
    "--nouveau-fournisseur",
    metavar="ACTEUR[@JOUR]",
    help="Passer le point à ce fournisseur, à cette date ou aujourd'hui : les services du sortant "
    "se terminent.",
)
@click.option(
    "--plages",
    metavar="ID|LIBELLE",
    help="Changer les heures creuses du point le jour que dit --le : un identifiant ou un libellé "
    "de la liste officielle.",
)
@click.option(
    "--plages-saison-basse",
    metavar="ID|LIBELLE",
    help="Celles d'avril à octobre, si elles ne sont pas celles de --plages.",
)
@click.option("--le", metavar="JOUR", type=INSTANT, help="Jour où --plages prend effet.")
@click.option(
    "--opposition",
    type=click.Choice(["oui", "non"]),
    help="Opposer le client à l'enregistrement de la courbe (C5), ou lever son opposition.",
)
@click.option(
    "--delai",
    type=DURATION,
    default=Duree(),
    help="Temps simulé que met l'opposition à atteindre le compteur.",
)
@data_dir_option
def set_command(
    prm: str,
    service_acces: str | None,
    type_acces: str,
    acces_periode: str | None,
    jours_absents: str | None,
    points_absents: str | None,
    rectifie: str | None,
    collecte: str | None,
    teleoperable: str | None,
    r4x_pas: str | None,
    resilie: datetime | Literal["aucun"] | None,
    nouveau_titulaire: datetime | None,
    nouveau_fournisseur: str | None,
    plages: str | None,
    plages_saison_basse: str | None,
    le: datetime | None,
    opposition: str | None,
    delai: Duree,
    data_dir: Path,
) -> None:
    from sge_sim.commandes.changements import Changements, change_life
    from sge_sim.commandes.echeances import transaction_on
    from sge_sim.referentiel.points import describe_point, get_point
    from sge_sim.referentiel.reglages import Reglages, change_point

    database = database_of(data_dir)
    reglages = Reglages(
        service_acces=None if service_acces is None else service_acces == "oui",
        type=next((known for known in TYPES_ACCES if known == type_acces), None),
        acces_periode=acces_periode,
        jours_absents=jours_absents,
        points_absents=points_absents,
        collecte=collecte,
        teleoperable=None if teleoperable is None else teleoperable == "oui",
        r4x_pas=_R4X_PAS[r4x_pas],
        rectifie=rectifie,
    )
    with transaction_on(database, prm) as (session, now, _):
        changements = Changements(
            resilie=resilie.date() if isinstance(resilie, datetime) else resilie,
            nouveau_titulaire=nouveau_titulaire and nouveau_titulaire.date(),
            nouveau_fournisseur=None
            if nouveau_fournisseur is None
            else _takeover(nouveau_fournisseur, now.date()),
            opposition=None if opposition is None else opposition == "oui",
            delai=delai.after(now) - now,
            plages=plages,
            plages_saison_basse=plages_saison_basse,
            le=le and le.date(),
        )
        lives = changements != Changements()
        if reglages != Reglages() or not lives:
            change_point(session, prm, reglages, now)
        if lives:
            change_life(session, get_point(session, prm), changements, now)
        point = describe_point(session, prm)
        described = {name: point.get(name, {}) for name in _SHOWN}
    click.echo(yaml.safe_dump({prm: described}, allow_unicode=True, sort_keys=False), nl=False)


def _takeover(text: str, today: date) -> tuple[str, date]:
    """Read `ACTEUR` or `ACTEUR@JOUR`."""
    acteur, _, jour = text.partition("@")
    return acteur, parse_instant(jour).date() if jour else today


@points.command(
    "mesures",
    help="Donner en CSV ce qui a été mesuré sur un point, par le simulateur qui sert ce dossier.",
)
@click.argument("prm", shell_complete=prms)
@click.option(
    "--type",
    "type_",
    type=click.Choice(["courbe", "energie", "index", "pmax"]),
    default="energie",
    show_default=True,
    help="Ce qui est donné.",
)
@click.option("--debut", metavar="JOUR", type=INSTANT, required=True, help="Premier jour.")
@click.option("--fin", metavar="JOUR", type=INSTANT, required=True, help="Premier jour non donné.")
@click.option("--sens", type=click.Choice(get_args(Sens)), help="Celui du contrat du point sinon.")
@data_dir_option
@json_option
def mesures_command(
    prm: str,
    type_: str,
    debut: datetime,
    fin: datetime,
    sens: Sens | None,
    data_dir: Path,
    as_json: bool,
) -> None:
    found = administration_of(data_dir).get(
        f"/api/points/{prm}/mesures",
        type=type_,
        debut=legal_date(debut),
        fin=legal_date(fin),
        sens=sens,
    )
    if as_json:
        say_json(found)
        return
    columns = found["colonnes"]
    click.echo(";".join(columns))
    for row in zip(*columns.values(), strict=True):
        click.echo(";".join("" if cell is None else str(cell) for cell in row))


@points.command(
    "copy",
    help="Faire un point comme un autre, à des attributs près : --point segment=C4, "
    "--compteur type=LINKY.",
)
@click.argument("comme", metavar="PRM", shell_complete=prms)
@click.option("--prm", help="PRM du nouveau point ; tiré sinon.")
@click.option("--point", "point", multiple=True, metavar="ATTRIBUT=VALEUR", help="Du point.")
@click.option("--compteur", multiple=True, metavar="ATTRIBUT=VALEUR", help="Du compteur.")
@data_dir_option
def copy_command(
    comme: str,
    prm: str | None,
    point: tuple[str, ...],
    compteur: tuple[str, ...],
    data_dir: Path,
) -> None:
    from sge_sim.commandes.echeances import transaction_on
    from sge_sim.referentiel.points import copy_point

    with transaction_on(database_of(data_dir), comme) as (session, _, _):
        made = copy_point(session, comme, prm, _attributes(point), _attributes(compteur))
    click.echo(made)


def _attributes(typed: tuple[str, ...]) -> dict[str, object]:
    """Return attributes as a data set gives them: numbers, dates and truths are read as such."""
    found = {}
    for each in typed:
        name, separator, value = each.partition("=")
        if not separator:
            raise UsageError(f"« {each} » ne convient pas : écrire ATTRIBUT=VALEUR.")
        found[name] = yaml.safe_load(value)
    return found
