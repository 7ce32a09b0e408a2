"""`/mesures/v2/metering_data`: the seven measures of a point that the account holds."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Final

from sge_sim.clock import PARIS
from sge_sim.dataconnect.acces import Refusals, read_point
from sge_sim.dataconnect.exchange import RestAnswer, RestBackend, RestExchange, json_answer
from sge_sim.dataconnect.jours import reader_of
from sge_sim.dataconnect.readings import LUS, MeasureReader, Mesure, Resource, ValeurLue
from sge_sim.dataconnect.rest_rules import SANS_RESSOURCE
from sge_sim.dataconnect.rules_mesures import PeriodeDemandee, read_jour
from sge_sim.domaine.nomenclatures import METIERS, Sens, TypeServiceAcces
from sge_sim.domaine.prm import PRM
from sge_sim.entreprises.acces import is_described, let_holder_in, read_held
from sge_sim.entreprises.rules import CONTROLS, DE_MESURES, MESURES, DemandeTitulaire
from sge_sim.mesures.lecture import UNITES
from sge_sim.mesures.series import BRUT, REEL
from sge_sim.refus import Refus, check
from sge_sim.soap.arbre_releves import ArbreReleves, dated_values

TITRE: Final = "mesure_synchrone"
TITRE_AUTORISE: Final = "mesure_synchrone_auto"
"""The same for a company that a holder authorised, until its version 2 (`mesures_2026`)."""
_NON_AUTORISE: Final = MESURES["autorise_sur_le_point"]


RESSOURCES: Final[Mapping[str, Resource]] = {
    "daily_consumption": Resource("quotidienne", "SOUTIRAGE"),
    "daily_production": Resource("quotidienne", "INJECTION"),
    "consumption_load_curve": Resource("courbe", "SOUTIRAGE"),
    "production_load_curve": Resource("courbe", "INJECTION"),
    "daily_consumption_max_power": Resource("pmax", "SOUTIRAGE"),
    "index_consumption": Resource("index", "SOUTIRAGE"),
    "index_production": Resource("index", "INJECTION"),
}
_TYPES: Final[Mapping[Mesure, TypeServiceAcces]] = {
    "quotidienne": "ENERGIE",
    "courbe": "COURBE",
    "pmax": "PMAX",
    "index": "INDEX",
}
_READ: Final[Mapping[Mesure, tuple[str, Mapping[str, str]]]] = {
    "quotidienne": ("energy", {}),
    "courbe": ("power", {"aggregate": "average"}),
    "pmax": ("power", {"aggregate": "maximum"}),
}
"""What is measured, and how it comes from what was: as descriptions name both."""
_DIRECTIONS: Final[Mapping[Sens, str]] = {"SOUTIRAGE": "forward", "INJECTION": "reverse"}
_DU_CALENDRIER: Final = (("id_calendar", "idCalendrier"), ("label_calendar", "libelleCalendrier"))
_D_UNE_CLASSE: Final = (
    ("id_temporal_class", "idClasseTemporelle"),
    ("label_temporal_class", "libelleClasseTemporelle"),
)
_OF_MAXIMA: Final = {"measuring_period": ("P1D", "P1M"), "grandeurPhysique": ("PMA", "TOUT")}
_LIBELLES: Final = {"BRUT": "Données brutes", "P1D": "pas quotidien", "P1M": "pas mensuel"}
"""What the description writes after a code (that of P1M is assumed); of most it isn't known."""
_SEPARATOR: Final = " : "


@dataclass(frozen=True)
class _Consultee:
    """What is asked of the point, once it is read; `pas` and `grandeur` of maximum powers alone.

    `described`: it is answered in the form of the description.
    """

    prm: str
    sens: Sens
    periode: PeriodeDemandee
    reader: MeasureReader
    pas: str
    grandeur: str
    described: bool

    def written(self, code: str) -> str:
        """Return a code as it is answered, its label behind it in the form of the description."""
        libelle = f"Pas de {code[2:-1]} minutes" if code.startswith("PT") else _LIBELLES.get(code)
        return f"{code}{_SEPARATOR}{libelle}" if self.described and libelle else code

    def stamps(self, textes: Iterable[str]) -> Iterator[str]:
        """Yield ascending stamps in legal time as they are answered: naive, as real ones are, or in
        UTC. In the hour that October repeats, what has been passed is of its second time."""
        latest = ""
        for texte in textes:
            if self.described:
                day = f"{texte}-01" if len(texte) == len("2026-06") else texte
                legal = datetime.fromisoformat(day).replace(tzinfo=PARIS, fold=texte <= latest)
                yield f"{legal.astimezone(UTC):%Y-%m-%dT%H:%M:%S}.000Z"
            else:
                yield texte
            latest = max(latest, texte)

    def readings(self, valeurs: Sequence[ValeurLue]) -> Iterator[dict[str, Any]]:
        """Yield values with their stamps; a month with too few says « null », as in a file."""
        textes = self.stamps(lu.text for lu in valeurs)
        for lu, date_ in zip(valeurs, textes, strict=True):
            yield {"value": "null" if lu.valeur is None else str(lu.valeur), "date": date_}


def answer_ressource(
    backend: RestBackend, exchange: RestExchange, nom: str, titre: str = TITRE
) -> RestAnswer:
    """Answer one of `RESSOURCES`; raises `Refus`."""
    if nom not in RESSOURCES:
        raise Refus(SANS_RESSOURCE)
    ressource = RESSOURCES[nom]
    compte = let_holder_in(backend, exchange, titre, DE_MESURES, ressource)
    asked = exchange.call.parameters
    prm = asked.get("usage_point_id", "")
    if PRM.fullmatch(prm) is None:
        raise Refus(MESURES["point_demande"])
    exchange.prm = prm
    periode = PeriodeDemandee(_day(asked, "start"), _day(asked, "end"))
    pas, grandeur = (
        _chosen(asked, name, among) if ressource.mesure == "pmax" else ""
        for name, among in _OF_MAXIMA.items()
    )
    if periode.debut >= periode.fin:
        raise Refus(MESURES["dates_dans_l_ordre"])
    if titre == TITRE:
        dossier = read_held(exchange, prm, compte, DE_MESURES)
    else:
        dossier = read_point(exchange, prm, Refusals(_NON_AUTORISE, _NON_AUTORISE, _NON_AUTORISE))
    demande = DemandeTitulaire(
        ressource.mesure,
        periode,
        dossier.point,
        ressource.sens,
        exchange.now.date(),
        _TYPES[ressource.mesure],
        compte.services if titre == TITRE else frozenset(_TYPES.values()),
    )
    check(CONTROLS, demande)
    reader = reader_of(backend, exchange, titre, ressource, dossier, tous=True)
    described = is_described(backend.settings)
    question = _Consultee(prm, ressource.sens, periode, reader, pas, grandeur, described)
    mesure = ressource.mesure
    said = _index(question) if mesure == "index" else _intervals(question, mesure)
    if not said:
        raise Refus(MESURES["mesure_trouvee"])
    head = {
        "usage_point_id": prm,
        "start": periode.debut.isoformat(),
        "end": periode.fin.isoformat(),
    }
    return json_answer({"meter_reading": {**head, **said}})


def _day(asked: Mapping[str, str], name: str) -> date:
    try:
        return read_jour(asked.get(name, ""), MESURES["parametre_demande"])
    except Refus as refus:
        raise _wrong(asked, name, refus) from None


def _chosen(asked: Mapping[str, str], name: str, among: Sequence[str]) -> str:
    """Return a code, which may come with its label, as the description has it."""
    code = asked.get(name, "").partition(_SEPARATOR)[0]
    if code not in among:
        raise _wrong(asked, name, Refus(MESURES["parametre_demande"]))
    return code


def _wrong(asked: Mapping[str, str], name: str, refus: Refus) -> Refus:
    wanted = "incorrect" if asked.get(name) else "obligatoire"
    return Refus(refus.rule, message=f"Le paramètre {name} est {wanted}")


def _intervals(question: _Consultee, mesure: Mesure) -> dict[str, Any] | None:
    """The values of each day or step, stamped at its end (observed of Data Connect; for large
    points assumed). TOUT gives the maxima of the whole, then those of each phase (order assumed);
    large points have none (the order by file is for C5 alone)."""
    type_, grandeur = LUS[mesure]
    grand = question.reader.dossier.point.grand
    if mesure == "pmax" and grand:
        return None
    debut, fin, pas = question.periode.debut, question.periode.fin, question.pas or "P1D"
    valeurs = question.reader.read(type_, question.grandeur or grandeur, debut, fin, pas)
    kind, aggregate = _READ[mesure]
    reading_type: dict[str, Any] = {
        "flow_direction": _DIRECTIONS[question.sens],
        "measurement_kind": kind,
    }
    if mesure == "pmax":
        reading_type["measuring_period"] = question.written(pas)
    readings = [each for lus in valeurs.values() for each in question.readings(lus)]
    if mesure == "courbe":
        nature = REEL if grand else BRUT
        for lu, reading in zip(valeurs.get(grandeur, ()), readings, strict=True):
            reading |= {
                "interval_length": question.written(f"PT{lu.pas}M"),
                "measure_type": nature,
            }
    if not valeurs:
        return None
    return {
        "quality": question.written("BRUT"),
        "reading_type": {**reading_type, "unit": UNITES[grandeur], **aggregate},
        "interval_reading": readings,
    }


def _index(question: _Consultee) -> dict[str, Any] | None:
    """The readings of active energy, in the first context alone (assumed)."""
    contextes = question.reader.read_index(question.periode.debut, question.periode.fin)
    if not contextes:
        return None
    arbre = ArbreReleves(METIERS[question.sens], dated_values({})).write(contextes[:1])[0]
    energie = arbre["grandeur"][0]
    said = {
        "reading": [{"quality": question.written("BRUT"), "context": arbre["contexteReleve"]}],
        "reading_type": [
            {
                "flow_direction": _DIRECTIONS[question.sens],
                "measurement_kind": energie["grandeurPhysique"],
                "unit": energie["unite"],
            }
        ],
        "calendar": [
            {
                **{name: calendrier[source] for name, source in _DU_CALENDRIER},
                "temporal_class": [
                    {
                        **{name: classe[source] for name, source in _D_UNE_CLASSE},
                        **_register(question, classe),
                    }
                    for classe in calendrier["classeTemporelle"]
                ],
            }
            for calendrier in energie["calendrier"]
        ],
    }
    if "cadranTotalisateur" in energie:
        said["temporal_class_totalizer"] = [_register(question, energie["cadranTotalisateur"])]
    return said


def _register(question: _Consultee, registre: Mapping[str, Any]) -> dict[str, Any]:
    cadran = {"id_quadrant": registre["codeCadran"]} if "codeCadran" in registre else {}
    stamps = question.stamps(valeur["d"] for valeur in registre["valeur"])
    values = [
        {"date": date_, "value": valeur["v"]}
        for date_, valeur in zip(stamps, registre["valeur"], strict=True)
    ]
    return {**cadran, "values": values}
