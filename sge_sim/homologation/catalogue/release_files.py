"""The files of the catalogue: which releases there are, and what one takes over from another.

A release is a folder with `release.yaml` and one file per package. A case may take over another
with `reprend` (a release: its case of the same id; an id: a case of the same release) and write
only what changes; so may a package, which then has every case of the one that it takes over. This
module resolves that; `case_schema` then reads what results.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from sge_sim.domaine.ecarts_plateforme import rank_of_release
from sge_sim.homologation.catalogue.cases import SEGMENTS, case_key
from sge_sim.homologation.catalogue.protocoles import SOAP
from sge_sim.machine.yaml_files import Fields, read_mapping

RELEASE_FILE = "release.yaml"
Raw = Mapping[str, object]


def is_borrowed(value: object) -> bool:
    """Return whether `value` is a borrowed value, as the files write it, and not an element."""
    return isinstance(value, Mapping) and value.keys() in (
        {"cas", "valeur"},
        {"preparation", "valeur"},
    )


@dataclass(frozen=True)
class RawCase:
    """A case as its file writes it."""

    file: str
    package: str
    id: str
    data: Raw


@dataclass(frozen=True)
class RawRun(RawCase):
    """A case on one segment, with everything that it takes over filled in."""

    segment: str

    @property
    def release(self) -> str:
        """The release whose folder lists the case."""
        return self.file.partition("/")[0]

    @property
    def where(self) -> str:
        """The file and the run, with which sentences on mistakes begin."""
        return f"{self.file}, cas {case_key(self.id, self.segment)}"


class CatalogueFiles:
    """Reads the folders of a catalogue. Every mistake met is added to `mistakes`, in French.

    A release that two folders have is the first one's.
    """

    def __init__(self, *folders: Path) -> None:
        self.mistakes: list[str] = []
        self._folders = folders
        self._cases: dict[str, dict[str, RawCase]] = {}
        self._read: dict[tuple[str, str], Fields] = {}
        found = {file.parent.name for each in folders for file in each.glob(f"*/{RELEASE_FILE}")}
        self.names = tuple(sorted(found, key=lambda name: (rank_of_release(name), name)))
        """The releases, oldest first."""

    def metadata(self, release: str) -> Fields:
        """Return `release.yaml`, read once."""
        if (release, RELEASE_FILE) not in self._read:
            self._read[release, RELEASE_FILE] = self._file(release, RELEASE_FILE)
        return self._read[release, RELEASE_FILE]

    def protocole(self, release: str) -> str:
        """Return the name of the protocol that a release says it is of."""
        return str(self.metadata(release).data.get("protocole", SOAP.nom))

    def runs(self, release: str) -> list[RawRun]:
        """Return the runs of every case, in the order of the files."""
        found = []
        for case in self._own(release).values():
            data = dict(self._resolved(release, case.id, ()))
            executions = data.pop("executions", None)
            self._clean_first(case, data)
            if not isinstance(executions, Mapping) or not executions:
                self._wrong(case, "executions", "au moins un segment est attendu")
                continue
            for segment, own in executions.items():
                if segment not in SEGMENTS:
                    known = ", ".join(SEGMENTS)
                    self._wrong(case, "executions", f"« {segment} » n'est pas l'un des {known}")
                elif not isinstance(own, Mapping):
                    self._wrong(case, "executions", f"« {segment} » doit contenir des clés ou {{}}")
                else:
                    run = _merged(data, own)
                    found.append(RawRun(case.file, case.package, case.id, run, segment))
        return found

    def _clean_first(self, case: RawCase, data: dict[str, object]) -> None:
        """Put the cleaning of the package before the preparation of a case that wants it."""
        wanted = data.pop("nettoyage", None)
        if wanted is None:
            return
        cleaning = self._cleaning(case.file.partition("/")[0], case.package)
        if wanted is not True or not isinstance(cleaning, list):
            wrong = "la seule valeur admise est true, et le fichier du package doit dire ses étapes"
            self._wrong(case, "nettoyage", wrong)
            return
        own = data.get("preparation")
        data["preparation"] = [*cleaning, *(own if isinstance(own, list) else [])]

    def _cleaning(self, release: str, package: str) -> object:
        """Return the steps that clean a point: the package's, else those of what it takes over."""
        content = self._package(release, package)
        steps, taken_over = content.raw("nettoyage"), self._taken_over(release, package)
        if steps is None and taken_over is not None:
            return self._cleaning(taken_over, package)
        other = steps.lower() if isinstance(steps, str) else package
        if other in self._listed(release) and other != package:
            return self._package(release, other).raw("nettoyage")
        return steps

    def _own(self, release: str) -> dict[str, RawCase]:
        """Return the cases that `release` has, by id: taken over with its packages, or written."""
        if release not in self._cases:
            found: dict[str, RawCase] = {}
            self._cases[release] = found
            for package in self._listed(release):
                where = self._package(release, package).where
                for cas_id, data in self._written(release, package).items():
                    case = RawCase(where, package, cas_id, {})
                    if case.id in found:
                        other = found[case.id].file
                        self._wrong(case, "cas", f"« {case.id} » est déjà dans {other}")
                    elif not isinstance(data, Mapping):
                        self._wrong(case, "cas", "des clés et leurs valeurs sont attendues")
                    else:
                        found[case.id] = RawCase(where, package, case.id, data)
        return self._cases[release]

    def _written(self, release: str, package: str) -> dict[str, object]:
        """Return the cases of a package's file over those that it takes over, in their order.

        A new case goes last, null removes one.
        """
        content = self._package(release, package)
        written = {str(cas_id): data for cas_id, data in content.mapping("cas").items()}
        taken_over = self._taken_over(release, package)
        if taken_over is None:
            if not written:
                content.wrong("cas", "des cas, ou reprend et une version, sont attendus")
            return written
        base = [case.id for case in self._own(taken_over).values() if case.package == package]
        cases: dict[str, object] = {cas_id: {} for cas_id in base} | written
        return {
            cas_id: {"reprend": taken_over, **data}
            if cas_id in base and isinstance(data, Mapping)
            else data
            for cas_id, data in cases.items()
            if not (cas_id in base and data is None)
        }

    def _taken_over(self, release: str, package: str) -> str | None:
        """Return the earlier release whose package this one takes over, None if it says none."""
        content, names = self._package(release, package), self.names
        source = content.raw("reprend")
        if source is None:
            return None
        if source in names[: names.index(release)] and package in self._listed(str(source)):
            return str(source)
        content.wrong("reprend", f"« {source} » n'est pas une version d'avant qui ait ce package")
        return None

    def _listed(self, release: str) -> tuple[str, ...]:
        return self.packages(Fields(self.metadata(release).data, "", []))

    @staticmethod
    def packages(metadata: Fields) -> tuple[str, ...]:
        """Return the packages that a release lists, as they are written everywhere."""
        return tuple(nom.lower() for nom in metadata.texts("packages"))

    def _package(self, release: str, package: str) -> Fields:
        """Return the file of a package, read once."""
        if (release, package) not in self._read:
            content = self._file(release, f"{package}.yaml")
            self._read[release, package] = content
            content.choice("package", [package])
            for key in ("nettoyage", "reprend"):
                content.raw(key)
            content.mapping("cas")
            content.done()
        return self._read[release, package]

    def _resolved(self, release: str, cas_id: str, chain: tuple[str, ...]) -> Raw:
        """Return the data of a case over those that it takes over."""
        case = self._own(release)[cas_id]
        own = {key: value for key, value in case.data.items() if key != "reprend"}
        source = case.data.get("reprend")
        if source is None:
            return own
        elsewhere = source in self.names
        target = (str(source), cas_id) if elsewhere else (release, str(source))
        link = "/".join(target)
        if link in chain:
            self._wrong(case, "reprend", f"{' → '.join(chain)} → {link} tourne en rond")
        elif target[1] not in self._own(target[0]):
            wrong = (
                f"{source} n'a pas de cas {cas_id}" if elsewhere else f"« {source} » n'existe pas"
            )
            self._wrong(case, "reprend", wrong)
        else:
            return _merged(self._resolved(*target, (*chain, link)), own)
        return own

    def _file(self, release: str, name: str) -> Fields:
        where = f"{release}/{name}"
        having = (each for each in self._folders if (each / release / RELEASE_FILE).is_file())
        try:
            data = read_mapping(next(having, self._folders[0]) / release / name)
        except ValueError as error:
            self.mistakes.append(f"{where} : {error}.")
            data = {}
        return Fields(data, where, self.mistakes)

    def _wrong(self, case: RawCase, key: str, what: str) -> None:
        Fields({}, f"{case.file}, cas {case.id}", self.mistakes).wrong(key, what)


def _merged(base: Raw, own: Raw) -> Raw:
    """Return `base` with the keys of `own` in their place.

    The elements of `requete` and the segments of `executions` are merged one by one (null removes
    one); any other key of `own` replaces the whole value.
    """
    result = {**base, **own}
    for key, merge in (("requete", merged_elements), ("executions", _merged)):
        before, after = base.get(key), own.get(key)
        if isinstance(before, Mapping) and isinstance(after, Mapping):
            result[key] = _over(before, after, merge)
    return result


def merged_elements(base: Raw, own: Raw) -> Raw:
    """Return the elements of `base` with those of `own` in their place; null removes one."""
    return _over(base, own, merged_elements)


def _over(base: Raw, own: Raw, merge: Callable[[Raw, Raw], Raw]) -> Raw:
    """Return `base` with the values of `own`: null removes one, `merge` makes one of two parts."""
    result = dict(base)
    for key, value in own.items():
        before = base.get(key)
        if value is None:
            result.pop(key, None)
        elif isinstance(before, Mapping) and isinstance(value, Mapping) and not is_borrowed(value):
            result[key] = merge(before, value)
        else:
            result[key] = value
    return result
