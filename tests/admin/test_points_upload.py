"""Files of points, sent to the administration: from a program, and from the page of points."""

from collections.abc import Iterator

import requests
from points_kit import csv_lines, json_lines, made_points
from running_simulator import RunningSimulator

BOUNDARY = "limite"


def sent(
    simulator: RunningSimulator, kind: str, pieces: Iterator[bytes], query: str = ""
) -> requests.Response:
    """Send a file in pieces whose total isn't announced."""
    headers = {"Content-Type": kind}
    return simulator.ask("POST", f"/api/points{query}", data=pieces, headers=headers)


def test_a_file_of_any_length_is_taken_as_it_comes(administered: RunningSimulator) -> None:
    lines = list(json_lines(made_points(1500)))
    assert sum(map(len, lines)) > 2**20  # what another request is bounded by
    done = sent(administered, "application/x-ndjson", iter(lines))
    assert done.status_code == 200, done.text
    counts = {"lues": 1500, "nouveaux": 1500}
    nothing = dict.fromkeys(
        ("inchanges", "jours", "evenements", "acteurs", "fautes", "remarques"), 0
    )
    assert done.json() == counts | nothing | {"importe": True, "erreurs": [], "a_verifier": []}
    again = sent(administered, "text/csv; charset=utf-8", csv_lines(made_points(1500)))
    assert again.json()["inchanges"] == 1500
    first = next(made_points(1))
    assert administered.admin(f"/api/points/{first['prm']}")["client_final"]["siret"]


def test_faults_are_told_with_their_lines_and_nothing_is_imported(
    administered: RunningSimulator,
) -> None:
    point, other = made_points(2, first=5000)
    lines = [*json_lines(iter([point])), b"{\n", *json_lines(iter([{**other, "segment": "C9"}]))]
    done = sent(administered, "application/x-ndjson", iter(lines))
    assert done.status_code == 400
    assert done.headers["content-type"] == "application/problem+json"
    assert [(each["ligne"], each["colonne"]) for each in done.json()["erreurs"]] == [
        (2, ""),
        (3, "segment"),
    ]
    assert "rien n'est importé" in done.json()["detail"]
    assert administered.ask("GET", f"/api/points/{point['prm']}").status_code == 404
    rest = sent(administered, "application/x-ndjson", iter(lines), "?sauf_erreurs=true")
    assert (rest.status_code, rest.json()["nouveaux"]) == (200, 1)


def test_the_copy_of_a_point_stays_what_it_was(administered: RunningSimulator) -> None:
    made = administered.ask("POST", "/api/points", json={"comme": "25946599093143"})
    assert made.status_code == 201, made.text
    long = administered.ask("POST", "/api/points", data=b"x" * 2**21)
    assert long.status_code == 413


def form(content: bytes, name: str = "points.csv") -> bytes:
    return (
        f"--{BOUNDARY}\r\nContent-Disposition: form-data; "
        f'name="fichier"; filename="{name}"\r\nContent-Type: text/csv\r\n\r\n'
    ).encode() + (content + f"\r\n--{BOUNDARY}--\r\n".encode())


def page(simulator: RunningSimulator, body: bytes, query: str = "") -> str:
    headers = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}
    answer = simulator.ask("POST", f"/points{query}", data=body, headers=headers)
    assert answer.status_code == 200, answer.text
    return answer.text


def test_the_page_of_points_takes_a_file(administered: RunningSimulator) -> None:
    content = b"".join(csv_lines(made_points(100, first=6000)))
    assert "100 points à importer" in page(administered, form(content), "?essai=oui")
    assert "100 points importés" in page(administered, form(content))
    assert "0 point importé, 100 déjà là" in page(administered, form(content))
    spoilt = page(administered, form(content + b"x\n"))
    assert '<td data-l="Ligne">102</td>' in spoilt
    assert "Aucun fichier" in page(administered, b"")
    assert "en entier" in page(administered, form(content)[:-40])


def test_remarks_are_told_beside_what_was_done(administered: RunningSimulator) -> None:
    (point,) = made_points(1, first=7001)
    doubtful = [*json_lines(iter([{**point, "etatAlimentation": "NALI"}]))]
    refused = sent(administered, "application/x-ndjson", iter(doubtful), "?strict=true")
    assert (refused.status_code, refused.json()["erreurs"][0]["colonne"]) == (
        400,
        "etatAlimentation",
    )
    assert "NALI" in page(administered, form(doubtful[0]), "?essai=oui&strict=oui")
    done = sent(administered, "application/x-ndjson", iter(doubtful)).json()
    assert (done["remarques"], done["erreurs"]) == (1, [])
    assert done["a_verifier"][0] | {"phrase": ""} == {
        "ligne": 1,
        "colonne": "etatAlimentation",
        "phrase": "",
    }
    assert "Remarques" in administered.ask("GET", f"/points/{point['prm']}").text
    made = {"comme": point["prm"], "point": {"segment": "C4"}}
    assert "segment C4" in administered.ask("POST", "/api/points", json=made).json()["detail"]
