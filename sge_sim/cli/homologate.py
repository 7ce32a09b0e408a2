"""`sge-sim homologate`: run the homologation's test cases and give the verdict."""

import shlex
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

import click

from sge_sim.cli.campaign import default_folder, offer, one_line, report_option, summary
from sge_sim.cli.completion import cases
from sge_sim.cli.console import progress_if_long
from sge_sim.cli.options import RegularFile, option, real_data_option, setting_option
from sge_sim.clock import PARIS, machine_now
from sge_sim.domaine.plateformes import Generation
from sge_sim.errors import UsageError
from sge_sim.homologation.catalogue import DEFAULT_DATA_CONNECT, DEFAULT_RELEASE
from sge_sim.homologation.catalogue.protocoles import DATA_CONNECT, PROTOCOLES, SOAP
from sge_sim.machine.files import read_user_file

if TYPE_CHECKING:
    from sge_sim.api.administration import Administration
    from sge_sim.homologation.catalogue.release import Release
    from sge_sim.homologation.reports.rapport import Rapport
    from sge_sim.homologation.reports.writing import Personal

_PEM = RegularFile()
_EXPECTED_MAX = 2**20
_FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)


class Package(click.ParamType[str]):
    """A package of any protocol: those of the services there are, which are read when one is
    typed."""

    name = "package"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        known = [package for each in PROTOCOLES.values() for package in each.packages()]
        return click.Choice(known, case_sensitive=False).convert(value, param, ctx)


DEFAULT_RELEASES = {SOAP.nom: DEFAULT_RELEASE, DATA_CONNECT.nom: DEFAULT_DATA_CONNECT}


@click.command(
    help="Exécuter les cas de l'homologation. Sans --cible, un simulateur est démarré pour "
    "l'occasion. Code retour : 0 si chaque package demandé est homologué (avec --cas ou --reprise, "
    "qui ne jugent aucun package : si chaque cas est bon) ou n'a que des échecs attendus, 1 sinon, "
    "2 pour une commande fausse. "
    "Une vérification excusée par une observation datée de la vraie plateforme n'y change rien. Un "
    "cas touché par une panne prévue n'est pas jugé, ni son package ; un cas que la cible ne sert "
    "pas à sa date est hors du jugement, et si rien ne fut jugé le code est 1."
)
@click.option(
    "--package",
    "packages",
    multiple=True,
    type=Package(),
    help="Package à passer, répétable ; tous sans l'option.",
)
@option(
    "--cas",
    "names",
    was="--case",
    multiple=True,
    shell_complete=cases,
    help="Cas (ADP-R1) ou exécution (ADP-R1@C5) : eux seuls sont passés, quoi qu'on donne d'autre.",
)
@click.option(
    "--release",
    "release_name",
    help="Version de SGE. Sans elle : celle du rapport repris, celle en vigueur à la date de la "
    f"cible ou, pour le simulateur démarré, la dernière, {DEFAULT_RELEASE}.",
)
@click.option(
    "--catalogue",
    type=_FOLDER,
    help="Dossier d'une version à soi, comme en écrit sge-sim catalog import, à la place de "
    "--release.",
)
@option("--cible", "target", was="--target", help="Serveur à appeler, https://hôte[:port].")
@option(
    "--certificat",
    "cert",
    was="--cert",
    type=_PEM,
    help="Certificat de l'acteur et ses intermédiaires (PEM).",
)
@option("--cle", "key", was="--key", type=_PEM, help="Clé privée du certificat (PEM).")
@click.option("--ca", type=_PEM, help="Autorité du serveur ; les autorités publiques sinon.")
@click.option("--login", help="Login SGE.")
@click.option("--contrat", help="Numéro du contrat.")
@click.option("--client-id", help="Application de Data Connect, de production.")
@click.option("--client-secret", envvar="SGE_SIM_CLIENT_SECRET", help="Son secret.")
@option(
    "--client-id-bac-a-sable",
    "sandbox_client_id",
    was="--sandbox-client-id",
    help="Application de Data Connect, de bac à sable.",
)
@option(
    "--client-secret-bac-a-sable",
    "sandbox_client_secret",
    was="--sandbox-client-secret",
    envvar="SGE_SIM_SANDBOX_CLIENT_SECRET",
    help="Son secret.",
)
@click.option(
    "--client",
    default="",
    help="Nom de votre client, tel que la couverture du rapport le donne ; gardé par --reprise.",
)
@click.option("--admin", help="Administration de la cible, si c'est un simulateur.")
@click.option("--now", help="Date de la cible, si c'est un simulateur décalé sans --admin.")
@click.option(
    "--generation",
    type=click.Choice(get_args(Generation)),
    help="Services que sert la cible, si son administration ne le dit pas ; auto, d'après la date, "
    "sur toute autre qu'un simulateur de cette machine.",
)
@option("--oui", "yes", was="--yes", is_flag=True, help="Ne pas demander de confirmation.")
@click.option("--wsdl-dir", type=_FOLDER, help="WSDL officiels à la place des nôtres.")
@report_option
@real_data_option
@option(
    "--reprise",
    "rerun",
    was="--rerun",
    type=click.Path(path_type=Path, allow_dash=True),
    help="Rapport dont reprendre les cas qui n'étaient pas bons, la cible, la version, le login et "
    "les chemins des certificats. Les secrets n'y sont pas.",
)
@option(
    "--echecs-attendus",
    "expected_failures",
    was="--expected-failures",
    type=click.Path(path_type=Path, allow_dash=True),
    help="Cas dont l'échec est attendu, un par ligne ; un échec qui ne vient pas est une erreur. "
    "Le code est 0 s'il n'y en a pas d'autre, sans compter les cas non testables ni ceux que la "
    "cible ne sert pas.",
)
@setting_option("demarrage_secondes")
@click.option(
    "--disabled-rules",
    multiple=True,
    help="Règle que le simulateur démarré n'applique pas, pour éprouver ce banc.",
)
def homologate(**options: Any) -> None:
    from sge_sim.api.administration import Administration
    from sge_sim.cli.homologation_targets import cases_to_rerun, open_target, reprise_for, taken_up
    from sge_sim.homologation.campaign.outcome import judge, not_run
    from sge_sim.homologation.campaign.runner import Runner, select_cases
    from sge_sim.homologation.campaign.targets import (
        BY_THE_DATE,
        SANS_ADMINISTRATION,
        is_local,
        not_asked,
        of_production,
        partial_worth,
        rerun_command,
        societe_of,
        was_ordered,
    )
    from sge_sim.homologation.reports.etats import Statut
    from sge_sim.homologation.reports.rapport import Rapport, read_rapport
    from sge_sim.homologation.reports.writing import prepare_folder, write_reports

    earlier = None if options["rerun"] is None else read_rapport(options["rerun"])
    if earlier is not None:
        options = taken_up(options, earlier)
    release = _release(options, earlier)
    if earlier is not None and earlier.release != release.nom:
        raise UsageError(f"Ce rapport est de {earlier.release} : ajouter --release.")
    _refuse_absent(options["packages"], options["names"], release)
    names = options["names"]
    if earlier is not None and not names:
        names = cases_to_rerun(options, earlier)
    packages = options["packages"] or release.protocole.packages()
    cases = select_cases(release, packages, names)
    if names:
        packages = tuple(dict.fromkeys(case.package for case in cases))
    remarques = [partial_worth(len(cases), release)] if names else []
    if not any((names, *(options[key] for key in ("target", "release_name", "catalogue")))):
        remarques += _gone(release, options["packages"])
    expected = _expected_failures(options["expected_failures"], release)
    with open_target(options, release) as target:
        begun = machine_now().astimezone(PARIS)
        folder = options["report"] or default_folder(begun)
        prepare_folder(folder)
        said = options["release_name"] or options["catalogue"] or earlier is not None
        if options["target"] is not None and not said:
            click.echo(f"Cas de {release.nom}, faute de --release.")
        remarques += filter(None, [of_production(target.sender.admin_url, release)])
        for remarque in remarques:
            click.echo(remarque)
        societe = societe_of(target.acteur, target.sender.admin_url, options["cert"])
        real = not is_local(target.url)
        runner = Runner(
            release, target.sender, target.clock, expected, target.check_open, target.generation
        )
        sent = [case for case in cases if real and earlier and was_ordered(case, earlier)]
        runs = (
            *(not_run(case, "Commande déjà envoyée : elle n'est pas répétée.") for case in sent),
            *runner.run(
                [case for case in cases if case not in sent],
                lambda execution: click.echo(one_line(execution)),
            ),
        )
    by_key = {each.cle: each for each in runs}
    executions = tuple(by_key[case.cle] for case in cases)
    if target.generation == "auto" and any(each.statut is Statut.NON_SERVI for each in executions):
        remarques.append(BY_THE_DATE)
    rapport = Rapport(
        release=release.nom,
        origine="exécutée",
        cible=target.name,
        acteur=target.acteur,
        client=options["client"],
        societe=societe,
        simulateur=target.sender.admin_url is not None,
        debut=begun,
        fin=machine_now().astimezone(PARIS),
        partielle=bool(names),
        verdicts=judge(release, packages, executions, partielle=bool(names)),
        executions=executions,
        remarques=tuple(remarques),
        commande=rerun_command(folder),
        reprise=reprise_for(options, release),
        non_verifies=(
            *not_asked(release, executions),
            *(SANS_ADMINISTRATION if target.sender.admin_url is None else ()),
        ),
    )
    click.echo(summary(rapport))
    with progress_if_long("Écriture du rapport"):
        written = write_reports(rapport, folder, _personal(options))
    click.echo(f"\n{written}")
    if any(each.a_corriger for each in executions):
        again = shlex.join(["sge-sim", "homologate", "--reprise", str(folder.resolve())])
        click.echo(f"Repasser ce qui n'est pas bon : {again}")
    if options["admin"] is not None:
        _offer(rapport, Administration(options["admin"]))
    sys.exit(0 if rapport.reussi else 1)


def _personal(options: dict[str, Any]) -> "Personal | None":
    """Return what finds the personal data of own points: a simulator knows its own."""
    from sge_sim.api.administration import Administration

    if options["donnees_reelles"] or options["admin"] is None:
        return None
    return Administration(options["admin"]).personal


def _release(options: dict[str, Any], earlier: "Rapport | None") -> "Release":
    """Return the release that is asked for; of a target, that in force on its day without one."""
    from sge_sim.cli.homologation_targets import TARGETS
    from sge_sim.homologation.catalogue.release import load_release, load_release_folder

    if options["catalogue"] is not None:
        if options["release_name"] is not None:
            raise UsageError("--catalogue dit déjà la version : retirer --release.")
        return load_release_folder(options["catalogue"])
    if options["release_name"] is not None:
        return load_release(options["release_name"], PROTOCOLES)
    if earlier is not None:
        return load_release(earlier.release, PROTOCOLES)
    protocole = _protocole(options["packages"])
    if options["target"] is None:
        return load_release(DEFAULT_RELEASES[protocole], PROTOCOLES)
    return load_release(TARGETS[protocole].release_at(options), PROTOCOLES)


def _protocole(packages: tuple[str, ...]) -> str:
    """Return the protocol that has the packages. Raises `UsageError` for those of several."""
    found = [
        protocole.nom
        for protocole in PROTOCOLES.values()
        if not packages or {*packages} & {*protocole.packages()}
    ]
    if packages and len(found) > 1:
        raise UsageError("Les packages de SGE et de Data Connect se passent en deux campagnes.")
    return found[0]


def _refuse_absent(packages: Sequence[str], names: Sequence[str], release: "Release") -> None:
    """Raise `UsageError` for a package or a case that was asked for and that the release lacks.

    With the last release that had it, if one before did.
    """
    from sge_sim.homologation.catalogue.release import last_with_case, last_with_package

    for package in () if names else packages:
        if package not in release.packages:
            last = last_with_package(release, package)
            had = "" if last is None else f" ; la dernière version à en avoir est {last}"
            raise UsageError(
                f"{release.nom} ne liste aucun cas pour le package {package}{had} : choisir parmi "
                f"{', '.join(release.packages)}, ou une autre --release."
            )
    for name in names:
        if not any(name in (case.id, case.cle) for case in release.cas):
            last = last_with_case(release, name)
            if last is not None:
                raise UsageError(
                    f"{release.nom} n'a plus de cas « {name} » ; la dernière version à l'avoir est "
                    f"{last} : ajouter --release {last.removeprefix('sge-')}."
                )


def _gone(release: "Release", packages: Sequence[str]) -> list[str]:
    """Return what to say of the services that the release doesn't have any more, if any."""
    from sge_sim.homologation.catalogue.release import services_gone

    gone = services_gone(release, packages)
    if not gone:
        return []
    services = ", ".join(f"{service} ({last})" for service, last in gone.items())
    return [
        f"Sans cas dans {release.nom}, avec la dernière version qui en a, à passer par --release : "
        f"{services}."
    ]


def _expected_failures(file: Path | None, release: "Release") -> frozenset[str]:
    """Return the case ids and keys of the file; `#` begins a remark."""
    if file is None:
        return frozenset()
    try:
        text = read_user_file(file, _EXPECTED_MAX).decode("utf-8")
    except UnicodeDecodeError:
        raise UsageError(f"{file} n'est pas du texte : y écrire un cas par ligne.") from None
    lines = (line.partition("#")[0].strip() for line in text.splitlines())
    names = frozenset(line for line in lines if line)
    for name in sorted(names):
        release.find(name)
    return names


def _offer(rapport: "Rapport", admin: "Administration") -> None:
    login = rapport.acteur.lower()
    for acteur in admin.acteurs():
        if login in (utilisateur.login for utilisateur in acteur.utilisateurs):
            click.echo(offer(rapport, acteur.code), nl=False)
