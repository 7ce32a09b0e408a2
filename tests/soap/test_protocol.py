from typing import Any

import pytest
from lxml import etree
from soap_calls import envelope, post

from sge_sim.clock import machine_now
from sge_sim.soap.contract import ENVELOPE, Contract
from sge_sim.soap.exchange import Exchange
from sge_sim.soap.messages import Answer
from sge_sim.soap.protocol import SgtFault
from sge_sim.transport.message import Request, Sender

NS = "http://www.enedis.fr/sge/b2b/services/rechercherpoint/v2.0"
TEC = "http://www.enedis.fr/sge/b2b/technique/v1.0"
LOGIN = "<loginUtilisateur>tiers@exemple.fr</loginUtilisateur>"
BODY = f'<x:rechercherPoint xmlns:x="{NS}"><criteres/>{LOGIN}</x:rechercherPoint>'


class Recorder:
    """A service that keeps what it was asked."""

    def __init__(self, answer: Answer | Exception | None = None) -> None:
        self.calls: list[Exchange] = []
        self.answer = answer or Answer({})

    def __call__(self, call: Exchange) -> Answer:
        self.calls.append(call)
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


@pytest.fixture
def service() -> Recorder:
    return Recorder()


@pytest.mark.observed("clients write any prefix")
@pytest.mark.parametrize("prefix", ["soapenv", "S", "soap-env", "ns0"])
def test_any_prefix_is_read(recherche_point: Contract, service: Recorder, prefix: str) -> None:
    exchange = post(recherche_point, envelope(BODY, prefix=prefix), service)
    assert exchange.status == 200
    assert service.calls[0].demande == {"criteres": {}, "loginUtilisateur": "tiers@exemple.fr"}


@pytest.mark.observed("clients send no header, a partial one or a whole one")
@pytest.mark.parametrize(
    ("header", "read"),
    [
        ("", {}),
        (f'<t:entete xmlns:t="{TEC}"/>', {}),
        (f'<t:entete xmlns:t="{TEC}"><version>2.0</version></t:entete>', {"version": "2.0"}),
        ('<autre xmlns="urn:x"><version>2.0</version></autre>', {}),
        (
            f'<t:entete xmlns:t="{TEC}"><version>2.0</version><infoDemandeur><loginDemandeur>'
            "autre@exemple.fr</loginDemandeur></infoDemandeur><inconnu/></t:entete>",
            {"version": "2.0", "infoDemandeur": {"loginDemandeur": "autre@exemple.fr"}},
        ),
    ],
)
def test_header_is_tolerated_in_every_state(
    recherche_point: Contract, service: Recorder, header: str, read: dict[str, Any]
) -> None:
    exchange = post(recherche_point, envelope(BODY, header), service)
    assert exchange.status == 200
    assert service.calls[0].entete == read


@pytest.mark.assumed("the platform is taken to ignore a header that isn't the contract's")
@pytest.mark.parametrize(
    ("header", "received"),
    [
        ('<entete xmlns="urn:x"><version>2.0</version></entete>', "{urn:x}entete"),
        ("<entete><version>2.0</version></entete>", "entete"),
        (f'<t:enteteP xmlns:t="{TEC}"/>', f"{{{TEC}}}enteteP"),
    ],
)
def test_the_journal_tells_which_header_came_and_which_is_expected(
    recherche_point: Contract, service: Recorder, header: str, received: str
) -> None:
    exchange = post(recherche_point, envelope(BODY, header), service)
    assert (exchange.status, service.calls[0].entete) == (200, {})
    assert exchange.notes == [
        f"Noté, non refusé : En-tête reçu, et ignoré : {received}. "
        f"Ce point d'accès attend {{{TEC}}}entete."
    ]


@pytest.mark.parametrize(
    "header", [f'<t:entete xmlns:t="{TEC}"/>', '<autre xmlns="urn:x"/><!--x-->']
)
def test_the_journal_tells_nothing_of_a_header_that_is_right_or_not_for_sge(
    recherche_point: Contract, service: Recorder, header: str
) -> None:
    assert post(recherche_point, envelope(BODY, header), service).notes == []


@pytest.mark.observed("recorded answers: login of the header echoed, SGT200 « Succès »")
def test_acquittement_echoes_the_login(recherche_point: Contract) -> None:
    service = Recorder(Answer({}, point_id="30001610071843", login="corps@exemple.fr"))
    acquittement = post(recherche_point, envelope(BODY), service).document.find(
        f"{{{ENVELOPE}}}Header/{{{TEC}}}acquittement"
    )
    result = acquittement.find("resultat")
    assert (result.get("code"), result.text) == ("SGT200", "Succès")
    assert acquittement.findtext("infoFonctionnelles/pointId") == "30001610071843"
    assert acquittement.findtext("infoDemandeur/loginDemandeur") == "corps@exemple.fr"


@pytest.mark.observed("recorded answers have no Header element in this service")
def test_no_acquittement_where_the_contract_has_none(contracts: dict[str, Contract]) -> None:
    contract = contracts["/ConsultationMesuresDetaillees/v3.0"]
    body = (
        f'<c:consulterMesuresDetailleesV3 xmlns:c="{etree.QName(contract.request).namespace}">'
        "<demande><initiateurLogin>x</initiateurLogin><pointId>30001610071843</pointId>"
        "<mesuresTypeCode>COURBE</mesuresTypeCode><grandeurPhysique>PA</grandeurPhysique>"
        "<dateDebut>2023-04-01</dateDebut><dateFin>2023-04-07</dateFin>"
        "<mesuresCorrigees> 0 </mesuresCorrigees><sens>SOUTIRAGE</sens>"
        "<cadreAcces>ACCORD_CLIENT</cadreAcces></demande></c:consulterMesuresDetailleesV3>"
    )
    service = Recorder()
    exchange = post(contract, envelope(body), service)
    assert [etree.QName(child).localname for child in exchange.document] == ["Body"]
    assert service.calls[0].demande["demande"]["mesuresCorrigees"] is False


def test_local_elements_are_unqualified(recherche_point: Contract) -> None:
    point = {
        "id": "30001610071843",
        "adresseInstallationNormalisee": {"ligne6": "84160 CUCURON"},
        "matricule": ["041", "042"],
        "etatContractuel": {"code": "SERVC", "libelle": "En service"},
    }
    exchange = post(
        recherche_point, envelope(BODY), Recorder(Answer({"points": {"point": [point]}}))
    )
    response = exchange.document.find(f".//{{{NS}}}rechercherPointResponse")
    assert response.find("points/point").get("id") == "30001610071843"  # type: ignore[union-attr]
    assert [m.text for m in response.iterfind("points/point/matricule")] == ["041", "042"]
    assert recherche_point.first_mistake(response) is None


def test_ready_bytes_are_sent_as_they_are(recherche_point: Contract) -> None:
    written = f'<r:rechercherPointResponse xmlns:r="{NS}"/>'.encode()
    exchange = post(recherche_point, envelope(BODY), Recorder(Answer(written)))
    assert exchange.document.find(f".//{{{NS}}}rechercherPointResponse") is not None


@pytest.mark.parametrize(
    ("faultstring", "members"),
    [
        pytest.param(
            None,
            {"infoDemandeur": "tiers@exemple.fr"},
            marks=pytest.mark.documented("GUI 0468 v1.0 §3.2.2.2: the label, the login"),
        ),
        pytest.param(
            "Erreur Technique Mesures",
            {},
            marks=pytest.mark.documented("GUI 0488 §4.3: a text of its own, the code alone"),
        ),
    ],
)
def test_fault_has_the_form_of_sge(
    recherche_point: Contract, faultstring: str | None, members: dict[str, str]
) -> None:
    refuse = Recorder(SgtFault("SGT4F7"))
    exchange = post(recherche_point, envelope(BODY), refuse, faultstring)
    assert exchange.status == 500
    fault = exchange.document.find(f"{{{ENVELOPE}}}Body/{{{ENVELOPE}}}Fault")
    assert fault.findtext("faultcode") == "soap:Server"
    assert fault.nsmap["soap"] == ENVELOPE
    result = fault.find(f"detail/{{{TEC}}}erreur/resultat")
    assert (result.get("code"), result.text) == (
        "SGT4F7",
        "Les critères renseignés ne sont pas suffisants.",
    )
    error = fault.find(f"detail/{{{TEC}}}erreur")
    assert recherche_point.schema.validate(error)
    assert fault.findtext("faultstring") == (faultstring or result.text)
    assert {child.tag: child[0].text for child in error[1:]} == members


@pytest.mark.parametrize(
    ("request_", "sentence"),
    [
        (b"", "message : une enveloppe SOAP 1.1 attendue, rien reçu"),
        (b"pointId=1", "message : du XML attendu, reçu pointId=1"),
        (
            b"<a>\n<b></a>",
            "message : du XML bien formé attendu, reçu une balise mal fermée, ligne 2, colonne 8",
        ),
        (
            b'<?xml version="1.0" encoding="zz"?><a/>',
            "message : du XML bien formé attendu, reçu un encodage inconnu, ligne 1, colonne 34",
        ),
        (b"<a/>", "message : une enveloppe SOAP 1.1 attendue, reçu a"),
        (
            b'<e:Envelope xmlns:e="http://www.w3.org/2003/05/soap-envelope"><e:Body/></e:Envelope>',
            "Envelope : SOAP 1.1 attendu, reçu SOAP 1.2",
        ),
        (
            b"<Envelope/>",
            f"Envelope : l'espace de noms {ENVELOPE} attendu, reçu aucun",
        ),
        (
            envelope("").replace(b"soapenv:Body", b"soapenv:Corps"),
            "Envelope : un seul Body attendu, rien reçu",
        ),
        (envelope(""), "Body : un seul élément attendu, rien reçu"),
        (envelope(BODY + BODY), "Body : un seul élément attendu, reçu 2"),
        (
            envelope(BODY.replace("rechercherPoint", "consulterMesures")),
            "Body : l'élément rechercherPoint attendu, reçu consulterMesures",
        ),
        (
            envelope(BODY.replace("rechercherPoint", "recherchePoint")),
            "le service s'écrit rechercherPoint, reçu recherchePoint",
        ),
        (
            envelope(BODY.replace(NS, "urn:x")),
            f"rechercherPoint : l'espace de noms {NS} attendu, reçu urn:x",
        ),
        (
            envelope(BODY.replace("<criteres/>", "")),
            "rechercherPoint : criteres attendu avant loginUtilisateur, rien reçu",
        ),
        (
            envelope(BODY.replace(f"<criteres/>{LOGIN}", f"{LOGIN}<criteres/>")),
            "rechercherPoint : criteres attendu avant loginUtilisateur, reçu après",
        ),
        (
            envelope(BODY.replace("<criteres/>", "<criteres><numSiret>1</numSiret></criteres>")),
            "numSiret : 14 chiffres attendus, reçu 1",
        ),
        (
            envelope(BODY.replace("<criteres/>", '<criteres xmlns="urn:x"/>')),
            "criteres : aucun espace de noms attendu, reçu urn:x",
        ),
    ],
)
@pytest.mark.observed("a message that breaks the schema gets SGT562")
def test_malformed_message_is_refused_and_says_why(
    recherche_point: Contract, service: Recorder, request_: bytes, sentence: str
) -> None:
    exchange = post(recherche_point, request_, service)
    assert (exchange.status, exchange.code) == (500, "SGT562")
    assert exchange.outcome.constat == sentence
    assert not service.calls


DOCTYPES = [
    '<!DOCTYPE e [<!ENTITY a "x">]>',
    '<!DOCTYPE e [<!ENTITY a SYSTEM "file:///etc/passwd">]>',
    '<!DOCTYPE e SYSTEM "http://localhost:9/e.dtd">',
    '<!DOCTYPE e [<!ENTITY a "xxxxxxxxxx"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">'
    '<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]>',
]


@pytest.mark.parametrize("doctype", DOCTYPES)
def test_document_type_is_refused_and_nothing_expanded(
    recherche_point: Contract, service: Recorder, doctype: str
) -> None:
    request = doctype.encode() + envelope(BODY.replace("tiers@exemple.fr", "&a;"))
    exchange = post(recherche_point, request, service)
    assert exchange.code == "SGT562"
    assert exchange.outcome.constat == "message : aucune déclaration DOCTYPE attendue, reçu DOCTYPE"
    assert b"root:" not in etree.tostring(exchange.document)
    assert not service.calls


def test_nesting_is_bounded(recherche_point: Contract, service: Recorder) -> None:
    exchange = post(recherche_point, envelope("<a>" * 5000 + "</a>" * 5000), service)
    assert exchange.code == "SGT562"
    limits = "message : 256 niveaux et 10 Mo de texte au plus attendus, reçu davantage"
    assert exchange.outcome.constat == limits


@pytest.mark.parametrize("encoding", ["UTF-8", "ISO-8859-1", "UTF-16"])
def test_declared_encoding_is_read(
    recherche_point: Contract, service: Recorder, encoding: str
) -> None:
    named = BODY.replace(
        "<criteres/>",
        "<criteres><nomClientFinalOuDenominationSociale>Société Énergie"
        "</nomClientFinalOuDenominationSociale></criteres>",
    )
    text = f'<?xml version="1.0" encoding="{encoding}"?>' + envelope(named).decode()
    post(recherche_point, text.encode(encoding), service)
    (call,) = service.calls
    assert call.demande["criteres"]["nomClientFinalOuDenominationSociale"] == "Société Énergie"


def test_failure_of_a_service_is_a_fault_and_is_explained(recherche_point: Contract) -> None:
    exchange = post(recherche_point, envelope(BODY), Recorder(ZeroDivisionError("oups")))
    assert exchange.code == "SGT500"
    assert exchange.outcome.constat == "ZeroDivisionError: oups"


def test_member_that_the_contract_lacks_is_never_sent(recherche_point: Contract) -> None:
    exchange = post(recherche_point, envelope(BODY), Recorder(Answer({"invente": 1})))
    assert exchange.code == "SGT500"
    assert "invente" in exchange.outcome.constat


REQUEST = envelope(
    '<x:rechercherPoint xmlns:x="http://www.enedis.fr/sge/b2b/services/rechercherpoint/v2.0">'
    "<criteres/><loginUtilisateur>tiers@exemple.fr</loginUtilisateur></x:rechercherPoint>"
)


@pytest.mark.parametrize("ready", [b"", b'<point id="1"/>', b'<point id="1"/><point id="1"/>'])
def test_ready_bytes_stand_where_their_elements_would(
    recherche_point: Contract, ready: bytes
) -> None:
    tree = {"points": {"point": ready}}
    exchange = post(recherche_point, REQUEST, lambda call: Answer(tree))
    points = exchange.document.find(".//points")
    assert points is not None
    assert [each.get("id") for each in points] == ["1"] * ready.count(b"<point")


def test_a_text_that_looks_like_the_mark_stays_a_text(recherche_point: Contract) -> None:
    text = "<?ready ?>"
    tree = {
        "points": {
            "point": [
                {
                    "id": "1",
                    "adresseInstallationNormalisee": {"ligne6": text},
                    "nomClientFinalOuDenominationSociale": text,
                }
            ]
        }
    }
    exchange = post(recherche_point, REQUEST, lambda call: Answer(tree))
    found = exchange.document.find(".//nomClientFinalOuDenominationSociale")
    assert found.text == text


@pytest.mark.parametrize(
    ("demande", "prm"),
    [
        ({"pointId": "1"}, "1"),
        ({"demande": {"pointIds": {"pointId": ["1"]}}}, "1"),
        ({"demande": {"pointIds": {"pointId": ["1", "2"]}}}, None),
        ({"demande": {}}, None),
    ],
)
def test_the_point_of_a_demand_is_the_only_one_that_it_names(
    demande: dict[str, object], prm: str | None
) -> None:
    request = Request("POST", "/", "", {}, b"", Sender(b"", (), "127.0.0.1"))
    exchange = Exchange(request, machine_now(), machine_now())
    exchange.demande = demande
    assert exchange.prm == prm
