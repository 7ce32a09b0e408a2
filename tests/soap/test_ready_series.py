"""Ready bytes inside an answer that the protocol writes."""

import pytest
from soap_calls import envelope, post

from sge_sim.soap.contract import Contract
from sge_sim.soap.messages import Answer

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
    assert found is not None
    assert found.text == text
