"""Answers of the real platform, in the shapes that were recorded or published: no alarm is raised.

The numbers are made; the order of elements, the prefixes, the stamps and the labels are those that
were seen.
"""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from functools import cache

import pytest
from campaign_samples import case

from sge_sim.domaine.libelles import libelle_de
from sge_sim.homologation.client.messages import AppelFait
from sge_sim.homologation.jugement.juge import Juge
from sge_sim.homologation.reports.rapport import Constat
from sge_sim.machine.files import data_path
from sge_sim.services.commande_transmission_historique_mesures.service import INDEX
from sge_sim.soap.contract import Contract, load_contracts

SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
TECHNIQUE = "http://www.enedis.fr/sge/b2b/technique/v1.0"
C4, C5 = "30001642617347", "09111642617347"
LOGIN = "homologation@exemple.fr"


@cache
def contracts() -> dict[str, Contract]:
    return load_contracts(data_path("wsdl"))


def asked(name: str, content: str) -> bytes:
    return (
        f'<e:Envelope xmlns:e="{SOAP}"><e:Body><x:{name} xmlns:x="urn:x">{content}</x:{name}>'
        "</e:Body></e:Envelope>"
    ).encode()


def examined(
    path: str,
    request: bytes,
    answer: str,
    *,
    segment: str = "C5",
    release: str = "sge-22.1",
    status: int = 200,
    day: date = date(2022, 2, 3),
) -> list[Constat]:
    """What is wrong with an answer of the platform of a release."""
    service, _, version = path.strip("/").rpartition("/v")
    run = case("A-R1", segment=segment, service=service, version=version)
    head = '<?xml version="1.0" encoding="UTF-8"?>'
    call = AppelFait(
        None,
        request,
        (head + answer).encode(),
        status,
        contrat=contracts()[path],
        type_contenu="text/xml;charset=UTF-8",
    )
    found = Juge(release).examine(call, day, run).constats
    return [each for each in found if each.avertit or not each.reussi]


def soap(body: str, header: str = "") -> str:
    return (
        f'<soap:Envelope xmlns:soap="{SOAP}">{header}<soap:Body>{body}</soap:Body></soap:Envelope>'
    )


def acquittement(prm: str, affaire: str = "") -> str:
    element = f"<affaireId>{affaire}</affaireId>" if affaire else ""
    return (
        f'<soap:Header><ns3:acquittement xmlns:ns3="{TECHNIQUE}"><resultat code="SGT200">Succès'
        f"</resultat><infoFonctionnelles><pointId>{prm}</pointId>{element}</infoFonctionnelles>"
        f"<infoDemandeur><loginDemandeur>{LOGIN}</loginDemandeur></infoDemandeur>"
        "</ns3:acquittement></soap:Header>"
    )


# ConsultationMesuresDetaillees.


def request_v2(prm: str, kind: str, quantity: str, more: str = "") -> bytes:
    return asked(
        "consulterMesuresDetaillees",
        f"<demande><initiateurLogin>{LOGIN}</initiateurLogin><pointId>{prm}</pointId>"
        f"<mesuresTypeCode>{kind}</mesuresTypeCode><grandeurPhysique>{quantity}"
        "</grandeurPhysique><soutirage>true</soutirage><injection>false</injection>"
        f"<dateDebut>2022-01-05</dateDebut><dateFin>2022-01-12</dateFin>{more}"
        "<mesuresCorrigees>false</mesuresCorrigees><accordClient>true</accordClient></demande>",
    )


def answer_v2(prm: str, quantity: str, unit: str, rows: str) -> str:
    namespace = "http://www.enedis.fr/sge/b2b/services/consultationmesuresdetaillees/v2.0"
    return soap(
        f'<ns4:consulterMesuresDetailleesResponse xmlns:ns4="{namespace}"><pointId>{prm}</pointId>'
        "<mesuresCorrigees>BRUT</mesuresCorrigees><periode><dateDebut>2022-01-05</dateDebut>"
        "<dateFin>2022-01-12</dateFin></periode><grandeur><grandeurMetier>CONS</grandeurMetier>"
        f"<grandeurPhysique>{quantity}</grandeurPhysique><unite>{unit}</unite>{rows}</grandeur>"
        "</ns4:consulterMesuresDetailleesResponse>"
    )


def stamps(first: datetime, minutes: int, count: int) -> Iterator[datetime]:
    for rank in range(count):
        yield first + timedelta(minutes=minutes * rank)


V2, V3 = "/ConsultationMesuresDetaillees/v2.0", "/ConsultationMesuresDetaillees/v3.0"
DAY = datetime(2022, 1, 5)  # noqa: DTZ001 - legal time, as v3 writes it


@pytest.mark.observed("production, 2022: C4, 7 days of 144 points, at the beginning of each step")
@pytest.mark.parametrize(("quantity", "unit"), [("PA", "W"), ("PRI", "VAr")])
def test_a_curve_of_a_large_point(quantity: str, unit: str) -> None:
    rows = "".join(
        f"<mesure><v>34000</v><d>{each:%Y-%m-%dT%H:%M}:00.000+01:00</d><p>PT10M</p><n>R</n></mesure>"
        for each in stamps(DAY, 10, 1008)
    )
    answer = answer_v2(C4, quantity, unit, rows)
    assert examined(V2, request_v2(C4, "COURBE", quantity), answer, segment="C1-C4") == []


@pytest.mark.observed("production, 2022: C5, 336 points, at the end of each step")
def test_a_curve_of_a_small_point() -> None:
    rows = "".join(
        f"<mesure><v>412</v><d>{each:%Y-%m-%dT%H:%M}:00.000+01:00</d><p>PT30M</p><n>B</n></mesure>"
        for each in stamps(DAY + timedelta(minutes=30), 30, 336)
    )
    assert examined(V2, request_v2(C5, "COURBE", "PA"), answer_v2(C5, "PA", "W", rows)) == []


@pytest.mark.observed("production, 2022: a day's energy at its beginning, a maximum at its instant")
@pytest.mark.parametrize(
    ("kind", "quantity", "unit", "hour", "more"),
    [
        ("ENERGIE", "EA", "Wh", "00:00:00", ""),
        ("PMAX", "PMA", "VA", "19:42:10", "<mesuresPas>P1D</mesuresPas>"),
    ],
)
def test_daily_values(kind: str, quantity: str, unit: str, hour: str, more: str) -> None:
    rows = "".join(
        f"<mesure><v>9100</v><d>{each:%Y-%m-%d}T{hour}.000+01:00</d></mesure>"
        for each in stamps(DAY, 24 * 60, 7)
    )
    request = request_v2(C5, kind, quantity, more)
    assert examined(V2, request, answer_v2(C5, quantity, unit, rows)) == []


def request_v3(prm: str, kind: str, quantity: str, more: str = "") -> bytes:
    return asked(
        "consulterMesuresDetailleesV3",
        f"<demande><initiateurLogin>{LOGIN}</initiateurLogin><pointId>{prm}</pointId>"
        f"<mesuresTypeCode>{kind}</mesuresTypeCode><grandeurPhysique>{quantity}"
        f"</grandeurPhysique><dateDebut>2022-01-05</dateDebut><dateFin>2022-01-12</dateFin>{more}"
        "<mesuresCorrigees>false</mesuresCorrigees><sens>SOUTIRAGE</sens>"
        "<cadreAcces>ACCORD_CLIENT</cadreAcces></demande>",
    )


def answer_v3(prm: str, content: str) -> str:
    namespace = "http://www.enedis.fr/sge/b2b/services/consultationmesuresdetaillees/common"
    return soap(
        f'<ns3:consulterMesuresDetailleesResponseV3 xmlns:ns3="{namespace}"><pointId>{prm}'
        f"</pointId>{content}</ns3:consulterMesuresDetailleesResponseV3>"
    )


PERIODE = "<periode><dateDebut>2022-01-05</dateDebut><dateFin>2022-01-12</dateFin></periode>"


def block_v3(quantity: str, unit: str, rows: str, trailer: str) -> str:
    return (
        f"<mesuresCorrigees>BRUT</mesuresCorrigees>{PERIODE}<grandeur><grandeurMetier>CONS"
        f"</grandeurMetier><grandeurPhysique>{quantity}</grandeurPhysique><unite>{unit}</unite>"
        f"{rows}</grandeur>{trailer}"
    )


@pytest.mark.observed("production, 2023: naive legal stamps, 5 minutes on a C4, iv and ec on a C5")
@pytest.mark.parametrize(
    ("prm", "segment", "minutes", "first", "tail"),
    [
        (C4, "C1-C4", 5, DAY, "<n>R</n>"),
        (C5, "C5", 30, DAY + timedelta(minutes=30), "<n>B</n><iv>0</iv><ec>0</ec>"),
    ],
)
def test_a_curve_of_v3(prm: str, segment: str, minutes: int, first: datetime, tail: str) -> None:
    count = 7 * 24 * 60 // minutes
    rows = "".join(
        f"<points><v>3000</v><d>{each}</d><p>PT{minutes}M</p>{tail}</points>"
        for each in stamps(first, minutes, count)
    )
    answer = answer_v3(prm, block_v3("PA", "W", rows, "<modeCalcul>MESURE</modeCalcul>"))
    request = request_v3(prm, "COURBE", "PA")
    assert examined(V3, request, answer, segment=segment, release="sge-23.2") == []


@pytest.mark.observed("production, 2023")
@pytest.mark.parametrize(
    ("prm", "segment", "computed"),
    [(C4, "C1-C4", "INTEG.COURBE"), (C5, "C5", "DIFF.INDEX")],
)
def test_energies_of_v3(prm: str, segment: str, computed: str) -> None:
    rows = "".join(
        f"<points><v>9100</v><d>{each:%Y-%m-%d}</d></points>" for each in stamps(DAY, 24 * 60, 7)
    )
    trailer = f"<typeValeur>GLOBALE</typeValeur><modeCalcul>{computed}</modeCalcul><pas>P1D</pas>"
    answer = answer_v3(prm, block_v3("EA", "Wh", rows, trailer))
    request = request_v3(prm, "ENERGIE", "EA")
    assert examined(V3, request, answer, segment=segment, release="sge-23.2") == []


@pytest.mark.documented("GUI 0497 v1.5.0: a month tells itself alone, one of few days is null")
def test_monthly_maxima_of_v3() -> None:
    rows = "<points><v>null</v><d>2022-01</d></points>"
    trailer = "<modeCalcul>MESURE</modeCalcul><pas>P1M</pas>"
    answer = answer_v3(C5, block_v3("PMA", "VA", rows, trailer))
    request = request_v3(C5, "PMAX", "PMA", "<mesuresPas>P1M</mesuresPas>")
    assert examined(V3, request, answer, release="sge-23.2") == []


@pytest.mark.assumed("as a fixture of Data Connect has them: PMA, and one for each phase")
def test_maxima_of_every_phase() -> None:
    days = list(stamps(DAY.replace(hour=19), 24 * 60, 7))
    rows = "".join(f"<points><v>3100</v><d>{each}</d></points>" for each in days)
    grandeurs = "".join(
        f"<grandeur><grandeurMetier>CONS</grandeurMetier><grandeurPhysique>{name}"
        f"</grandeurPhysique><unite>VA</unite>{rows}</grandeur>"
        for name in ("PMA", "PMA1", "PMA2", "PMA3")
    )
    trailer = "<modeCalcul>MESURE</modeCalcul><pas>P1D</pas>"
    answer = answer_v3(
        C5, f"<mesuresCorrigees>BRUT</mesuresCorrigees>{PERIODE}{grandeurs}{trailer}"
    )
    request = request_v3(C5, "PMAX", "TOUT", "<mesuresPas>P1D</mesuresPas>")
    assert examined(V3, request, answer, release="sge-23.2") == []


def values(first: int, step: int, days: Sequence[datetime]) -> str:
    return "".join(
        f"<valeur><d>{day}</d><v>{first + step * rank}</v><iv>0</iv></valeur>"
        for rank, day in enumerate(days)
    )


def register(classe: str, label: str, cadran: str, rows: str) -> str:
    code = f"<codeCadran>{cadran}</codeCadran>" if cadran else ""
    return (
        f"<classeTemporelle><idClasseTemporelle>{classe}</idClasseTemporelle>"
        f"<libelleClasseTemporelle>{label}</libelleClasseTemporelle>{code}{rows}</classeTemporelle>"
    )


def calendar(code: str, label: str, registers: str) -> str:
    return (
        f"<calendrier><idCalendrier>{code}</idCalendrier><libelleCalendrier>{label}"
        f"</libelleCalendrier>{registers}</calendrier>"
    )


def context(name: str, kind: str, content: str) -> str:
    return (
        f"<contexte><etapeMetier>BRUT</etapeMetier><contexteReleve>{name}</contexteReleve>"
        f"<typeReleve>{kind}</typeReleve><grandeur><grandeurMetier>CONS</grandeurMetier>"
        f"<grandeurPhysique>EA</grandeurPhysique><unite>Wh</unite>{content}</grandeur></contexte>"
    )


@pytest.mark.observed("production, 2023: a C5 with six classes, not sorted, whose sum is the total")
def test_indexes_of_a_small_point() -> None:
    days = list(stamps(DAY, 24 * 60, 7))
    names = ("BUHP", "BCHP", "RHC", "BCHC", "BUHC", "RHP")
    six = "".join(
        register(name, name, f"IDX_EAS_F{rank}", values(1000 * rank, 10, days))
        for rank, name in enumerate(names, 1)
    )
    base = register("BASE", "Base", "IDX_EAS_D1", values(21000, 60, days))
    total = (
        f"<cadranTotalisateur><codeCadran>IDX_EAS_T</codeCadran>{values(21000, 60, days)}"
        "</cadranTotalisateur>"
    )
    content = (
        calendar("FC000050", "6 cadrans", six)
        + calendar("DI000001", "Sans différenciation temporelle", base)
        + total
    )
    answer = answer_v3(C5, PERIODE + context("COL", "AQ", content))
    assert examined(V3, request_v3(C5, "INDEX", "EA"), answer, release="sge-23.2") == []


@pytest.mark.observed("production, 2023: a C4, read at irregular hours, and once a month")
def test_indexes_of_a_large_point() -> None:
    days = [each + timedelta(seconds=977 * rank) for rank, each in enumerate(stamps(DAY, 1440, 7))]
    month = [DAY + timedelta(days=4, minutes=50)]
    contexts = ""
    for kind, read in (("RC", days), ("RM", month)):
        four = "".join(
            register(name, name, "", values(761_000_000, 1000, read))
            for name in ("HPH", "HCH", "HPE", "HCE")
        )
        contexts += context("FMR", kind, calendar("D", "Distributeur", four))
    answer = answer_v3(C4, PERIODE + contexts)
    request = request_v3(C4, "INDEX", "EA")
    assert examined(V3, request, answer, segment="C1-C4", release="sge-23.2") == []


# ConsultationMesures.


def row(value: int, debut: date, fin: date, nature: str = "REEL", why: str = "CYCLIQUE") -> str:
    return (
        f"<mesure><valeur>{value}</valeur><dateDebut>{debut}</dateDebut><dateFin>{fin}</dateFin>"
        f'<nature code="{nature}"><libelle>{libelle_de("nature", nature)}</libelle></nature>'
        f'<declencheur code="{why}"><libelle>{libelle_de("declencheur", why)}</libelle>'
        '</declencheur><statut code="INITIALE"><libelle>Initiale</libelle>'
        "</statut></mesure>"
    )


def months(day: int, newest: tuple[int, int], count: int) -> list[str]:
    rows, (year, month) = [], newest
    for _ in range(count):
        before = (year, month - 1) if month > 1 else (year - 1, 12)
        rows.append(row(0, date(*before, day), date(year, month, day)))
        year, month = before
    return rows


_CLASSES = {
    "BASE": "Base",
    "HCE": "Heures creuses été",
    "HCH": "Heures Creuses Hiver/Saison Haute",
    "HPE": "Heures pleines été",
    "HPH": "Heures Pleines Hiver/Saison Haute",
}


def series(classe: str, calendar_code: str, rows: list[str]) -> str:
    label = "Base" if calendar_code == "DI000001" else calendar_code
    element = f'<calendrier code="{calendar_code}"><libelle>{label}</libelle></calendrier>'
    return (
        '<serie><grandeurPhysique code="EA"><libelle>Energie Active</libelle></grandeurPhysique>'
        f'<classeTemporelle code="{classe}"><libelle>{_CLASSES[classe]}</libelle>'
        "</classeTemporelle>"
        f"{element if calendar_code else ''}<unite>kWh</unite><mesuresDatees>{''.join(rows)}"
        "</mesuresDatees></serie>"
    )


def mesures(prm: str, turpe: str, frn: str = "") -> tuple[bytes, str]:
    namespace = "http://www.enedis.fr/sge/b2b/services/consultermesures/v1.1"
    grid = f"<seriesMesuresDateesGrilleFrn>{frn}</seriesMesuresDateesGrilleFrn>" if frn else ""
    answer = soap(
        f'<v1:consulterMesuresResponse xmlns:v1="{namespace}"><seriesMesuresDateesGrilleTurpe>'
        f"{turpe}</seriesMesuresDateesGrilleTurpe>{grid}</v1:consulterMesuresResponse>",
        acquittement(prm),
    )
    request = asked(
        "consulterMesures",
        f"<pointId>{prm}</pointId><loginDemandeur>{LOGIN}</loginDemandeur>"
        "<contratId>1111111</contratId><autorisationClient>true</autorisationClient>",
    )
    return request, answer


MESURES = "/ConsultationMesures/v1.1"


@pytest.mark.observed("production, 2022: four classes of 36 months, newest first, no calendar")
def test_consumptions_of_a_large_point() -> None:
    turpe = "".join(
        series(name, "", months(9, (2022, 1), 36)) for name in ("HCE", "HCH", "HPE", "HPH")
    )
    assert examined(MESURES, *mesures(C4, turpe), segment="C1-C4") == []


@pytest.mark.observed("production, 2022: a meter was changed; the older calendar comes first")
def test_consumptions_of_a_small_point_whose_meter_was_changed() -> None:
    since = [
        *months(6, (2022, 1), 11),
        row(5, date(2021, 1, 11), date(2021, 2, 6), "REGU"),
    ]
    changed = row(5, date(2021, 1, 7), date(2021, 1, 11), "ESTI", "EVENEMENT")
    old = [
        row(5, date(2021, 1, 6), date(2021, 1, 7), why="EVENEMENT"),
        *months(6, (2021, 1), 2),
    ]
    turpe = series("BASE", "DI000001", since)
    frn = series("BASE", "HoroF1", old) + series("BASE", "FC000165", [*since, changed])
    found = examined(MESURES, *mesures(C5, turpe, frn))
    assert [(each.attendu[:12], each.reussi, each.avertit) for each in found] == [
        ("les séries v", True, True)
    ]


# Orders, a search, refusals.


@pytest.mark.observed("production, 2022: the affaire is repeated in the header")
def test_an_order_of_collection() -> None:
    namespace = "http://www.enedis.fr/sge/b2b/commandercollectepublicationmesures/v3.0"
    fiche = (
        '<fiche code="F305A"><libelle>Transmission quotidienne des index et autres données du '
        'compteur</libelle></fiche><option code="F305AO1"><libelle>Transmission quotidienne'
        "</libelle></option>"
    )
    answer = soap(
        f'<ns4:commanderCollectePublicationMesuresResponse xmlns:ns4="{namespace}">'
        f"<affaireId>M02SXI1B</affaireId><prestations><prestation><rang>1</rang>{fiche}"
        "</prestation></prestations><serviceSouscritId>64697547</serviceSouscritId>"
        "</ns4:commanderCollectePublicationMesuresResponse>",
        acquittement(C4, "M02SXI1B"),
    )
    request = asked(
        "commanderCollectePublicationMesures",
        f"<demande><donneesGenerales><pointId>{C4}</pointId><initiateurLogin>{LOGIN}"
        "</initiateurLogin></donneesGenerales><accesMesures><mesuresTypeCode>IDX"
        "</mesuresTypeCode><transmissionRecurrente>true</transmissionRecurrente></accesMesures>"
        "</demande>",
    )
    path = "/CommandeCollectePublicationMesures/v3.0"
    assert examined(path, request, answer, segment="C2-C4") == []


@pytest.mark.observed("production, 2022: prefixes of their own, the affaire in the body alone")
def test_an_order_of_a_history() -> None:
    contract = contracts()["/CommandeTransmissionHistoriqueMesures/v1.0"]
    assert contract.response_header is not None
    head, body = (each[1:].split("}") for each in (contract.response_header, contract.response))
    answer = (
        f'<soapenv:Envelope xmlns:soapenv="{SOAP}"><S:Header xmlns:S="{SOAP}">'
        f'<dc:{head[1]} xmlns:dc="{head[0]}"><resultat code="SGT200">Succès</resultat>'
        f"<infoFonctionnelles><pointId>{C5}</pointId></infoFonctionnelles><infoDemandeur>"
        f"<loginDemandeur>{LOGIN}</loginDemandeur></infoDemandeur></dc:{head[1]}></S:Header>"
        f'<S:Body xmlns:S="{SOAP}"><v1:{body[1]} xmlns:v1="{body[0]}"><affaireId>A06NW10D'
        '</affaireId><prestations><prestation><rang>1</rang><fiche code="F385B"><libelle>'
        f"{INDEX.fiche_libelle}</libelle></fiche>"
        f'<option code="F385BO2"><libelle>{INDEX.option_libelle}</libelle></option></prestation>'
        f"</prestations></v1:{body[1]}></S:Body></soapenv:Envelope>"
    )
    request = asked(
        "demande",
        f"<demande><donneesGenerales><pointId>{C5}</pointId><initiateurLogin>{LOGIN}"
        "</initiateurLogin></donneesGenerales><historiqueMesures><mesureType>IDX</mesureType>"
        "</historiqueMesures></demande>",
    )
    assert examined(contract.path, request, answer) == []


def refused(code: str, label: str, faultstring: str, prefix: str = "") -> str:
    return soap(
        f"<soap:Fault><{prefix}faultcode>soap:Server</{prefix}faultcode><{prefix}faultstring>"
        f'{faultstring}</{prefix}faultstring><detail><err:erreur xmlns:err="{TECHNIQUE}">'
        f'<resultat code="{code}">{label}</resultat></err:erreur></detail></soap:Fault>'
    )


@pytest.mark.documented("GUI 0488 §4.3")
def test_the_fault_of_the_guide() -> None:
    label = "La demande ne peut pas aboutir, le sens de la mesure ne correspond pas."
    answer = refused("SGT583", label, "Erreur Technique Mesures")
    assert examined(V2, request_v2(C5, "COURBE", "PA"), answer, status=500) == []


@pytest.mark.observed("homologation 23.2: another label than the annex's")
def test_a_label_of_the_platform_is_its_own() -> None:
    answer = refused("SGT4G3", "Aucune mesure trouvée pour ce PRM", "Erreur Technique Mesures")
    request = request_v3(C5, "INDEX", "EA")
    (excused,) = examined(V3, request, answer, release="sge-23.2", status=500)
    assert (excused.reussi, excused.excuse) == (True, "observé en 2023 ; vu de 23.2 à 23.4")
    (wrong,) = examined(V3, request, answer, release="sge-26.1", status=500)
    assert (wrong.reussi, wrong.excuse) == (False, "")


@pytest.mark.observed("homologation 23.4: prefixed, without a code nor a label")
def test_a_bare_fault_is_the_platform_s_in_its_release_alone() -> None:
    answer = refused("", "", "Erreur Technique MFI", "soap:")
    path = "/CommandeHistoriqueDonneesMesuresFines/v1.0"
    request = asked("demandePublicationMesuresFines", f"<pointId>{C5}</pointId>")
    known = examined(path, request, answer, release="sge-23.4", status=500)
    assert known
    assert {each.reussi for each in known} == {True}
    later = examined(path, request, answer, release="sge-26.1", status=500)
    assert not all(each.reussi for each in later)
