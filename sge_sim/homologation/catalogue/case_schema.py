"""The schema of the catalogue: from what the files say to `Cas` objects.

It is documented for those who write the files in `docs/catalogue.md`. A mistake never stops the
reading: it is noted, in French, with its file, its case and its key.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from sge_sim.domaine.ecarts_plateforme import ecarts_of_case
from sge_sim.domaine.nomenclatures import PROVENANCES
from sge_sim.homologation.catalogue.answer_paths import Chemin, as_text
from sge_sim.homologation.catalogue.cases import (
    ACCORDS,
    LIBRE,
    PRM,
    VALEUR,
    Assertion,
    Attendu,
    Cas,
    DateRelative,
    Emprunt,
    Etape,
    Requete,
    TropRecent,
    Valeur,
    case_key,
    is_relative,
)
from sge_sim.homologation.catalogue.protocoles import Protocole
from sge_sim.homologation.catalogue.release_files import RawRun, is_borrowed, merged_elements
from sge_sim.machine.yaml_files import Fields

_ID = r"[A-Z0-9]+(?:[_-][A-Z0-9]+)*"
_NOT_SERVED = re.compile(r".*-NR\d*")
_NAME = re.compile(r"[A-Za-z_]\w*")


def read_run(run: RawRun, protocole: Protocole, mistakes: list[str]) -> Cas:
    """Return the run that the files describe; what is wrong is noted and read as neutral."""
    fields = Fields(run.data, run.where, mistakes)
    if re.fullmatch(_ID, run.id) is None:
        fields.wrong("cas", f"« {run.id} » n'est pas un identifiant tel que F300C_O1-NR")
    prm = fields.text("prm", optional=True, pattern=r"\d{14}", hint="un PRM de 14 chiffres") or None
    calls = _Calls(run.release, protocole, run.segment, prm, protocole.reperes)
    preparation = tuple(map(calls.step, fields.children("preparation")))
    requete = calls.read(fields)
    variantes = calls.read_variantes(fields, requete)
    attendu = _read_attendu(fields.child("attendu"), prm, protocole)
    if "attendu" in run.data and (attendu.code is not None) != bool(_NOT_SERVED.fullmatch(run.id)):
        fields.wrong("attendu", "un cas -NR attend un refus, les autres un succès")
    apres = [_key_of(each, run.segment) for each in fields.texts("apres")]
    service, version = calls.service(fields)
    existences, called = protocole.existences(), (service, *(step.service for step in preparation))
    case = Cas(
        id=run.id,
        segment=run.segment,
        package=run.package,
        service=service,
        version=version,
        objet=fields.text("objet", pattern=r"[A-Z0-9]{2,15}", hint="un code objet tel que AME"),
        titre=fields.text("titre"),
        signification=fields.text("signification"),
        requete=requete,
        attendu=attendu,
        etat_du_point=fields.text("etat_du_point"),
        accord=fields.choice("accord", ACCORDS),
        provenance=fields.choice("provenance", PROVENANCES),
        source=fields.text("source"),
        prm=prm,
        prerequis=fields.texts("prerequis"),
        preparation=preparation,
        apres=tuple(dict.fromkeys([*apres, *calls.borrowed])),
        variantes=variantes,
        fois=fields.integer("fois", default=1, least=1) or 1,
        facultatif=bool(fields.flag("facultatif")),
        quantite=fields.text("quantite", optional=True) or None,
        au_choix=fields.text("au_choix", optional=True) or None,
        reponse_ignoree=bool(fields.flag("reponse_ignoree")),
        non_testable=fields.text("non_testable", optional=True),
        trop_recent=_read_trop_recent(fields, protocole),
        ecart_connu=ecarts_of_case(run.release, case_key(run.id, run.segment)),
        remarque=fields.text("remarque", optional=True),
        existences={name: existences[name] for name in called if name in existences},
    )
    fields.done()
    return case


def _read_trop_recent(fields: Fields, protocole: Protocole) -> TropRecent | None:
    if "trop_recent" not in fields.data:
        return None
    child = fields.child("trop_recent")
    pattern, hint = protocole.code.pattern, protocole.code_dit
    code = child.text("code", pattern=pattern, hint=hint)
    minutes = child.integer("minutes", least=1)
    if minutes is None:
        child.wrong("minutes", "il manque un nombre de minutes")
    child.done()
    return TropRecent(code, minutes or 1)


def _read_attendu(fields: Fields, prm: str | None, protocole: Protocole) -> Attendu:
    if ("succes" in fields.data) == ("refus" in fields.data):
        fields.wrong("succes", "il faut soit « succes », soit « refus »")
    pattern, hint = protocole.code.pattern, protocole.code_dit
    code = fields.text("refus", optional=True, pattern=pattern, hint=hint) or None
    libelle = fields.text("libelle", optional=code is None) or None
    certain = fields.choice("libelle_provenance", PROVENANCES, default="documented")
    if code is None and libelle is not None:
        fields.wrong("libelle", "il ne va qu'avec « refus »")
    attendu = Attendu(
        code=code,
        libelle=libelle,
        libelle_certain=certain != "assumed",
        assertions=tuple(_read_assertion(each, prm) for each in fields.children("succes")),
        acceptes=_read_codes(fields, protocole),
        statut=fields.integer("statut", least=100),
    )
    fields.done()
    return attendu


def _read_codes(fields: Fields, protocole: Protocole) -> tuple[str, ...]:
    codes = fields.texts("accepte")
    for code in codes:
        if protocole.code.fullmatch(code) is None:
            fields.wrong("accepte", f"« {code} » n'est pas {protocole.code_dit}")
    return codes


def _read_assertion(fields: Fields, prm: str | None) -> Assertion:
    chemin = _read_chemin(fields, "chemin")
    operations = [
        key for key in ("present", "absent", "egal", "parmi", "compte") if key in fields.data
    ]
    if len(operations) != 1:
        fields.wrong(
            "chemin", "il lui faut une seule des clés present, absent, egal, parmi, compte"
        )
        return Assertion(chemin, "present")
    match operations[0]:
        case "egal":
            value = fields.raw("egal")
            if isinstance(value, Mapping | list) or value is None:
                fields.wrong("egal", "une valeur simple est attendue")
            assertion = Assertion(chemin, "egal", _with_prm((as_text(value),), prm))
        case "parmi":
            assertion = Assertion(chemin, "parmi", _with_prm(fields.texts("parmi"), prm))
        case "compte":
            bounds = fields.child("compte")
            least = bounds.integer("min", default=0) or 0
            assertion = Assertion(chemin, "compte", (), least, bounds.integer("max", least=least))
            bounds.done()
        case _ as operation:
            if fields.flag(operation) is not True:
                fields.wrong(operation, "la seule valeur admise est true")
            assertion = Assertion(chemin, "present" if operation == "present" else "absent")
    fields.done()
    return assertion


def _with_prm(values: tuple[str, ...], prm: str | None) -> tuple[str, ...]:
    return tuple(prm if prm and value == PRM else value for value in values)


def _read_chemin(fields: Fields, key: str) -> Chemin:
    text = fields.text(key)
    try:
        return Chemin(text)
    except ValueError:
        if text:
            fields.wrong(key, f"« {text} » n'est pas un chemin tel que points/point/@id")
        return Chemin("x")


def _key_of(name: str, segment: str) -> str:
    """Return the key meant by `name` in a case on `segment`: an id means the same segment."""
    return name if "@" in name else case_key(name, segment)


@dataclass(frozen=True)
class _Calls:
    """Reads the calls of one run of `release`: the steps of its preparation, then its own.

    `steps` are the names of those that were read, `borrowed` the keys of the cases whose answers
    they take values of.
    """

    release: str
    protocole: Protocole
    segment: str
    prm: str | None
    marks: tuple[str, ...]
    steps: list[str] = field(default_factory=list)
    borrowed: list[str] = field(default_factory=list)

    def service(self, fields: Fields) -> tuple[str, str]:
        """Return the service and the version that are called, which the release has."""
        known = self.protocole.versions(self.release)
        nom, version = fields.choice("service", list(known)), fields.text("version")
        versions = known.get(nom, ())
        if nom and version and version not in versions:
            calling = (
                f"les siens en appellent {' ou '.join(versions)}" if versions else "ni une autre"
            )
            release = self.release.replace("sge-", "SGE ")
            fields.wrong("version", f"{release} n'a aucun cas de {nom} v{version}, {calling}")
        return nom, version

    def step(self, fields: Fields) -> Etape:
        """Return a step of a preparation."""
        service, version = self.service(fields)
        repeated = self.read_repeated(fields)
        step = Etape(
            nom=fields.text("nom"),
            service=service,
            version=version,
            requete=(self if repeated is None else self.marked(VALEUR)).read(fields),
            acceptes=_read_codes(fields, self.protocole),
            pour_chaque=repeated,
        )
        fields.done()
        self.steps.append(step.nom)
        return step

    def read(self, fields: Fields) -> Requete:
        """Return the request at the key `requete` of `fields`."""
        data = fields.mapping("requete")
        if not data:
            fields.wrong("requete", "il manque le contenu de la demande")
        return self._elements(fields, "requete", data)

    def read_repeated(self, fields: Fields) -> Emprunt | None:
        """Return the source of the values at the key `pour_chaque`: a step is repeated for each."""
        value = fields.raw("pour_chaque")
        if value is None:
            return None
        if not isinstance(value, Mapping) or not is_borrowed(value):
            fields.wrong("pour_chaque", "une valeur reprise est attendue (preparation, valeur)")
            return None
        where = f"{fields.where}, pour_chaque"
        return self._borrowed(Fields(value, where, fields.mistakes))

    def marked(self, mark: str) -> "_Calls":
        """Return what reads a request that may hold one more mark."""
        return replace(self, marks=(*self.marks, mark))

    def read_variantes(self, fields: Fields, requete: Requete) -> tuple[Requete, ...]:
        """Return the requests at the key `variantes`, each written as what it changes."""
        own, found = fields.mapping("requete"), []
        free = replace(self.marked(LIBRE), borrowed=[])
        for rank, changed in enumerate(fields.children("variantes"), 1):
            key = f"variantes n° {rank}"
            found.append(free._elements(fields, key, merged_elements(own, changed.data)))
            if found[-1] == requete:
                fields.wrong(key, "elle ne change rien à la demande")
        return tuple(found)

    def _elements(self, fields: Fields, key: str, data: Mapping[str, object]) -> Requete:
        for name in data:
            if not isinstance(name, str) or _NAME.fullmatch(name) is None:
                fields.wrong(key, f"« {name} » n'est pas un nom d'élément")
        return {name: self._value(fields, f"{key}/{name}", each) for name, each in data.items()}

    def _value(self, fields: Fields, key: str, value: object) -> Valeur:
        match value:
            case Mapping() if is_borrowed(value):
                return self._borrowed(Fields(value, f"{fields.where}, {key}", fields.mistakes))
            case Mapping():
                return self._elements(fields, key, value)
            case list():
                return tuple(self._value(fields, key, each) for each in value)
            case bool() | int():
                return value
            case date() if not isinstance(value, datetime):
                return value
            case str():
                return self._text(fields, key, value)
        fields.wrong(
            key, f"« {value} » n'est ni un texte, ni un booléen, ni un entier, ni une date"
        )
        return ""

    def _text(self, fields: Fields, key: str, text: str) -> Valeur:
        if is_relative(text):
            try:
                return DateRelative(text)
            except ValueError:
                fields.wrong(key, f"« {text} » n'est pas une date telle que aujourdhui-24mois")
        elif text == PRM:
            if self.prm is None:
                fields.wrong(key, f"{PRM} demande la clé « prm »")
            return self.prm or ""
        elif ("{" in text or "}" in text) and text not in self.marks:
            known = ", ".join((PRM, *self.marks))
            fields.wrong(key, f"« {text} » n'est pas l'un des repères {known}")
        return text

    def _borrowed(self, fields: Fields) -> Emprunt:
        chemin = _read_chemin(fields, "valeur")
        if "preparation" in fields.data:
            step = fields.choice("preparation", self.steps)
            return Emprunt(step, preparation=True, chemin=chemin)
        key = _key_of(fields.text("cas"), self.segment)
        self.borrowed.append(key)
        return Emprunt(key, preparation=False, chemin=chemin)
