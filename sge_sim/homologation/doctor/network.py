"""What the doctor checks of the address, then of the server, by a real TLS connection."""

import socket
import ssl
from collections.abc import Generator, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from difflib import get_close_matches
from email.utils import parsedate_to_datetime
from http.client import HTTPException, HTTPSConnection
from pathlib import Path
from typing import Final
from urllib.parse import SplitResult, quote, urlsplit

import certifi

from sge_sim.domaine.plateformes import (
    HOMOLOGATION_HOST,
    PRODUCTION_HOST,
    RENAMED_HOSTS,
    closed_sentence,
    is_open,
    split_address,
)
from sge_sim.errors import system_reason
from sge_sim.homologation.doctor import Diagnostic

_TIMEOUT_SECONDS: Final = 15
_SKEW: Final = timedelta(minutes=1)
_HOST_MISMATCH: Final = 62
_DATES: Final = (9, 10)  # not yet valid, expired
_NOT_TLS: Final = ("WRONG_VERSION_NUMBER", "HTTP_REQUEST", "RECORD_LAYER_FAILURE")
_TEXT_SHOWN: Final = 400
NOT_PRESENTABLE: Final = "non_presentable"
"""The code of a refusal of the files, which their own check mostly explains better."""


@dataclass(frozen=True)
class Client:
    """What the client presents and trusts; `headers` are what its requests say of it."""

    cert: Path
    key: Path
    ca: Path | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class HttpAnswer:
    """What a server answered: HTTP status, the beginning of the text, the `Date` header."""

    status: int
    text: str
    date: str | None


def examine_url(url: str, paths: frozenset[str], now: datetime) -> Iterator[Diagnostic]:
    """Yield what is wrong with an address as written; `paths` are those of the services.

    `now` is the machine's time, aware: it tells whether the homologation platform is open.
    """
    parts = split_address(url)
    if parts is None:
        yield Diagnostic(
            "https",
            f"« {url} » n'est pas une adresse https://hôte[:port]/chemin.",
            "L'écrire ainsi : SGE ne répond qu'en HTTPS, avec le certificat de l'acteur.",
        )
        return
    host = parts.hostname or ""
    if host == "www.enedis.fr" or host.endswith(".erdf.fr"):
        yield Diagnostic(
            "adresse_du_wsdl",
            f"« {host} » est l'adresse écrite dans un WSDL, où aucun service ne répond (HTTP 403, "
            "ou un nom que le certificat ne couvre pas).",
            f"Remplacer l'adresse du WSDL par {PRODUCTION_HOST} ou "
            f"{HOMOLOGATION_HOST}, et le chemin /<Service>/v<x.y>.",
        )
        return
    if host in RENAMED_HOSTS:
        yield Diagnostic(
            "ancien_hote",
            f"« {host} » est l'hôte d'avant le 23/09/2024.",
            f"Appeler {RENAMED_HOSTS[host]}.",
        )
    if host == HOMOLOGATION_HOST and not is_open(now):
        yield Diagnostic(
            "ferme",
            closed_sentence(now, simulated=False),
            "Revenir aux heures d'ouverture.",
            "conseil",
        )
    path = parts.path.rstrip("/")
    if path and path not in paths:
        near = get_close_matches(path, paths, 1, 0.4)
        yield Diagnostic(
            "chemin",
            f"« {path} » n'est le chemin d'aucun service.",
            f"Le plus proche est {near[0]}." if near else "Il s'écrit /<Service>/v<x.y>.",
        )


def examine_server(url: str, client: Client, now: datetime) -> Iterator[Diagnostic]:
    """Connect, and yield what goes wrong; `url` has the shape that `examine_url` asks for."""
    answer = yield from try_connection(url, client)
    if answer is not None:
        yield from _answered(answer, urlsplit(url))
        yield from examine_date(answer.date, now)


def try_connection(url: str, client: Client) -> Generator[Diagnostic, None, HttpAnswer | None]:
    """Ask the server for a page: yield what prevents it, return what it answers."""
    parts = urlsplit(url)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    try:
        context.load_cert_chain(client.cert, client.key, password="")  # or OpenSSL would ask
    except OSError as error:
        yield Diagnostic(
            NOT_PRESENTABLE,
            f"{client.cert} et {client.key} ne peuvent pas être présentés à un serveur ({error}).",
            "Donner le certificat et sa clé en PEM, la clé sans mot de passe.",
        )
        return None
    try:
        context.load_verify_locations(client.ca or certifi.where())
    except OSError:
        yield Diagnostic(
            "ca_inutilisable",
            f"{client.ca} ne contient aucune autorité en PEM : le serveur n'est pas vérifié.",
            "Donner l'autorité du serveur ; pour un simulateur, le ca_file qu'il annonce.",
        )
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    connection = HTTPSConnection(
        parts.hostname or "", parts.port or 443, timeout=_TIMEOUT_SECONDS, context=context
    )
    try:
        path = quote(parts.path.rstrip("/"), "/%") or "/"
        connection.request("GET", f"{path}?wsdl", headers=dict(client.headers))
        answer = connection.getresponse()
        text = answer.read(_TEXT_SHOWN * 4).decode("utf-8", "replace").strip()
    except (OSError, HTTPException) as error:
        yield _connection_failed(parts, client, error)
        return None
    finally:
        connection.close()
    return HttpAnswer(answer.status, text[:_TEXT_SHOWN], answer.getheader("Date"))


def examine_date(date: str | None, now: datetime) -> Iterator[Diagnostic]:
    """Yield whether the machine's clock differs from the `Date` header of an answer."""
    try:
        theirs = parsedate_to_datetime(date or "")
    except ValueError:
        return
    skew = now - theirs
    if abs(skew) > _SKEW:
        way = "en avance" if skew > timedelta(0) else "en retard"
        yield Diagnostic(
            "horloge",
            f"L'horloge de cette machine est {way} de {abs(skew)} sur celle du serveur.",
            "La régler : certificats et dates de demande en dépendent.",
        )


def _answered(answer: HttpAnswer, parts: SplitResult) -> Iterator[Diagnostic]:
    status, text = answer.status, answer.text
    if status == 403:
        yield Diagnostic(
            "certificat_refuse",
            f"Le serveur refuse le certificat (HTTP 403) : {text}",
            "Corriger ce qu'il dit ; sinon vérifier que le certificat a été déposé chez Enedis.",
        )
    elif status == 404 and parts.path.strip("/"):
        yield Diagnostic(
            "chemin_refuse",
            f"Le serveur ne connaît pas {parts.path} (HTTP 404).",
            "Le chemin s'écrit /<Service>/v<x.y>, la casse compte.",
        )
    elif status == 503:
        yield Diagnostic(
            "ferme", f"Le service est fermé (HTTP 503) : {text}", "Revenir aux heures d'ouverture."
        )


def _connection_failed(parts: SplitResult, client: Client, error: Exception) -> Diagnostic:
    host = parts.hostname
    if isinstance(error, ssl.SSLCertVerificationError):
        return _distrusted(host, client, error)
    if isinstance(error, socket.gaierror):
        return Diagnostic(
            "hote_inconnu", f"« {host} » n'a pas d'adresse.", "Vérifier le nom de l'hôte et le DNS."
        )
    if isinstance(error, ssl.SSLError) and error.reason in _NOT_TLS:
        return Diagnostic(
            "sans_tls",
            f"{host}:{parts.port or 443} ne parle pas TLS.",
            "Vérifier le port : SGE ne répond qu'en HTTPS.",
        )
    reason = system_reason(error) if isinstance(error, OSError) else str(error)
    if isinstance(error, ssl.SSLError | ConnectionResetError | HTTPException):
        return Diagnostic(
            "certificat_refuse_tls",
            f"Le serveur rompt la connexion TLS ({reason}) : il n'accepte pas ce certificat.",
            "Le plus souvent : intermédiaire absent, autorité non admise, certificat expiré.",
        )
    return Diagnostic(
        "injoignable",
        f"{host}:{parts.port or 443} ne répond pas ({reason}).",
        "Vérifier l'adresse, le port et le pare-feu.",
    )


def _distrusted(
    host: str | None, client: Client, error: ssl.SSLCertVerificationError
) -> Diagnostic:
    if error.verify_code == _HOST_MISMATCH or "match" in error.verify_message.lower():
        return Diagnostic(
            "nom_d_hote",
            f"Le certificat du serveur n'est pas celui de « {host} ».",
            "Appeler le serveur par le nom que porte son certificat.",
        )
    if error.verify_code in _DATES:
        return Diagnostic(
            "horloge_ou_serveur",
            f"Le certificat du serveur est hors de ses dates ({error.verify_message}).",
            "Vérifier l'heure de cette machine ; sinon le serveur doit renouveler le sien.",
        )
    named = "les autorités publiques" if client.ca is None else str(client.ca)
    return Diagnostic(
        "autorite_du_serveur",
        f"L'autorité du serveur n'est pas dans {named} ({error.verify_message}).",
        "Donner l'autorité du serveur au client ; pour un simulateur, le ca_file qu'il annonce.",
    )
