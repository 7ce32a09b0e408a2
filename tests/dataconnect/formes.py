"""What the answers of Data Connect look like, as the captures and the swaggers have them.

Written from the facts, not from the code: nothing that isn't named here may come, in no other
order, as no other type.
"""

import json
from typing import Annotated, Any, Literal

import requests
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

Prm = Annotated[str, Field(pattern=r"^\d{14}$")]
Jour = Annotated[str, Field(pattern=r"^\d{4}-\d\d-\d\d$")]
Horodate = Annotated[str, Field(pattern=r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$")]
Minuit = Annotated[str, Field(pattern=r"^\d{4}-\d\d-\d\dT00:00:00\+0[12]00$")]
Entier = Annotated[str, Field(pattern=r"^\d+$")]
Pas = Literal["PT10M", "PT15M", "PT30M", "PT60M"]


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class Periode(Strict):
    dateDebut: Jour
    dateFin: Jour


class PointJour(Strict):
    v: Entier
    d: Jour


class PointMaximum(Strict):
    v: Entier
    d: Horodate


class PointCourbe(PointMaximum):
    p: Pas
    n: Literal["B"]
    iv: Literal["0"]
    ec: Literal["0"]


Metier = Literal["CONS", "PROD"]


class Grandeur(Strict):
    grandeurMetier: Metier
    grandeurPhysique: str
    unite: str
    points: list[Any]
    calendrier: Annotated[list[Any], Field(max_length=0)]


class GrandeurJour(Grandeur):
    grandeurPhysique: Literal["EA"]
    unite: Literal["Wh"]
    points: list[PointJour]


class GrandeurMaximum(Grandeur):
    grandeurPhysique: Literal["PMA", "PMA1", "PMA2", "PMA3"]
    unite: Literal["VA"]
    points: list[PointMaximum]


class GrandeurCourbe(Grandeur):
    grandeurPhysique: Literal["PA"]
    unite: Literal["W"]
    points: list[PointCourbe]


class Brute(Strict):
    idPrm: Prm
    etapeMetier: Literal["BRUT"]
    periode: Periode


class Quotidienne(Brute):
    typeValeur: Literal["GLOBALE"]
    modeCalcul: Literal["DIFF.INDEX"]
    pas: Literal["P1D"]
    grandeur: list[GrandeurJour]
    contexte: Annotated[list[Any], Field(max_length=0)]


class Maximum(Brute):
    modeCalcul: Literal["MESURE"]
    pas: Literal["P1D"]
    grandeur: list[GrandeurMaximum]
    contexte: Annotated[list[Any], Field(max_length=0)]


class Courbe(Brute):
    modeCalcul: Literal["MESURE"]
    grandeur: list[GrandeurCourbe]
    contexte: Annotated[list[Any], Field(max_length=0)]


class Valeur(Strict):
    d: Horodate
    v: int
    iv: int


class Classe(Strict):
    idClasseTemporelle: str
    libelleClasseTemporelle: str
    codeCadran: str
    valeur: list[Valeur]


class Calendrier(Strict):
    idCalendrier: str
    libelleCalendrier: str
    classeTemporelle: list[Classe]


class Totalisateur(Strict):
    codeCadran: str
    valeur: list[Valeur]


class GrandeurIndex(Strict):
    grandeurMetier: Metier
    grandeurPhysique: Literal["EA"]
    unite: Literal["Wh"]
    points: Annotated[list[Any], Field(max_length=0)]
    calendrier: list[Calendrier]
    cadranTotalisateur: Totalisateur


class Contexte(Strict):
    etapeMetier: Literal["BRUT"]
    contexteReleve: str
    typeReleve: str
    grandeur: list[GrandeurIndex]


class Index(Strict):
    idPrm: Prm
    periode: Periode
    grandeur: Annotated[list[Any], Field(max_length=0)]
    contexte: list[Contexte]


class Puissance(Strict):
    unit: Literal["kVA", "kW"]
    value: Entier


class Lignes(Strict):
    line1: str = ""
    line2: str = ""
    line3: str = ""
    line4: str = ""
    line5: str = ""
    line6: str
    line7: Literal["FR (France)"]


class Adresse(Strict):
    adress: Lignes


class Titulaire(Strict):
    customer: Adresse


class Contacts(Strict):
    email: str
    landline: str
    phone: str


Titre = Literal["M", "Mme"]


class Personne(Strict):
    title: Titre
    lastname: str
    firstname: str


class Organisation(Strict):
    name: str
    commercial_name: str
    business_code: str
    siret_number: Annotated[str, Field(pattern=r"^\d{14}$")]
    siren_number: Annotated[str, Field(pattern=r"^\d{9}$")]


class Contrat(Strict):
    usage_point_id: str
    contract_start: Minuit
    contract_type: str
    contractor: str = ""
    distribution_tariff: str = ""
    subscribed_power: Puissance | None = None
    segment: Literal["C5", "P4"]
    customer: Titulaire
    contact_data: Contacts
    person: Personne | None = None
    organization: Organisation | None = None


class Segment(Strict):
    segment: str


class Synthese(Strict):
    segments: list[Segment]
    generation_last_activation_date: Minuit = ""
    consumption_last_activation_date: Minuit = ""
    last_subscribed_power_change_date: Minuit = ""
    services_level: str


class AdressePoint(Strict):
    number_street_name: str
    postal_code_city: str
    insee_code: str
    staircase_floor_apartment: str = ""
    building: str = ""
    locality: str = ""


class Generales(Strict):
    address: AdressePoint


class Mesure(Strict):
    value: float
    unit: str


class Alimentation(Strict):
    serial_number: int
    connection_state: str
    voltage_level: str
    phase_count: int = 0
    consumption_connection_power: Mesure | None = None
    generation_connection_power: Mesure | None = None
    nominal_service_voltage: Mesure


class Code(Strict):
    code: str
    libelle: str


class Dispositif(Strict):
    typeComptage: Code


class Programmee(Strict):
    valeur: int
    classeTemporellePuissanceProgrammee: Code


class Compteur(Strict):
    numeroSerie: str
    regimePropriete: Code
    puissanceProgrammee1: Programmee | None = None


class Relais(Strict):
    plageHeuresCreuses: str


class Comptage(Strict):
    dispositifComptage: Dispositif
    compteurs: list[Compteur]
    relais: Relais | None = None


class Autorisation(Strict):
    autorisationId: int
    autorisationLibelle: str
    autorisationType: Literal["EXPLICITE", "INDUITE", "IMPLICITE"]
    autorisationStatut: str = ""


class Service(Strict):
    id: Entier
    injection: bool
    soutirage: bool
    serviceCode: Literal["ACCES"]
    dateDebut: Jour
    dateFin: Jour
    etatCode: Literal["DEMANDE", "ACTIF", "TERMINE", "SUPPRIME"]
    etatLibelle: str
    pointId: Prm
    mesuresTypeCode: Literal["CDC", "IDX", "PMAX", "ENERGIE", "ITC"]
    mesuresPas: Literal["PT10M", "PT15M", "PT30M", "P1D", "NA"]
    periodiciteTransmission: Literal["P1D", "P7D", "P1M"] = "P1D"
    mesuresCorrigees: bool
    espaceDynamique: bool
    publicationDonnees: bool
    autorisation: Autorisation
    sirenTitulaire: str = ""


class Services(Strict):
    nbTotalServices: int
    serviceSouscrit: list[Service] = []


class LectureV5(Strict):
    value: Entier
    date: Jour


class LectureMaximumV5(Strict):
    value: Entier
    date: Horodate


class LectureCourbeV5(LectureMaximumV5):
    interval_length: Pas
    measure_type: Literal["B"]


class TypeJourV5(Strict):
    measurement_kind: Literal["energy"]
    measuring_period: Literal["P1D"]
    unit: Literal["Wh"]
    aggregate: Literal["sum"]


class TypeMaximumV5(Strict):
    measurement_kind: Literal["power"]
    measuring_period: Literal["P1D"]
    unit: Literal["VA"]
    aggregate: Literal["maximum"]


class TypeCourbeV5(Strict):
    unit: Literal["W"]
    measurement_kind: Literal["power"]
    aggregate: Literal["average"]


class MesuresV5(Strict):
    usage_point_id: Prm
    start: Jour
    end: Jour
    quality: Literal["BRUT"]
    reading_type: TypeJourV5 | TypeMaximumV5 | TypeCourbeV5
    interval_reading: list[LectureV5] | list[LectureMaximumV5] | list[LectureCourbeV5]


class MeterReadingV5(Strict):
    meter_reading: MesuresV5


Numero = Annotated[str, Field(pattern=r"^\d{10}$")]


class NaturelleV5(Strict):
    title: Titre
    firstname: str
    lastname: str


class MoraleV5(Strict):
    name: str
    trading_name: str
    business: str
    industry: str
    siret_number: str


class IdentiteV5(Strict):
    natural_person: NaturelleV5 | None = None
    legal_entity: MoraleV5 | None = None


class IdentityV5(Strict):
    customer_id: Numero
    identity: IdentiteV5


class ContactV5(Strict):
    phone: str
    email: str


class ContactDataV5(Strict):
    customer_id: Numero
    contact: ContactV5


JourDecale = Annotated[str, Field(pattern=r"^\d{4}-\d\d-\d\d\+0[12]:00$")]


class ContratV5(Strict):
    segment: Literal["C5"]
    subscribed_power: Annotated[str, Field(pattern=r"^\d+ kVA$")]
    last_activation_date: JourDecale
    distribution_tariff: str
    offpeak_hours: str = ""
    contract_type: str
    contract_status: str
    last_distribution_tariff_change_date: JourDecale = ""


class AdresseV5(Strict):
    street: str
    locality: str = ""
    postal_code: str
    insee_code: str
    city: str
    country: Literal["France"]


class PointV5(Strict):
    usage_point_id: Prm
    usage_point_status: Literal["com", "no_com"]
    meter_type: Literal["AMM", "CBE", "EMC", "SSCPT"]
    usage_point_addresses: AdresseV5 | None = None


class PointEtContratV5(Strict):
    usage_point: PointV5
    contracts: ContratV5 | None = None


class CustomerV5(Strict):
    customer_id: Numero
    usage_points: list[PointEtContratV5]


class UsagePointsV5(Strict):
    customer: CustomerV5


def hold(form: Any, answer: requests.Response) -> Any:
    """Hold an answer against its form, the order of the fields included; return it as read."""
    assert answer.status_code == 200, answer.text
    adapter = TypeAdapter(form)
    read = adapter.validate_json(answer.content)
    again = adapter.dump_json(read, exclude_unset=True)
    assert json.dumps(json.loads(again)) == json.dumps(answer.json())
    return read
