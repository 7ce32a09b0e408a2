"""The report of a campaign: one model for those that sge-sim runs and those that it watches.

Everything that the HTML, the tracking workbook and JUnit show comes from it; its JSON is the report
itself, read back without loss.

What it takes to run the campaign again is kept in it (`Reprise`): the paths of files and the
fingerprint of the certificate, no key nor secret. A file that was changed by hand, or badly joined,
and contradicts itself isn't read.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from pydantic import AwareDatetime, TypeAdapter, ValidationError

from sge_sim import __version__
from sge_sim.domaine.francais import counted
from sge_sim.domaine.nomenclatures import Origine
from sge_sim.errors import UsageError
from sge_sim.homologation.reports.etats import Avis, Decision, FiltreDeCas, KindCampaign, Statut
from sge_sim.machine.files import read_user_file
from sge_sim.machine.once import computed_once
from sge_sim.pki.inspection import fingerprint_of_file
from sge_sim.refus import Rule

SECRETS: Final = frozenset({"client_secret", "sandbox_client_secret"})
FILES: Final = ("cert", "key", "ca", "wsdl_dir", "catalogue")
_TYPED: Final = {"cert": "certificat", "key": "cle"}
"""Options that are typed by another name."""


@dataclass(frozen=True)
class Reprise:
    """The options of `sge-sim homologate`, by name; paths are absolute.

    `empreinte` is the fingerprint of the certificate, empty where none was given.
    """

    options: Mapping[str, str | tuple[str, ...]]
    empreinte: str = ""

    def check_files(self, taken: Collection[str]) -> None:
        """Raise `UsageError` for a file that isn't there any more, of the options `taken`."""
        for name in (each for each in FILES if each in taken):
            path = Path(str(self.options[name]))
            option = _TYPED.get(name, name.replace("_", "-"))
            if not path.exists():
                raise UsageError(
                    f"{path}, que nomme le rapport, n'est plus là : donner --{option}."
                )
            if name == "cert" and fingerprint_of_file(path) != self.empreinte:
                raise UsageError(
                    f"{path} n'est plus le certificat de la campagne (empreinte "
                    f"{self.empreinte[:16]}…) : donner --certificat et --cle."
                )


def reprise_of(options: Mapping[str, object], names: Iterable[str]) -> Reprise:
    """Return the given options among `names`, without secrets."""
    kept: dict[str, str | tuple[str, ...]] = {}
    for name in names:
        value = options.get(name)
        if name in SECRETS or not value:
            continue
        if isinstance(value, Path):
            kept[name] = str(value.resolve())
        else:
            kept[name] = tuple(map(str, value)) if isinstance(value, tuple) else str(value)
    cert = options.get("cert")
    return Reprise(kept, fingerprint_of_file(cert) if isinstance(cert, Path) else "")


FORMAT = 2
_CALLED: Final = frozenset({Statut.REUSSI, Statut.ADMIS, Statut.ECHOUE, Statut.ECART})
_MAX_BYTES = 256 * 2**20


@dataclass(frozen=True)
class Constat:
    """An expectation, whether it holds, and what was found if that says more.

    `source` says who expects it. `avertit` marks a failure that doesn't count (`reussi` is true):
    nobody documents the rule, or the platform was seen to break it: then `excuse` is that dated
    observation, in French. `du_juge` marks what any answer to such a demand must be: where it
    fails, the demand isn't to blame.
    """

    attendu: str
    reussi: bool
    trouve: str = ""
    source: str = ""
    avertit: bool = False
    du_juge: bool = False
    excuse: str = ""

    @property
    def avis(self) -> Avis:
        """Whether it holds, in a word."""
        if self.excuse:
            return Avis.EXCUSE
        return Avis.A_VERIFIER if self.avertit else Avis.OUI if self.reussi else Avis.NON

    def __str__(self) -> str:
        excuse = f" (excusé : {self.excuse})" if self.excuse else ""
        return f"{self.attendu} : {self.trouve or 'non'}{excuse}"


@dataclass(frozen=True)
class NonVerifie:
    """What wasn't looked at, and why, in French."""

    quoi: str
    pourquoi: str


@dataclass(frozen=True)
class Execution:
    """One run of a case.

    `instant` is the target's time (aware; legal time), None where the run wasn't done. `suivi`
    holds the twelve columns of Enedis' tracking workbook. `prevu_en_echec`: the tester
    announced the failure. `logiciel` is the product that the client says it is (User-Agent),
    `origine` who made the call (the tester's client, or sge-sim that runs the case), `echange_id`
    the number of the exchange in the journal of the simulator that answered. `controles` counts the
    checks of the contract and the guides that were made of its answers, `non_verifies` are those
    that weren't.
    """

    cle: str
    id: str
    package: str
    service: str
    version: str
    titre: str
    attendu: str
    statut: Statut
    suivi: dict[str, str]
    constats: tuple[Constat, ...] = ()
    instant: AwareDatetime | None = None
    duree_ms: float = 0.0
    requete: str = ""
    reponse: str = ""
    statut_http: int | None = None
    code: str | None = None
    regle: Rule | None = None
    remarque: str = ""
    facultatif: bool = False
    au_choix: str | None = None
    prevu_en_echec: bool = False
    logiciel: str = ""
    origine: Origine | None = None
    echange_id: int | None = None
    controles: int = 0
    non_verifies: tuple[NonVerifie, ...] = ()

    @property
    def excuses(self) -> tuple[Constat, ...]:
        """The checks that failed and that an observation of the platform excuses."""
        return tuple(each for each in self.constats if each.excuse)

    @property
    def perime(self) -> bool:
        """Whether the tester announced a failure that didn't come."""
        return self.prevu_en_echec and self.statut.bon

    @property
    def jugee(self) -> bool:
        """Whether it was called, and its answer judges the client."""
        return self.instant is not None and self.statut is not Statut.PERTURBE

    @property
    def non_testable(self) -> bool:
        """Whether Enedis asks for no run of it."""
        return self.suivi.get("Quantité demandée") == "Non testable"

    @property
    def filtre(self) -> FiltreDeCas:
        """The filter that shows it in a list: an announced failure that didn't come failed."""
        return FiltreDeCas.ECHOUE if self.perime else self.statut.filtre

    @property
    def a_corriger(self) -> bool:
        """Whether somebody has something to do about it."""
        return self.perime or (self.statut.a_corriger and not self.non_testable)


@dataclass(frozen=True)
class VerdictPackage:
    """The verdict on a package, and why, in French."""

    package: str
    decision: Decision
    raison: str


@dataclass(frozen=True)
class Rapport:
    """A campaign: what was run or seen, when, against what, and what follows for each package.

    `origine` is « exécutée », « observée » or « pytest », `client` what distinguishes the client
    from the others of its actor, in French: the name that the tester gave, or by what it is
    observed; `societe` the company of the actor, `sge_sim` the version that made the report, both
    empty where they aren't known; `partielle`: it was limited to some cases.
    `simulateur`: the target is a sge-sim. Instants are the machine's. `remarques` are sentences on
    the campaign; `commande` is the shell command that makes it again, or the part of it that wasn't
    good; `reprise` is what that takes, where sge-sim ran it. `non_verifies` is what can't be known
    of the target, or wasn't asked for.
    """

    release: str
    origine: KindCampaign
    cible: str
    acteur: str
    simulateur: bool
    debut: AwareDatetime
    fin: AwareDatetime
    partielle: bool
    verdicts: tuple[VerdictPackage, ...]
    executions: tuple[Execution, ...]
    client: str = ""
    societe: str = ""
    sge_sim: str = __version__
    remarques: tuple[str, ...] = ()
    commande: str = ""
    reprise: Reprise | None = None
    non_verifies: tuple[NonVerifie, ...] = ()
    format: int = field(default=FORMAT)

    @property
    def logiciels(self) -> tuple[str, ...]:
        """The products that the clients of the runs said they are, each once."""
        return tuple(dict.fromkeys(each.logiciel for each in self.executions if each.logiciel))

    @property
    def origines(self) -> tuple[Origine, ...]:
        """Who made the calls of the runs, each once."""
        return tuple(dict.fromkeys(each.origine for each in self.executions if each.origine))

    @property
    def a_verifier(self) -> tuple[Execution, ...]:
        """The good runs with a doubt about their answer, which doesn't count."""
        return tuple(
            each
            for each in self.executions
            if each.statut.bon and any(of.avertit and not of.excuse for of in each.constats)
        )

    @property
    def perimes(self) -> tuple[Execution, ...]:
        """The failures that were announced and didn't come."""
        return tuple(each for each in self.executions if each.perime)

    @property
    def reussi(self) -> bool:
        """Whether nothing is left to put right: the exit code of the command.

        Every package that was asked for is homologated, or fails by announced failures alone: a
        check that an observation excuses fails nothing; no announced failure is out of date; a
        partial campaign has each of its cases good. No panne struck a case. What can't be tested,
        or the target doesn't serve, is left out, but something was judged.
        """
        if self.perimes or any(each.statut is Statut.PERTURBE for each in self.executions):
            return False
        judged = [
            each
            for each in self.executions
            if each.statut is not Statut.NON_SERVI and not each.non_testable
        ]
        if self.partielle:
            return bool(judged) and all(each.statut.bon or each.prevu_en_echec for each in judged)
        return bool(judged) and all(
            verdict.decision in (Decision.HOMOLOGUE, Decision.SANS_OBJET, Decision.SANS_CAS_SERVI)
            or self._announced(verdict.package)
            for verdict in self.verdicts
        )

    def compulsory(self, package: str) -> list[Execution]:
        """Return the runs that decide of a package, without those of a choice that others fill."""
        own = [each for each in self.executions if each.package == package]
        filled = {each.au_choix for each in own if each.au_choix and each.statut.bon}
        return [
            each
            for each in own
            if each.statut is not Statut.NON_SERVI
            and not (each.facultatif or each.non_testable)
            and (each.statut.bon or each.au_choix not in filled)
        ]

    def _announced(self, package: str) -> bool:
        """Whether each failure among the compulsory cases of `package` was announced."""
        wanted = self.compulsory(package)
        return bool(wanted) and all(each.statut.bon or each.prevu_en_echec for each in wanted)

    def find(self, cle: str) -> Execution | None:
        """Return the run of that key."""
        return next((each for each in self.executions if each.cle == cle), None)


def by_package(executions: Iterable[Execution]) -> dict[str, list[Execution]]:
    """Return the runs of each package, in their order."""
    found: dict[str, list[Execution]] = {}
    for each in executions:
        found.setdefault(each.package, []).append(each)
    return found


def to_json(rapport: Rapport) -> bytes:
    """Return the report as indented JSON (UTF-8)."""
    return _adapter().dump_json(rapport, indent=2) + b"\n"


def read_rapport(path: Path) -> Rapport:
    """Return a report kept as JSON; `path` is the file or the folder of the reports.

    Raises `UsageError` for anything else.
    """
    file = path / "rapport.json" if path.is_dir() else path
    try:
        rapport = parse_rapport(read_user_file(file, _MAX_BYTES))
    except OSError:
        raise UsageError(f"{file} est illisible : donner le dossier d'un rapport.") from None
    except ValidationError as error:
        raise UsageError(
            f"{file} n'est pas un rapport de sge-sim ({counted(error.error_count(), 'erreur')}) : "
            "donner rapport.json ou son dossier."
        ) from None
    if rapport.format != FORMAT:
        raise UsageError(f"{file} vient d'une autre version de sge-sim : refaire la campagne.")
    if wrong := next(incoherences(rapport), ""):
        raise UsageError(f"{file} se contredit, {wrong} : refaire la campagne.")
    return rapport


def incoherences(rapport: Rapport) -> Iterator[str]:
    """Yield what contradicts itself in a report, in French; nothing for one that sge-sim wrote."""
    if rapport.fin < rapport.debut:
        yield "la campagne finit avant d'avoir commencé"
    names = [each.cle for each in rapport.executions]
    names += [f"package {each.package}" for each in rapport.verdicts]
    yield from (f"{name} y est {count} fois" for name, count in Counter(names).items() if count > 1)
    for run in rapport.executions:
        called, said = run.instant is not None, f"{run.cle} est « {run.statut} »"
        if run.statut is not Statut.PERTURBE and called is not (run.statut in _CALLED):
            yield f"{said} {'et a' if called else 'sans avoir'} été appelé"
        if run.statut.bon and not all(each.reussi for each in run.constats):
            yield f"{said} avec une attente manquée"
        if any(each.excuse and not each.reussi for each in run.constats):
            yield f"{run.cle} excuse une vérification qui compte"
    packages = by_package(rapport.executions)
    for verdict in rapport.verdicts:
        package, decision = verdict.package, verdict.decision
        bad = [each for each in rapport.compulsory(package) if not each.statut.bon]
        failed = any(each.statut in _CALLED or each.statut is Statut.PERTURBE for each in bad)
        if rapport.partielle and decision in (Decision.HOMOLOGUE, Decision.NON_HOMOLOGUE):
            yield f"une campagne partielle juge le package {package}"
        if decision is Decision.HOMOLOGUE and (bad or package not in packages):
            yield f"le package {package} est homologué sans que ses cas soient bons"
        if decision is Decision.NON_HOMOLOGUE and package in packages and not failed:
            yield f"le package {package} n'est pas homologué, et aucun de ses cas n'a échoué"


def parse_rapport(content: str | bytes) -> Rapport:
    """Return the report that JSON holds; raises `ValidationError` for anything else."""
    return _adapter().validate_json(content)


@computed_once()
def _adapter() -> TypeAdapter[Rapport]:
    return TypeAdapter(Rapport)
