"""Un jeton, puis le périmètre : URL, CLIENT_ID, CLIENT_SECRET ; AUTORITE, celui du serveur."""

import json
import os
import ssl
from urllib.parse import urlencode
from urllib.request import Request, urlopen

URL = os.environ["URL"]
CONTEXTE = ssl.create_default_context(cafile=os.environ["AUTORITE"])


def poste(chemin: str, corps: bytes, **entetes: str) -> dict:
    demande = Request(URL + chemin, corps, entetes)
    with urlopen(demande, context=CONTEXTE, timeout=30) as reponse:
        return json.load(reponse)


identifiants = {
    "grant_type": "client_credentials",
    "client_id": os.environ["CLIENT_ID"],
    "client_secret": os.environ["CLIENT_SECRET"],
}
jeton = poste("/oauth2/v3/token", urlencode(identifiants).encode())["access_token"]
perimetre = poste(
    "/usage_point_id_perimeter/v1/usage_point_id",
    b'{"page_number": 1}',
    **{"Authorization": f"Bearer {jeton}", "Content-Type": "application/json"},
)
print(json.dumps(perimetre))
