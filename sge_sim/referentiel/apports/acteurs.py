"""From a line to an actor, its logins, contracts and homologations, and back to a line.

An actor is brought in with the points that it supplies: it is staged under their import, so that
they may name it, and has neither login nor contract until all of them are there.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final, get_args

from pydantic import TypeAdapter, ValidationError
from sqlalchemy.orm import Session

from sge_sim.domaine.nomenclatures import CONTRAT_OF_KIND, Environment, KindActeur
from sge_sim.errors import UsageError
from sge_sim.machine.texts import fit
from sge_sim.referentiel.acteurs import check_services, rows_of_acteur
from sge_sim.referentiel.apports.mots import MOTS_ACTEURS, dumped, parse_cell
from sge_sim.referentiel.entries import ActeurEntry, ContratEntry, NomPackage, UtilisateurEntry
from sge_sim.tables.acteurs import Acteur, owners_among

Report = Callable[[str, str], object]

_KINDS: Final[tuple[KindActeur, ...]] = get_args(KindActeur)
_CONTRAT: Final = {"contratId": "contrat_id", "dateDebut": "date_debut", "dateFin": "date_fin"}
_LOGINS: Final = TypeAdapter(tuple[UtilisateurEntry, ...])
_PACKAGES: Final = TypeAdapter(dict[Environment, tuple[NomPackage, ...]])
_CONTRATS: Final = TypeAdapter(tuple[ContratEntry, ...])


def read_acteur(cells: Mapping[str, Any], report: Report) -> ActeurEntry | None:
    """Return what a line says of an actor; what can't be read goes to `report`, and None."""
    wrong = False

    def say(mot: str, phrase: str) -> None:
        nonlocal wrong
        wrong = True
        report(mot, phrase)

    for mot in MOTS_ACTEURS[:3]:
        if mot not in cells:
            say(mot, "à donner")
    code = str(cells.get("acteur", ""))
    kind = next((known for known in _KINDS if known == cells.get("sorte")), None)
    if code and not (code.isascii() and code.isalnum() and len(code) <= 20):
        say("acteur", "vingt lettres et chiffres au plus")
    if "sorte" in cells and kind is None:
        say("sorte", f"écrire {' ou '.join(_KINDS)}")
    if wrong or kind is None:
        return None
    type_ = CONTRAT_OF_KIND[kind]
    found: dict[str, Any] = {"code": code, "kind": kind}
    for mot, name, read, empty in (
        ("nom", "nom", lambda cell: fit(str(cell), line=True), ""),
        ("logins", "utilisateurs", _read_logins, ()),
        ("contrats", "contrats", lambda cell: _read_contrats(cell, type_), ()),
        ("habilitations", "habilitations", _read_habilitations, {}),
    ):
        try:
            found[name] = read(cells[mot]) if mot in cells else empty
        except ValueError as error:
            say(mot, str(error))
    return None if wrong else ActeurEntry(**found)


def _read_logins(cell: Any) -> tuple[UtilisateurEntry, ...]:
    """Addresses with spaces between them, or a list of them and of objects."""
    logins = parse_cell(cell) if not isinstance(cell, str) or cell[:1] in "[{" else cell.split()
    if not isinstance(logins, list):
        raise ValueError("une liste d'adresses est attendue")
    entries = [{"login": each} if isinstance(each, str) else each for each in logins]
    try:
        read = _LOGINS.validate_python(
            [{**each, "login": str(each["login"]).lower()} for each in entries]
        )
        for each in read:
            check_services(each.services or ())
    except (ValidationError, TypeError, KeyError):
        raise ValueError("un login est une adresse de messagerie") from None
    except UsageError as error:
        raise ValueError(str(error).removesuffix(".")) from None
    return read


def _read_contrats(cell: Any, type_: str) -> tuple[ContratEntry, ...]:
    example = '[{"contratId":"1000999","dateDebut":"2015-01-01"}]'
    entries = parse_cell(cell)
    try:
        read = _CONTRATS.validate_python(
            [{"type": type_, **{_CONTRAT[key]: each[key] for key in each}} for each in entries]
        )
    except (ValidationError, TypeError, KeyError):
        raise ValueError(f"écrire par exemple {example}") from None
    for each in read:
        if each.date_fin is not None and each.date_fin < each.date_debut:
            raise ValueError(f"le contrat {each.contrat_id} finirait avant de commencer")
    return read


def _read_habilitations(cell: Any) -> Mapping[Environment, Sequence[NomPackage]]:
    try:
        read = _PACKAGES.validate_python(parse_cell(cell))
    except ValidationError:
        raise ValueError(
            'écrire par exemple {"homologation":["consultation"],"production":[]}'
        ) from None
    return read


def cells_of_acteur(entry: ActeurEntry) -> list[str]:
    """Return the cells of an actor, in the order of `MOTS_ACTEURS`."""
    whole = all(each.actif and each.services is None for each in entry.utilisateurs)
    logins = [each.model_dump(mode="json", exclude_defaults=True) for each in entry.utilisateurs]
    words = {name: mot for mot, name in _CONTRAT.items()}
    contrats = [
        {
            words[name]: value
            for name, value in each.model_dump(mode="json", exclude_none=True).items()
            if name in words
        }
        for each in sorted(entry.contrats, key=lambda each: each.contrat_id)
    ]
    packages = {
        name: sorted(values) for name, values in sorted(entry.habilitations.items()) if values
    }
    return [
        entry.code,
        entry.nom,
        entry.kind,
        " ".join(sorted(each["login"] for each in logins))
        if whole
        else dumped(sorted(logins, key=lambda each: str(each["login"]))),
        dumped(contrats) if contrats else "",
        dumped(packages) if packages else "",
    ]


def entry_of(acteur: Acteur) -> ActeurEntry:
    """Return what a line would say of an actor that is there."""
    habilitations: dict[Any, tuple[str, ...]] = {}
    for each in acteur.habilitations:
        known = habilitations.get(each.environnement, ())
        habilitations[each.environnement] = (*known, each.package)
    return ActeurEntry(
        code=acteur.code,
        nom=acteur.nom,
        kind=acteur.kind,
        habilitations=habilitations,
        utilisateurs=tuple(
            UtilisateurEntry(
                login=each.login,
                services=None if each.services is None else tuple(each.services),
                actif=each.actif,
            )
            for each in acteur.utilisateurs
        ),
        contrats=tuple(
            ContratEntry(
                contrat_id=each.contrat_id,
                type=each.type,
                date_debut=each.date_debut,
                date_fin=each.date_fin,
            )
            for each in acteur.contrats
        ),
    )


class ActeursApportes:
    """The actors that one import brings in, by their code."""

    def __init__(self, apport_id: int) -> None:
        self._apport_id = apport_id
        self._entries: dict[str, ActeurEntry] = {}

    def stage(self, session: Session, entry: ActeurEntry, report: Report) -> bool:
        """Write an actor so that points may name it; return whether it is new.

        One that is there as given isn't; one that is there otherwise, or that has what is
        another's, goes to `report`.
        """
        there = session.get(Acteur, entry.code)
        if entry.code in self._entries:
            report("acteur", f"{entry.code} est déjà donné plus haut")
            return False
        if there is not None:
            before, given = cells_of_acteur(entry_of(there)), cells_of_acteur(entry)
            for mot, old, new in zip(MOTS_ACTEURS, before, given, strict=True):
                if old != new:
                    report(mot, "cet acteur existe déjà, autrement (sge-sim acteurs le change)")
                    return False
            return False
        wrong = list(self._taken(session, entry))
        for mot, phrase in wrong:
            report(mot, phrase)
        if wrong:
            return False
        self._entries[entry.code] = entry
        session.add(
            Acteur(code=entry.code, nom=entry.nom, kind=entry.kind, apport_id=self._apport_id)
        )
        return True

    def _taken(self, session: Session, entry: ActeurEntry) -> Iterator[tuple[str, str]]:
        logins = {each.login for each in entry.utilisateurs}
        contrats = {each.contrat_id for each in entry.contrats}
        others = owners_among(session, logins, contrats)
        for known in self._entries.values():
            others |= {each.login: known.code for each in known.utilisateurs}
            others |= {each.contrat_id: known.code for each in known.contrats}
        for mot, values in (("logins", logins), ("contrats", contrats)):
            for value in sorted(values & others.keys()):
                yield mot, f"{value} est à l'acteur {others[value]}"

    def publish(self, session: Session) -> None:
        """Make the actors seen, with all that they have."""
        for entry in self._entries.values():
            session.get_one(Acteur, entry.code).apport_id = None
            session.add_all(rows_of_acteur(entry))
