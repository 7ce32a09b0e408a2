"""The cases of a release as requests to send by hand, for Bruno and for Postman.

Each holds a whole message, what the catalogue expects of it, and the certificate of the kit. A case
that takes over another's answer, or that needs calls before it, stands in a folder of its own:
`sge-sim homologate` makes them follow one another, a collection doesn't.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from urllib.parse import urlsplit

from sge_sim.homologation.campaign.attendue import expected_request
from sge_sim.homologation.catalogue.cases import LIBRE, Cas
from sge_sim.homologation.catalogue.differences import expectation
from sge_sim.homologation.catalogue.release import Release
from sge_sim.homologation.client.sge_client import SgeClient

SEULS: Final = "Cas seuls"
ENCHAINES: Final = "Cas enchaînés"
_POSTMAN: Final = "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"
_HEADERS: Final = {"Content-Type": "text/xml; charset=utf-8", "SOAPAction": '""'}
_CERTIFICATES: Final = {
    "certFilePath": "../../certificats/client.pem",
    "keyFilePath": "../../certificats/client.key.pem",
}


@dataclass(frozen=True)
class Demande:
    """A case as a request: its folder, its path, its message and the codes that count as good.

    `codes` holds SGT200 where the answer may be a success.
    """

    dossier: str
    cas: Cas
    message: str

    @property
    def chemin(self) -> str:
        """The path of its service."""
        return f"/{self.cas.service}/v{self.cas.version}"

    @property
    def codes(self) -> list[str]:
        """The return codes that count as good, that of a demand sent a moment ago among them."""
        attendu, recent = self.cas.attendu, self.cas.trop_recent
        again = () if recent is None else (recent.code,)
        return [attendu.code or "SGT200", *attendu.acceptes, *again]

    @property
    def nom(self) -> str:
        """The name of the request: the key of the run and its title."""
        return f"{self.cas.cle} {self.cas.titre}"


def demandes_of(client: SgeClient, release: Release, today: date) -> list[Demande]:
    """Return the cases of a release as requests to send on `today` (simulated legal date)."""
    found = []
    for case in release.cas:
        if not case.non_testable:
            message = expected_request(client, release, case, today)
            alone = LIBRE not in message and not case.preparation and not case.apres
            found.append(Demande(SEULS if alone else ENCHAINES, case, message))
    return found


def collection_files(demandes: list[Demande], url: str) -> Iterator[tuple[str, str]]:
    """Yield the files of both collections, by their paths in the kit."""
    hosts = urlsplit(url).netloc
    bruno: dict[str, Any] = {
        "version": "1",
        "name": "SGE",
        "type": "collection",
        "clientCertificates": {
            "enabled": True,
            "certs": [{"domain": hosts, "type": "cert", **_CERTIFICATES, "passphrase": ""}],
        },
    }
    yield "collections/bruno/bruno.json", json.dumps(bruno, indent=2)
    yield "collections/bruno/environments/SGE.bru", f"vars {{\n  adresse: {url}\n}}\n"
    for rank, demande in enumerate(demandes, 1):
        name = f"collections/bruno/{demande.dossier}/{demande.cas.package}/{demande.cas.cle}.bru"
        yield name, _bruno_request(demande, rank)
    yield "collections/postman.json", json.dumps(_postman(demandes, url), indent=1)


def _bruno_request(demande: Demande, rank: int) -> str:
    body = "\n".join(f"  {line}" for line in demande.message.splitlines())
    tests = "\n".join(f"  {line}" for line in _script(demande, "res.status", "res.body", "test"))
    headers = "\n".join(f"  {name}: {value}" for name, value in _HEADERS.items())
    return (
        f"meta {{\n  name: {demande.cas.cle}\n  type: http\n  seq: {rank}\n}}\n\n"
        f"post {{\n  url: {{{{adresse}}}}{demande.chemin}\n  body: xml\n  auth: none\n}}\n\n"
        f"headers {{\n{headers}\n}}\n\n"
        f"body:xml {{\n{body}\n}}\n\n"
        f"tests {{\n{tests}\n}}\n\n"
        f"docs {{\n  {demande.nom} : {expectation(demande.cas.attendu)}\n}}\n"
    )


def _script(demande: Demande, status: str, body: str, test: str) -> list[str]:
    wanted = json.dumps(demande.codes)
    return [
        f'{test}("{demande.cas.cle} : {" ou ".join(demande.codes)}", function () {{',
        f"  const [refus] = String({body}).match(/SGT\\w+/) || [''];",
        f"  const code = {status} === 200 ? 'SGT200' : refus;",
        f"  if (!{wanted}.includes(code)) throw new Error({status} + ' ' + code);",
        "});",
    ]


def _postman(demandes: list[Demande], url: str) -> Mapping[str, Any]:
    folders: dict[str, dict[str, list[Any]]] = {}
    for demande in demandes:
        of_package = folders.setdefault(demande.dossier, {})
        of_package.setdefault(demande.cas.package, []).append(_postman_request(demande))
    return {
        "info": {"name": "SGE", "schema": _POSTMAN},
        "variable": [{"key": "adresse", "value": url}],
        "item": [
            {"name": folder, "item": [{"name": n, "item": items} for n, items in packages.items()]}
            for folder, packages in folders.items()
        ],
    }


def _postman_request(demande: Demande) -> Mapping[str, Any]:
    script = _script(demande, "pm.response.code", "pm.response.text()", "pm.test")
    return {
        "name": demande.nom,
        "event": [{"listen": "test", "script": {"type": "text/javascript", "exec": script}}],
        "request": {
            "method": "POST",
            "description": expectation(demande.cas.attendu),
            "header": [{"key": name, "value": value} for name, value in _HEADERS.items()],
            "body": {
                "mode": "raw",
                "raw": demande.message,
                "options": {"raw": {"language": "xml"}},
            },
            "url": f"{{{{adresse}}}}{demande.chemin}",
        },
    }
