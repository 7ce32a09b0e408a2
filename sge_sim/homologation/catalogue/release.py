"""The catalogue of homologation test cases, release by release.

`catalog/` holds it as data; this module loads it, and says everything that is wrong with it.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from difflib import get_close_matches
from itertools import groupby
from pathlib import Path

from sge_sim.domaine.ecarts_plateforme import rank_of_release
from sge_sim.domaine.francais import counted
from sge_sim.errors import UnknownError, UsageError
from sge_sim.homologation.catalogue.case_schema import read_run
from sge_sim.homologation.catalogue.cases import Cas
from sge_sim.homologation.catalogue.protocoles import PROTOCOLES, SOAP, Protocole
from sge_sim.homologation.catalogue.release_files import RELEASE_FILE, CatalogueFiles, RawRun
from sge_sim.machine.files import data_path
from sge_sim.machine.once import computed_once
from sge_sim.machine.yaml_files import Fields


@dataclass(frozen=True)
class JoursInclus:
    """Days from `du` to `au`, both included."""

    du: date
    au: date

    def __contains__(self, day: date) -> bool:
        return self.du <= day <= self.au


@dataclass(frozen=True)
class Release:
    """The test cases of one release of SGE, or of Data Connect, in the order to run them.

    `reference` is the legal date to simulate for it; `dates_originales` are the days on which the
    dates that it lists still make each case do what it says. `cas` holds one entry per segment.
    """

    nom: str
    reference: date
    dates_originales: JoursInclus
    packages: tuple[str, ...]
    resume: str
    differences: tuple[str, ...]
    sources: tuple[str, ...]
    cas: tuple[Cas, ...]
    protocole: Protocole = SOAP

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids of the cases, in order, each once."""
        return tuple(dict.fromkeys(case.id for case in self.cas))

    @property
    def names(self) -> tuple[str, ...]:
        """The ids of the cases, then the keys of their runs."""
        return (*self.ids, *(case.cle for case in self.cas))

    def find(self, name: str) -> tuple[Cas, ...]:
        """Return the runs of a case id (`ADP-R1`), or the one of a key (`ADP-R1@C5`).

        Raises `UsageError`, with the nearest name, if the release has none.
        """
        found = tuple(case for case in self.cas if name in (case.id, case.cle))
        if not found:
            near = get_close_matches(name, self.names, 1)
            hint = f" ; le plus proche est {near[0]}" if near else ""
            raise UnknownError(f"{self.nom} n'a pas de cas « {name} »{hint}.", name)
        return found

    def decalage(self, today: date) -> timedelta:
        """Return by how much the ISO dates of the cases move when they run on `today`.

        Shifted dates stand to `today` as the listed ones stood to `reference`: all of them move by
        `today - reference`, whole days, so windows keep their length and the past stays past.
        Dates are original on the days of `dates_originales`, when they don't move, and shifted on
        any other day.
        """
        if today in self.dates_originales:
            return timedelta(0)
        return today - self.reference


@computed_once()
def list_releases(protocoles: tuple[str, ...] = (SOAP.nom,)) -> tuple[str, ...]:
    """Return the names of the releases of `protocoles` that come with sge-sim, oldest first."""
    files = CatalogueFiles(data_path("catalog"))
    return tuple(name for name in files.names if files.protocole(name) in protocoles)


def load_release(name: str, protocoles: Collection[str] = (SOAP.nom,)) -> Release:
    """Return a release that comes with sge-sim by name, `sge-21.3` or `21.3`, of `protocoles`.

    Raises `UsageError` if there is none or if its files hold a mistake (the first is reported).
    """
    names = list_releases(tuple(protocoles))
    wanted = name if name in names else f"sge-{name}"
    if wanted not in names:
        raise UnknownError(
            f"La version « {name} » est inconnue : choisir {', '.join(names)}.", name
        )
    return _delivered(wanted)


@computed_once()
def _delivered(name: str) -> Release:
    return _sound(CatalogueFiles(data_path("catalog")), name)


def load_release_folder(path: Path) -> Release:
    """Return the release of a user's folder, which may take over those that come with sge-sim.

    Raises `UsageError` for a folder that holds none, or mistakes (the first is reported).
    """
    path = path.resolve()
    if not (path / RELEASE_FILE).is_file():
        raise UsageError(
            f"{path} ne contient pas de {RELEASE_FILE} : donner le dossier d'une version, comme en "
            "écrit sge-sim catalog import."
        )
    return _sound(CatalogueFiles(path.parent, data_path("catalog")), path.name)


def _sound(files: CatalogueFiles, name: str) -> Release:
    release, mistakes = _read_release(files, name)
    if mistakes:
        count = counted(len(mistakes), "erreur")
        raise UsageError(f"Catalogue {name} inutilisable, {count} ; {mistakes[0]}")
    return release


def validate(path: Path) -> list[str]:
    """Return every mistake of a release's folder, or of a folder of releases, as French sentences.

    Each names the file, the case and the key. An empty list means that nothing is wrong.
    """
    if (path / RELEASE_FILE).is_file():
        path = path.resolve()
        return _read_release(CatalogueFiles(path.parent, data_path("catalog")), path.name)[1]
    names = CatalogueFiles(path).names
    if not names:
        return [f"{path} ne contient aucun {RELEASE_FILE}."]
    found = [mistake for name in names for mistake in _read_release(CatalogueFiles(path), name)[1]]
    return list(dict.fromkeys(found))


def _read_release(files: CatalogueFiles, name: str) -> tuple[Release, list[str]]:
    fields = files.metadata(name)
    fields.choice("release", [name])
    protocole = PROTOCOLES.get(fields.choice("protocole", list(PROTOCOLES), SOAP.nom), SOAP)
    period = fields.child("dates_originales")
    packages = files.packages(fields)
    if not packages:
        fields.wrong("packages", "au moins un package est attendu")
    release = Release(
        nom=name,
        protocole=protocole,
        reference=fields.day("reference"),
        dates_originales=JoursInclus(period.day("du"), period.day("au")),
        packages=packages,
        resume=fields.text("resume"),
        differences=fields.texts("differences"),
        sources=fields.texts("sources"),
        cas=tuple(_read_runs(files.runs(name), protocole, files.mistakes)),
    )
    period.done()
    fields.done()
    if release.reference not in release.dates_originales:
        fields.wrong("dates_originales", f"la référence {release.reference} doit y être comprise")
    for case in release.cas:
        _check_links(case, release.cas, fields)
    return release, list(dict.fromkeys(files.mistakes))


def _read_runs(runs: Sequence[RawRun], protocole: Protocole, mistakes: list[str]) -> list[Cas]:
    """Read the runs; what is wrong with every segment of a case is reported once, for the case."""
    cases = []
    for _, group in groupby(runs, key=lambda run: (run.file, run.id)):
        found: dict[str, list[str]] = {}
        for run in group:
            wrong = found.setdefault(run.where, [])
            cases.append(read_run(run, protocole, wrong))
        mistakes.extend(_shared_once(found))
    return cases


def _shared_once(found: Mapping[str, Sequence[str]]) -> list[str]:
    """Return the mistakes by run, those that all runs share under the case's id alone."""
    tails = {
        where: [mistake.removeprefix(where) for mistake in each] for where, each in found.items()
    }
    shared = set.intersection(*map(set, tails.values()))
    return [
        (where.partition("@")[0] if tail in shared else where) + tail
        for where, each in tails.items()
        for tail in each
    ]


def _check_links(case: Cas, cases: Sequence[Cas], fields: Fields) -> None:
    """Check what a run says about other runs: those before it, and its one-of-several group."""
    where = Fields({}, f"{fields.where}, cas {case.cle}", fields.mistakes)
    before = {other.cle for other in cases[: cases.index(case)]}
    for key in case.apres:
        if key not in before:
            where.wrong("apres", f"{key} n'est pas un cas placé avant lui")
    if case.au_choix and sum(other.au_choix == case.au_choix for other in cases) == 1:
        where.wrong("au_choix", f"aucun autre cas n'est du groupe « {case.au_choix} »")


def last_with_case(release: Release, name: str) -> str | None:
    """Return the last release before `release` that has a case of that id or key."""
    before = _before(release)
    return next((each.nom for each in before if name in each.names), None)


def last_with_package(release: Release, package: str) -> str | None:
    """Return the last release before `release` that lists cases for a package."""
    return next((each.nom for each in _before(release) if package in each.packages), None)


def services_gone(release: Release, packages: Sequence[str] = ()) -> dict[str, str]:
    """Return the services that `release` has no case of any more, each with the last that had.

    Those of `packages` alone where any is given.
    """
    own = {case.service for case in release.cas}
    gone: dict[str, str] = {}
    for each in _before(release):
        for case in each.cas:
            if case.service not in own and (not packages or case.package in packages):
                gone.setdefault(case.service, each.nom)
    return gone


def _before(release: Release) -> Iterator[Release]:
    """Yield the releases before one, of its protocol, the newest first."""
    protocole = (release.protocole.nom,)
    rank = (rank_of_release(release.nom), release.nom)
    names = (name for name in list_releases(protocole) if (rank_of_release(name), name) < rank)
    for name in reversed(tuple(names)):
        yield load_release(name, protocole)
