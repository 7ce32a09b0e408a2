"""What `sge-sim homologate` drives, by protocol: a named server, or a simulator of its own."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import click

from sge_sim.api.administration import Administration, ServedClock
from sge_sim.cli.console import progress_if_long
from sge_sim.clock import (
    PARIS,
    Clock,
    RunningClock,
    clock_starting_at,
    legal_date,
    machine_now,
    parse_instant,
)
from sge_sim.domaine.ecarts_plateforme import plateforme_at
from sge_sim.domaine.plateformes import Generation, checked_url
from sge_sim.errors import UsageError
from sge_sim.homologation.campaign.targets import (
    REAL_PAUSE_SECONDS,
    WARNING,
    check_hours,
    is_local,
    to_rerun,
)
from sge_sim.homologation.catalogue import DEFAULT_DATA_CONNECT
from sge_sim.homologation.catalogue.protocoles import DATA_CONNECT, SOAP
from sge_sim.homologation.catalogue.release import Release
from sge_sim.homologation.client.data_connect_client import (
    CibleDataConnect,
    DataConnectClient,
    Identifiants,
    data_connect_of,
    identifiants_of,
)
from sge_sim.homologation.client.own_simulator import OwnSimulator, own_simulator
from sge_sim.homologation.client.sender import CaseSender, Marqueur
from sge_sim.homologation.client.sge_client import Cible, SgeClient, open_https_session
from sge_sim.homologation.doctor.network import Client, try_connection
from sge_sim.homologation.reports.rapport import FILES, Rapport, Reprise, reprise_of

Options = Mapping[str, Any]


@dataclass(frozen=True)
class Target:
    """What a campaign drives: who sends to it, as whom, its time, how reports name it.

    `generation` is what it serves, None where its administration tells.
    """

    sender: CaseSender
    url: str
    acteur: str
    clock: Clock
    name: str
    check_open: Callable[[], None] = lambda: None
    generation: Generation | None = None


@dataclass(frozen=True)
class Targets:
    """How the targets of a protocol are made from the options of the command.

    `described_by` are the options that go with a named target, `others` those of the protocol that
    don't. `release_at` gives the release of a named target from its options.
    """

    named: Callable[[Options], Target]
    started: Callable[[Options, OwnSimulator, datetime], Target]
    own_options: Callable[[Options], Sequence[str]]
    release_at: Callable[[Options], str]
    described_by: tuple[str, ...]
    others: tuple[str, ...]


@contextmanager
def open_target(options: Options, release: Release) -> Iterator[Target]:
    """Give what the campaign drives: the named server, or a simulator started for it."""
    targets = TARGETS[release.protocole.nom]
    known = {"target", *targets.described_by, *targets.others}
    for name in _ALL - known:
        if options[name]:
            raise UsageError(f"{_option(name)} ne va pas avec {release.nom}.")
    if options["target"] is not None:
        yield targets.named(options)
        return
    for name in targets.described_by:
        if options[name] is not None:
            raise UsageError(f"{_option(name)} va avec --cible.")
    start = datetime.combine(release.reference, time(10), PARIS)
    bound = ("--demarrage-secondes", str(options["demarrage_secondes"]))
    arguments = ["--now", start.isoformat(), *bound, *targets.own_options(options)]
    with TemporaryDirectory(prefix="sge-sim-") as folder, ExitStack() as running:
        with progress_if_long("Préparation du simulateur"):
            simulator = running.enter_context(own_simulator(Path(folder), arguments))
        click.echo(f"Simulateur démarré pour {release.nom}, au {release.reference:%d/%m/%Y}.")
        yield targets.started(options, simulator, start)


def reprise_for(options: Options, release: Release) -> Reprise:
    """Return what a report keeps of the options, to run the campaign again."""
    targets = TARGETS[release.protocole.nom]
    named = ("target", *targets.described_by) if options["target"] is not None else ()
    return reprise_of(options, (*named, *targets.others, "catalogue", "client"))


def target_now(options: Options) -> datetime | None:
    """Return the time of the target where it isn't that of this machine."""
    if options["admin"] is not None:
        return parse_instant(Administration(options["admin"]).get("/api/clock")["now"])
    return None if options["now"] is None else parse_instant(options["now"])


def _option(name: str) -> str:
    """Return an option of the command as it is typed, by the name of its parameter."""
    params = click.get_current_context().command.params
    return next(each.opts[0] for each in params if each.name == name)


def _release_of_sge(options: Options) -> str:
    """Return the release in force on the day of the target."""
    return plateforme_at(legal_date(clock_starting_at(target_now(options)).now())).release


def _sge_options(options: Options) -> list[str]:
    rules = [part for name in options["disabled_rules"] for part in ("--disabled-rules", name)]
    kit = options["wsdl_dir"]
    return ["--strict", *rules, *([] if kit is None else ["--wsdl-dir", str(kit)])]


def _started_sge(options: Options, simulator: OwnSimulator, start: datetime) -> Target:
    return _sge(options, simulator.cible(), clock_starting_at(start), "un simulateur sge-sim")


def _sge(options: Options, cible: Cible, clock: Clock, name: str) -> Target:
    return Target(
        SgeClient(cible, options["wsdl_dir"], Marqueur("passage", cible.admin_url)),
        cible.url,
        cible.login,
        clock,
        name,
        lambda: check_hours(cible.url, RunningClock()),
    )


def _named_sge(options: Options) -> Target:
    if options["disabled_rules"]:
        raise UsageError("--disabled-rules ne vaut que sans --cible.")
    _require(options, ("cert", "key", "login", "contrat"))
    url = checked_url(options["target"])
    cible = Cible(
        url=url,
        certificat=options["cert"],
        cle=options["key"],
        login=options["login"],
        contrat_id=options["contrat"],
        ca=options["ca"],
        admin_url=options["admin"],
        pause=0.0 if is_local(url) else REAL_PAUSE_SECONDS,
    )
    now = target_now(options)
    if cible.admin_url is None and not is_local(url):
        check_hours(url, RunningClock())
        _confirm(WARNING.format(url=url), options)
    headers = Marqueur("passage", cible.admin_url).headers()
    client = Client(cible.certificat, cible.cle, cible.ca, headers)
    for wrong in try_connection(url, client):
        raise UsageError(f"{wrong.constat} {wrong.remede}")
    return replace(
        _sge(options, cible, clock_starting_at(now), url),
        generation=options["generation"] or _generation_of(cible, headers),
    )


def _generation_of(cible: Cible, headers: Mapping[str, str]) -> Generation | None:
    """Return what a target without an administration serves: a simulator of this machine publishes
    the contract of what it serves, the date tells of any other."""
    from sge_sim.services.declared import declared_services

    if cible.admin_url is not None:
        return None
    services = declared_services().values()
    ending = next(each.path for each in services if each.existence and each.existence.jusqu_a)
    session = open_https_session(cible)
    session.headers.update(headers)
    there = is_local(cible.url) and session.get(f"{cible.url}{ending}?wsdl").ok
    return "toutes" if there else "auto"


def _data_connect_options(_options: Options) -> list[str]:
    return ["--environment", "production", "--population-size", "0", "--data-connect"]


def _started_data_connect(_options: Options, simulator: OwnSimulator, _start: datetime) -> Target:
    return _data_connect(data_connect_of(simulator.ready), None, "un simulateur sge-sim")


def _data_connect(cible: CibleDataConnect, now: datetime | None, name: str) -> Target:
    """Return a target; the time of a simulator is asked of it, for cases move it."""
    served = cible.admin_url
    clock = clock_starting_at(now) if served is None else ServedClock(Administration(served))
    return Target(_client_of(cible), cible.url, cible.acteur, clock, name)


def _client_of(cible: CibleDataConnect) -> DataConnectClient:
    return DataConnectClient(cible, Marqueur("passage", cible.admin_url))


def _named_data_connect(options: Options) -> Target:
    url = checked_url(options["target"])
    given = {
        "production": (options["client_id"], options["client_secret"]),
        "bac_a_sable": (options["sandbox_client_id"], options["sandbox_client_secret"]),
    }
    applications = {mode: Identifiants(*pair) for mode, pair in given.items() if all(pair)}
    quotas = True
    if options["admin"] is not None:
        admin = Administration(options["admin"])
        quotas = bool(admin.get("/api/settings")["quotas"])
        found = admin.get_all("/api/applications")
        known = {each["mode"]: identifiants_of(each) for each in found if each["par_defaut"]}
        applications = {**known, **applications}
    if not applications:
        raise UsageError(
            "--cible va avec --client-id et --client-secret, ou --client-id-bac-a-sable et "
            "--client-secret-bac-a-sable ; aucun rapport ne garde les secrets."
        )
    cible = CibleDataConnect(url, applications, options["ca"], options["admin"], quotas)
    if cible.admin_url is None and not is_local(url):
        _confirm(_WARNING_DATA_CONNECT.format(url=url), options)
    client = _client_of(cible)
    client.check()
    return _data_connect(cible, target_now(options) or client.target_now(), url)


def _require(options: Options, names: Sequence[str]) -> None:
    missing = [_option(name) for name in names if options[name] is None]
    if missing:
        raise UsageError("--cible va avec " + ", ".join(missing) + ".")


def _confirm(warning: str, options: Options) -> None:
    click.echo(warning, err=True)
    if not options["yes"]:
        click.confirm("Continuer ?", abort=True, err=True)


_WARNING_DATA_CONNECT: Final = (
    "La cible {url} n'est pas un simulateur de cette machine.\n"
    "  - Les appels comptent dans les quotas de votre application.\n"
    "  - Les cas qui mènent le client ou le simulateur n'y sont pas exécutés."
)

TARGETS: Final[Mapping[str, Targets]] = {
    SOAP.nom: Targets(
        named=_named_sge,
        started=_started_sge,
        own_options=_sge_options,
        release_at=_release_of_sge,
        described_by=("cert", "key", "ca", "login", "contrat", "admin", "now", "generation"),
        others=("disabled_rules", "wsdl_dir"),
    ),
    DATA_CONNECT.nom: Targets(
        named=_named_data_connect,
        started=_started_data_connect,
        own_options=_data_connect_options,
        release_at=lambda _options: DEFAULT_DATA_CONNECT,
        described_by=(
            *("client_id", "client_secret", "sandbox_client_id", "sandbox_client_secret"),
            *("ca", "admin", "now"),
        ),
        others=(),
    ),
}
_ALL: Final = {
    name for targets in TARGETS.values() for name in (*targets.described_by, *targets.others)
}


_OF_THE_TARGET: Final = frozenset({"target", "admin", "ca", "now", "generation"})
"""What goes with the target of the report, and with no other."""
_WHO: Final = {
    "observée": "C'est au client d'en repasser les cas, une campagne étant ouverte",
    "pytest": "Ce sont des tests qui les passent",
}


def taken_up(options: Mapping[str, Any], earlier: Rapport) -> dict[str, Any]:
    """Return the options of the command, those that weren't given taken from an earlier report.

    Raises `UsageError` for the report of a campaign that sge-sim didn't run, and for a file that
    isn't there any more.
    """
    if earlier.origine in _WHO:
        how = f" : {earlier.commande}" if earlier.commande else ""
        raise UsageError(
            f"Ce rapport est d'une campagne {earlier.origine}. {_WHO[earlier.origine]}{how}"
        )
    reprise = earlier.reprise
    if reprise is None:
        return dict(options)
    other = options["target"] not in (None, reprise.options.get("target"))
    taken = {
        name: value
        for name, value in reprise.options.items()
        if not options[name] and not (other and name in _OF_THE_TARGET)
    }
    reprise.check_files(taken)
    if "now" in taken:
        elapsed = machine_now() - earlier.debut
        taken["now"] = (parse_instant(str(taken["now"])) + elapsed).isoformat()
    return {**options, **_typed(taken)}


def _typed(taken: Mapping[str, str | tuple[str, ...]]) -> dict[str, Any]:
    """Return options as the command line would give them."""
    return {
        name: Path(value) if name in FILES and isinstance(value, str) else value
        for name, value in taken.items()
    }


def cases_to_rerun(options: Mapping[str, Any], earlier: Rapport) -> tuple[str, ...]:
    """Return the keys of what wasn't good in a report, of the packages that are asked for.

    Raises `UsageError` where all was.
    """
    packages = options["packages"]
    bad = to_rerun(earlier)
    wanted = {each.cle for each in earlier.executions if not packages or each.package in packages}
    names = tuple(cle for cle in bad if cle in wanted)
    if not names:
        raise UsageError("Tous les cas de ce rapport sont bons : rien n'est à reprendre.")
    return names
