"""`/mesure_synchrone_auto/v2`: the seven measures of Data Connect 2026."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sge_sim.dataconnect import rest_rules
from sge_sim.dataconnect.acces import Refusals, read_point
from sge_sim.dataconnect.exchange import RestAnswer, RestBackend, RestExchange, answer_2026
from sge_sim.dataconnect.gateway import let_in
from sge_sim.dataconnect.jours import reader_of
from sge_sim.dataconnect.readings import LUS, MeasureReader, Mesure, Resource
from sge_sim.dataconnect.rest_rules import DE_2026
from sge_sim.dataconnect.rules_mesures import DemandeMesure, PeriodeDemandee, controls_of, read_jour
from sge_sim.domaine.nomenclatures import METIERS
from sge_sim.domaine.prm import PRM
from sge_sim.mesures.lecture import UNITES
from sge_sim.mesures.series import BRUT
from sge_sim.refus import Refus, check
from sge_sim.soap.arbre_releves import ArbreReleves, dated_values

API: Final = "mesure_synchrone_auto"
REFUSALS: Final = Refusals(
    DE_2026["client_non_titulaire"], DE_2026["client_non_titulaire"], DE_2026["prm_inconnu"]
)
CONTROLS: Final = controls_of(
    fin_future=DE_2026["fin_apres_aujourd_hui"],
    sept_jours=DE_2026["plus_de_sept_jours"],
    sens=DE_2026["sens_de_la_mesure"],
    opposition=DE_2026["client_oppose"],
    profondeur=DE_2026["trop_ancien"],
    mise_en_service=DE_2026["avant_mise_en_service"],
    sans_mesure=DE_2026["sans_mesure"],
)

_BRUT: Final = "BRUT"


RESOURCES: Final[Mapping[str, Resource]] = {
    "consommation_quotidienne": Resource("quotidienne", "SOUTIRAGE"),
    "production_quotidienne": Resource("quotidienne", "INJECTION"),
    "courbe_de_charge_consommation": Resource("courbe", "SOUTIRAGE"),
    "courbe_de_charge_production": Resource("courbe", "INJECTION"),
    "puissance_conso_max_quotidienne": Resource("pmax", "SOUTIRAGE"),
    "index_consommation": Resource("index", "SOUTIRAGE"),
    "index_production": Resource("index", "INJECTION"),
}


@dataclass(frozen=True)
class _Question:
    """What is asked, once it is read; `pas` and `grandeur` of maximum powers alone."""

    prm: str
    resource: Resource
    periode: PeriodeDemandee
    reader: MeasureReader
    pas: str
    grandeur: str

    def body(
        self, points: Mapping[str, Sequence[Any]], contexte: Sequence[Any] = (), **fields: Any
    ) -> dict[str, Any]:
        """Return an answer: what every measure begins with, `fields`, the points of each physical
        quantity."""
        return {
            "idPrm": self.prm,
            "etapeMetier": _BRUT,
            "periode": {
                "dateDebut": self.periode.debut.isoformat(),
                "dateFin": self.periode.fin.isoformat(),
            },
            **fields,
            "grandeur": [
                {
                    "grandeurMetier": METIERS[self.resource.sens],
                    "grandeurPhysique": physique,
                    "unite": UNITES[physique],
                    "points": of_grandeur,
                    "calendrier": [],
                }
                for physique, of_grandeur in points.items()
            ],
            "contexte": contexte,
        }


def answer_mesure(backend: RestBackend, exchange: RestExchange, nom: str) -> RestAnswer:
    """Answer one of `RESOURCES`; raises `Refus`."""
    if nom not in RESOURCES:
        raise Refus(rest_rules.SANS_RESSOURCE)
    let_in(backend, exchange, API, RESOURCES[nom])
    question = _read(backend, exchange, RESOURCES[nom])
    body = _index(question) if question.resource.mesure == "index" else _series(question)
    if body is None:
        raise Refus(DE_2026["sans_mesure"])
    return answer_2026(backend, body)


def _read(backend: RestBackend, exchange: RestExchange, resource: Resource) -> _Question:
    """Read a demand and check it; whatever is outside of the swagger is a 500 (measured)."""
    asked = exchange.call.parameters
    prm, pas, grandeur = (asked.get(n, "") for n in ("pointId", "mesuresPas", "grandeurPhysique"))
    if PRM.fullmatch(prm) is None:
        raise Refus(DE_2026["demande_hors_swagger"])
    exchange.prm = prm
    debut, fin = (
        read_jour(asked.get(name, ""), DE_2026["demande_hors_swagger"])
        for name in ("dateDebut", "dateFin")
    )
    periode = PeriodeDemandee(debut, fin)
    pmax = resource.mesure == "pmax"
    if pmax and (pas not in ("P1D", "P1M") or grandeur not in ("PMA", "TOUT")):
        raise Refus(DE_2026["demande_hors_swagger"])
    if periode.debut >= periode.fin:
        raise Refus(DE_2026["demande_hors_swagger"])
    dossier = read_point(exchange, prm, REFUSALS)
    today = exchange.now.date()
    asked_of = DemandeMesure(resource.mesure, periode, dossier.point, resource.sens, today)
    check(CONTROLS, asked_of)
    reader = reader_of(backend, exchange, API, resource, dossier)
    return _Question(prm, resource, periode, reader, pas, grandeur)


_SAID: Final[Mapping[Mesure, Mapping[str, str]]] = {
    "quotidienne": {"typeValeur": "GLOBALE", "modeCalcul": "DIFF.INDEX", "pas": "P1D"},
    "courbe": {"modeCalcul": "MESURE"},
    "pmax": {"modeCalcul": "MESURE"},
}
"""What is said of each that has steps, besides its points."""


def _series(question: _Question) -> dict[str, Any] | None:
    """TOUT adds the maxima of each phase, of a point that has three (GUI 0497)."""
    mesure, periode = question.resource.mesure, question.periode
    type_, grandeur = LUS[mesure]
    said, pas, empty = _SAID[mesure], "P1D", None
    if mesure == "pmax":
        grandeur, pas, empty = question.grandeur, question.pas, "null"
        said = {**said, "pas": pas}
    valeurs = question.reader.read(type_, grandeur, periode.debut, periode.fin, pas)
    if not valeurs:
        return None
    points = {
        physique: [
            {
                "v": empty if lu.valeur is None else str(lu.valeur),
                "d": lu.text,
                **({"p": f"PT{lu.pas}M", "n": BRUT, "iv": "0", "ec": "0"} if lu.pas else {}),
            }
            for lu in of_grandeur
        ]
        for physique, of_grandeur in valeurs.items()
    }
    return question.body(points, **said)


def _index(question: _Question) -> dict[str, Any] | None:
    """The readings of each midnight, as R64 tells them but for the label of the grid."""
    contextes = question.reader.read_index(question.periode.debut, question.periode.fin)
    if not contextes:
        return None
    arbre = ArbreReleves(
        METIERS[question.resource.sens],
        dated_values(dict.fromkeys(UNITES, 0)),
        grandeur={"points": []},
    )
    body = question.body({}, arbre.write(contextes))
    del body["etapeMetier"]
    return body
