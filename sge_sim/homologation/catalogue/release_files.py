"""The files of the catalogue: which releases there are, and what one takes over from another.

A release is a folder with `release.yaml` and one file per package. A case may take over another
with `reprend` (a release: its case of the same id; an id: a case of the same release) and write
only what changes. This module resolves that; `catalogue_schema` then reads what results.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from sge_sim.homologation.catalogue.cases import SEGMENTS, case_key
from sge_sim.homologation.catalogue.protocoles import SOAP
from sge_sim.machine.yaml_fields import Fields, read_mapping

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
class RawRun:
    """A case on one segment, with everything that it takes over filled in."""

    file: str
    package: str
    id: str
    segment: str
    data: Raw

    @property
    def release(self) -> str:
        """The release whose folder lists the case."""
        return self.file.partition("/")[0]

    @property
    def where(self) -> str:
        """The file and the run, as the sentences about mistakes begin."""
        return f"{self.file}, cas {case_key(self.id, self.segment)}"


class CatalogueFiles:
    """Reads the folder of a catalogue. Every mistake met is added to `mistakes`, in French."""

    def __init__(self, folder: Path) -> None:
        self.mistakes: list[str] = []
        self._folder = folder
        self._cases: dict[str, dict[str, RawCase]] = {}
        self._cleanings: dict[str, object] = {}

    def names(self) -> tuple[str, ...]:
        """Return the releases, oldest first."""
        found = (file.parent.name for file in self._folder.glob(f"*/{RELEASE_FILE}"))
        return tuple(sorted(found, key=_by_number))

    def metadata(self, release: str) -> Fields:
        """Return `release.yaml`, ready to be read."""
        return self._file(release, RELEASE_FILE)

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
                    found.append(RawRun(case.file, case.package, case.id, segment, run))
        return found

    def _clean_first(self, case: RawCase, data: dict[str, object]) -> None:
        """Put the cleaning of the package before the preparation of a case that wants it."""
        wanted = data.pop("nettoyage", None)
        if wanted is None:
            return
        cleaning = self._cleanings.get(case.file)
        if wanted is not True or not isinstance(cleaning, list):
            self._wrong(
                case,
                "nettoyage",
                "la seule valeur admise est true, et le fichier du package doit dire ses étapes",
            )
            return
        own = data.get("preparation")
        data["preparation"] = [*cleaning, *(own if isinstance(own, list) else [])]

    def _own(self, release: str) -> dict[str, RawCase]:
        """Return the cases that the files of `release` list, by id."""
        if release not in self._cases:
            found: dict[str, RawCase] = {}
            self._cases[release] = found
            for package in Fields(self.metadata(release).data, "", []).texts("packages"):
                content = self._file(release, f"{package}.yaml")
                content.choice("package", [package])
                self._cleanings[content.where] = content.raw("nettoyage")
                for cas_id, data in content.mapping("cas").items():
                    case = RawCase(content.where, package, str(cas_id), {})
                    if case.id in found:
                        other = found[case.id].file
                        self._wrong(case, "cas", f"« {case.id} » est déjà dans {other}")
                    elif not isinstance(data, Mapping):
                        self._wrong(case, "cas", "des clés et leurs valeurs sont attendues")
                    else:
                        found[case.id] = RawCase(content.where, package, case.id, data)
                content.done()
        return self._cases[release]

    def _resolved(self, release: str, cas_id: str, chain: tuple[str, ...]) -> Raw:
        """Return the data of a case over those that it takes over."""
        case = self._own(release)[cas_id]
        own = {key: value for key, value in case.data.items() if key != "reprend"}
        source = case.data.get("reprend")
        if source is None:
            return own
        elsewhere = source in self.names()
        target = (str(source), cas_id) if elsewhere else (release, str(source))
        link = "/".join(target)
        if link in chain:
            self._wrong(case, "reprend", f"{' → '.join(chain)} → {link} tourne en rond")
        elif target[1] not in self._own(target[0]):
            told = (
                f"{source} n'a pas de cas {cas_id}" if elsewhere else f"« {source} » n'existe pas"
            )
            self._wrong(case, "reprend", told)
        else:
            return _merged(self._resolved(*target, (*chain, link)), own)
        return own

    def _file(self, release: str, name: str) -> Fields:
        where = f"{release}/{name}"
        try:
            data = read_mapping(self._folder / release / name)
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
    for key, merge in (("requete", merged_elements), ("executions", _merged_executions)):
        before, after = base.get(key), own.get(key)
        if isinstance(before, Mapping) and isinstance(after, Mapping):
            result[key] = merge(before, after)
    return result


def merged_elements(base: Raw, own: Raw) -> Raw:
    """Return the elements of `base` with those of `own` in their place; null removes one."""
    result = dict(base)
    for key, value in own.items():
        before = base.get(key)
        if value is None:
            result.pop(key, None)
        elif isinstance(before, Mapping) and isinstance(value, Mapping) and not is_borrowed(value):
            result[key] = merged_elements(before, value)
        else:
            result[key] = value
    return result


def _merged_executions(base: Raw, own: Raw) -> Raw:
    result = dict(base)
    for segment, value in own.items():
        before = base.get(segment)
        if value is None:
            result.pop(segment, None)
        elif isinstance(before, Mapping) and isinstance(value, Mapping):
            result[segment] = _merged(before, value)
        else:
            result[segment] = value
    return result


def _by_number(name: str) -> tuple[list[int], str]:
    """Return what orders `sge-9.1` before `sge-21.3`."""
    parts = name.removeprefix("sge-").split(".")
    return [int(part) for part in parts if part.isdecimal()], name
