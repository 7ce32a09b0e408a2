"""The kit of an actor: all that its developers need to make a first call, a zip or a folder.

It holds a private key, so it is its owner's alone. It also has the cases of a release as
requests to send by hand, for Bruno and for Postman: each a whole message, what the catalogue
expects of it, and the certificate of the kit. A case that takes over another's answer, or that
needs calls before it, stands in a folder of its own: `sge-sim homologate` makes them follow one
another, a collection doesn't. In a third folder are those that aren't served on the simulated day:
nothing tests their answer.
"""

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import jinja2
from cryptography.hazmat.primitives.serialization import Encoding

from sge_sim.clock import legal_date
from sge_sim.domaine.anglais import speaks_english, translated
from sge_sim.domaine.nomenclatures import Environment
from sge_sim.domaine.plateformes import Generation, Offering
from sge_sim.door.certificats import CLIENT_AUTHORITY, login_and_contrat, register_certificate
from sge_sim.facts.database import Database
from sge_sim.facts.stored_clock import StoredClock
from sge_sim.flux.r6x.documents import SCHEMAS, schema_text
from sge_sim.homologation.campaign.case_request import expected_request
from sge_sim.homologation.catalogue import DEFAULT_RELEASE
from sge_sim.homologation.catalogue.cases import LIBRE, Cas
from sge_sim.homologation.catalogue.french_text import expectation
from sge_sim.homologation.catalogue.release import Release, load_release
from sge_sim.homologation.premier_appel import first_request
from sge_sim.machine.documents import member_info, zipped
from sge_sim.machine.files import PRIVATE, PUBLIC, data_path, make_private_folder, write_atomically
from sge_sim.pki.building import BUNDLE_PASSWORD, key_pem
from sge_sim.pki.issuing import IssuedCertificate, issue_client_certificate
from sge_sim.pki.trust import open_pki
from sge_sim.services.declared import declared_services, return_codes
from sge_sim.soap.contract import Contract, load_contracts
from sge_sim.tables.acteurs import default_acteur, get_acteur

SEULS: Final = "Cas seuls"
ENCHAINES: Final = "Cas enchaînés"
NON_SERVIS: Final = "Cas non servis"
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

    @property
    def attente(self) -> str:
        """The expectation, and the end of the service if it is announced, in French."""
        return " ; ".join(filter(None, (expectation(self.cas.attendu), self.cas.arret)))


@dataclass(frozen=True)
class Holder:
    """The actor of a kit, and what it calls with."""

    code: str
    nom: str
    login: str
    contrat_id: str


def demandes_of(holder: Holder, release: Release, offering: Offering) -> list[Demande]:
    """Return the cases of a release as requests to a server of `offering`, on its day."""
    found, whose = [], (holder.login, holder.contrat_id)
    for case in release.cas:
        if not case.non_testable:
            message = expected_request(release, case, offering.jour, *whose)
            alone = LIBRE not in message and not case.preparation and not case.apres
            folder = SEULS if alone else ENCHAINES
            folder = NON_SERVIS if offering.why_not(case.existences) else folder
            found.append(Demande(folder, case, message))
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
        f"docs {{\n  {demande.nom} : {demande.attente}\n}}\n"
    )


def _script(demande: Demande, status: str, body: str, test: str) -> list[str]:
    if demande.dossier == NON_SERVIS:
        return []
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
            "description": demande.attente,
            "header": [{"key": name, "value": value} for name, value in _HEADERS.items()],
            "body": {
                "mode": "raw",
                "raw": demande.message,
                "options": {"raw": {"language": "xml"}},
            },
            "url": f"{{{{adresse}}}}{demande.chemin}",
        },
    }


_NOTICE: Final = "ATTENTION : ce zip contient une clé privée (certificats/client.key.pem).\n"


def write_kit(
    path: Path,
    database: Database,
    data_dir: Path,
    *,
    url: str,
    acteur: str | None,
    environnement: Environment,
    now: datetime,
    generation: Generation = "toutes",
) -> Holder:
    """Write the kit of `acteur` (the default tiers if None) for a simulator reached at `url`: a zip
    where the path ends so, a new folder otherwise.

    A client certificate is issued by a simulated authority of the list, and registered for
    `environnement`; `now` is the machine's time, `generation` what the simulator serves. Raises
    `UsageError` for an actor that is unknown or has no login or contract.
    """
    pki = open_pki(data_dir, now=now)
    with database.sessions() as session:
        found = default_acteur(session, "tiers") if acteur is None else get_acteur(session, acteur)
        holder = Holder(found.code, found.nom, *login_and_contrat(found))
    name = f"{holder.code.lower()}.sge-sim.example"
    authority = pki.simulated(CLIENT_AUTHORITY)
    # Of what every stack of the examples reads, Mono included.
    issued = issue_client_certificate(authority, [name], now=now, key_type="rsa2048")
    contracts = load_contracts(data_path("wsdl"))
    files = {
        "LISEZMOI.txt": translated(f"{_NOTICE}Commencer par GUIDE.md.\n").encode(),
        **_guide_and_examples(holder, url),
        "demande.xml": f"{first_request(holder.login)}\n".encode(),
        "services.csv": _services_table(contracts.values(), url),
        "codes.csv": _table("code libellé", return_codes().items()),
        "certificats/autorite.pem": pki.server.authority.read_bytes(),
        **_certificate_files(issued),
        **{
            f"wsdl/{contract.service}-v{contract.version}.wsdl": contract.published_at(
                f"{url}{contract.path}"
            )
            for contract in contracts.values()
        },
        **_catalogue_files(),
        **_collections(holder, url, Offering(generation, legal_date(StoredClock(database).now()))),
        **{f"schemas/{name}.json": schema_text(name) for name in SCHEMAS},
    }
    if path.suffix == ".zip":
        write_atomically(path, _zipped(files), PRIVATE)
    else:
        for name, content in files.items():
            make_private_folder((path / name).parent)
            write_atomically(path / name, content, PRIVATE if _is_secret(name) else PUBLIC)
    with database.transaction() as session:
        register_certificate(
            session, get_acteur(session, holder.code), list(issued.chain), environnement
        )
    return holder


def _guide_and_examples(holder: Holder, url: str) -> dict[str, bytes]:
    environment = jinja2.Environment(  # noqa: S701 - texts and programs, not pages
        loader=jinja2.PackageLoader("sge_sim.homologation.kit"),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        keep_trailing_newline=True,
    )
    facts = {
        "url": url,
        "acteur": holder.nom,
        "login": holder.login,
        "contrat_id": holder.contrat_id,
        "mot_de_passe": BUNDLE_PASSWORD,
    }
    examples = environment.list_templates(filter_func=lambda name: name.startswith("exemples/"))
    guide = "guide.en.md.j2" if speaks_english() else "guide.md.j2"
    targets = {"GUIDE.md": guide} | {name.removesuffix(".j2"): name for name in examples}
    return {
        target: translated(environment.get_template(template).render(facts)).encode()
        for target, template in targets.items()
    }


def _certificate_files(issued: IssuedCertificate) -> dict[str, bytes]:
    return {
        "certificats/client.pem": b"".join(
            each.public_bytes(Encoding.PEM) for each in issued.chain
        ),
        "certificats/client.key.pem": key_pem(issued.key),
        "certificats/client.p12": issued.bundle(former=True),
    }


def _collections(holder: Holder, url: str, offering: Offering) -> dict[str, bytes]:
    demandes = demandes_of(holder, load_release(DEFAULT_RELEASE), offering)
    return {name: text.encode() for name, text in collection_files(demandes, url)}


def _services_table(contracts: Iterable[Contract], url: str) -> bytes:
    declared = [(contract, declared_services()[contract.path]) for contract in contracts]
    return _table(
        "service version package adresse opération mesures fichiers fiches arrêt",
        (
            (
                *(contract.service, contract.version, service.package),
                *(f"{url}{contract.path}", contract.operation),
                *map(" ".join, (service.mesures, service.flux, service.fiches)),
                service.existence.arret if service.existence else "",
            )
            for contract, service in declared
        ),
    )


def _table(header: str, rows: Iterable[Sequence[str]]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(header.split())
    writer.writerows(rows)
    return text.getvalue().encode("utf-8-sig")  # the mark is what makes Excel read accents


def _catalogue_files() -> dict[str, bytes]:
    folder = data_path("catalog")
    files = [folder / "README.md", *sorted(folder.glob("sge-*/*.yaml"))]
    found = {f"catalogue/{file.relative_to(folder)}": file.read_bytes() for file in files}
    own = (folder / "entreprises").iterdir()
    return found | {f"entreprises/{file.name}": file.read_bytes() for file in own}


def _zipped(files: Mapping[str, bytes]) -> bytes:
    return zipped(
        (
            (member_info(f"kit-sge/{name}", mode=PRIVATE if _is_secret(name) else PUBLIC), data)
            for name, data in files.items()
        ),
        translated(_NOTICE).encode(),
    )


def _is_secret(name: str) -> bool:
    return ".key." in name or name.endswith("p12")
