"""The kit of an actor: all that its developers need to make a first call, in one zip.

It holds a private key, so the zip is its owner's alone.
"""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Final

import jinja2
from cryptography.hazmat.primitives.serialization import (
    Encoding,
)
from sqlalchemy.orm import Session

from sge_sim.clock import PARIS
from sge_sim.domaine.nomenclatures import Environment
from sge_sim.door.certificats import (
    CLIENT_AUTHORITY,
    login_and_contrat,
    register_certificate,
)
from sge_sim.errors import UsageError
from sge_sim.facts.database import Database
from sge_sim.facts.stored_clock import StoredClock
from sge_sim.flux.r6x.documents import SCHEMAS, schema_text
from sge_sim.homologation.catalogue.default_release import DEFAULT_RELEASE
from sge_sim.homologation.catalogue.release import load_release
from sge_sim.homologation.client.sge_client import Cible, SgeClient
from sge_sim.homologation.kit.recueils import collection_files, demandes_of
from sge_sim.machine.files import PRIVATE, PUBLIC, data_path, write_atomically
from sge_sim.machine.zips import member_info, zipped
from sge_sim.pki.building import BUNDLE_PASSWORD, key_pem
from sge_sim.pki.issuing import IssuedCertificate, issue_client_certificate
from sge_sim.pki.trust import open_pki
from sge_sim.services.registry import BY_PATH, CODES
from sge_sim.soap.contract import Contract, load_contracts
from sge_sim.tables.acteurs import default_acteur, find_acteur

_NOTICE: Final = "ATTENTION : ce zip contient une clé privée (certificats/client.key.pem).\n"
_DEMANDE: Final = (
    '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>'
    '<c:{nom} xmlns:c="{espace}"><pointId>25946599093143</pointId>'
    "<loginUtilisateur>{login}</loginUtilisateur><autorisationClient>true</autorisationClient>"
    "</c:{nom}></s:Body></s:Envelope>\n"
)


@dataclass(frozen=True)
class Holder:
    """The actor of a kit, and what it calls with."""

    code: str
    nom: str
    login: str
    contrat_id: str


def write_kit(
    path: Path,
    database: Database,
    data_dir: Path,
    *,
    url: str,
    acteur: str | None,
    environnement: Environment,
    now: datetime,
) -> Holder:
    """Write the kit of `acteur` (the default tiers if None) for a simulator reached at `url`.

    A client certificate is issued by a simulated authority of the list, and registered for
    `environnement`; `now` is the machine's time. Raises `UsageError` for an actor that is unknown
    or has no login or contract.
    """
    pki = open_pki(data_dir, now=now)
    with database.sessions() as session:
        code = default_acteur(session, "tiers").code if acteur is None else acteur
        holder = _holder_of(session, code)
    name = f"{holder.code.lower()}.sge-sim.example"
    authority = pki.simulated(CLIENT_AUTHORITY)
    # Of what every stack of the examples reads, Mono included.
    issued = issue_client_certificate(authority, [name], now=now, key_type="rsa2048")
    contracts = load_contracts(data_path("wsdl"))
    files = {
        "LISEZMOI.txt": (_NOTICE + "Commencer par GUIDE.md.\n").encode(),
        **_guide_and_examples(holder, url),
        "demande.xml": _first_request(contracts, holder).encode(),
        "services.csv": _services_table(contracts.values(), url),
        "codes.csv": _table(("code", "libellé"), CODES.items()),
        "certificats/autorite.pem": pki.server.authority.read_bytes(),
        **_certificate_files(issued),
        **{
            f"wsdl/{one.service}-v{one.version}.wsdl": one.published_at(f"{url}{one.path}")
            for one in contracts.values()
        },
        **_catalogue_files(),
        **_collections(holder, url, StoredClock(database).now().astimezone(PARIS).date()),
        **{f"schemas/{name}.json": schema_text(name) for name in SCHEMAS},
    }
    write_atomically(path, _zipped(files), PRIVATE)
    with database.transaction() as session:
        row = find_acteur(session, holder.code)
        assert row is not None
        register_certificate(session, row, list(issued.chain), environnement)
    return holder


def _holder_of(session: Session, code: str) -> Holder:
    acteur = find_acteur(session, code)
    if acteur is None:
        raise UsageError(f"L'acteur « {code} » est inconnu : voir sge-sim acteurs list.")
    return Holder(acteur.code, acteur.nom, *login_and_contrat(acteur))


def _guide_and_examples(holder: Holder, url: str) -> dict[str, bytes]:
    environment = jinja2.Environment(  # noqa: S701 - texts and programs, not pages
        loader=jinja2.PackageLoader("sge_sim.homologation.kit.packing"),
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
    targets = {"GUIDE.md": "guide.md.j2"} | {name.removesuffix(".j2"): name for name in examples}
    return {
        target: environment.get_template(template).render(facts).encode()
        for target, template in targets.items()
    }


def _first_request(contracts: dict[str, Contract], holder: Holder) -> str:
    contract = contracts["/ConsultationDonneesTechniquesContractuelles/v1.0"]
    namespace, _, nom = contract.request[1:].partition("}")
    return _DEMANDE.format(nom=nom, espace=namespace, login=holder.login)


def _certificate_files(issued: IssuedCertificate) -> dict[str, bytes]:
    return {
        "certificats/client.pem": b"".join(
            each.public_bytes(Encoding.PEM) for each in issued.chain
        ),
        "certificats/client.key.pem": key_pem(issued.key),
        "certificats/client.p12": issued.bundle(former=True),
    }


def _collections(holder: Holder, url: str, today: date) -> dict[str, bytes]:
    nowhere = Path("certificats")  # messages are written, none is sent
    client = SgeClient(Cible(url, nowhere, nowhere, holder.login, holder.contrat_id))
    demandes = demandes_of(client, load_release(DEFAULT_RELEASE), today)
    return {name: text.encode() for name, text in collection_files(demandes, url)}


def _services_table(contracts: Iterable[Contract], url: str) -> bytes:
    declared = [(one, BY_PATH[one.path]) for one in contracts]
    return _table(
        ("service", "version", "package", "adresse", "opération", "mesures", "fichiers", "fiches"),
        (
            (
                *(contract.service, contract.version, service.package),
                *(f"{url}{contract.path}", contract.operation),
                *map(" ".join, (service.mesures, service.flux, service.fiches)),
            )
            for contract, service in declared
        ),
    )


def _table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows(rows)
    return text.getvalue().encode("utf-8-sig")  # the mark is what makes Excel read accents


def _catalogue_files() -> dict[str, bytes]:
    folder = data_path("catalog")
    files = [folder / "README.md", *sorted(folder.glob("sge-*/*.yaml"))]
    return {f"catalogue/{file.relative_to(folder)}": file.read_bytes() for file in files}


def _zipped(files: Mapping[str, bytes]) -> bytes:
    return zipped(
        (
            (member_info(f"kit-sge/{name}", mode=PRIVATE if _is_secret(name) else PUBLIC), data)
            for name, data in files.items()
        ),
        _NOTICE.encode(),
    )


def _is_secret(name: str) -> bool:
    return ".key." in name or name.endswith("p12")
