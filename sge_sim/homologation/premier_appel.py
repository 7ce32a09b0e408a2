"""The first call to copy, which the page and `serve` show after a start, and the files that a call
takes: those of the actors whose keys stand in the simulator's folder.

What is copied runs from any folder, whatever proxy or bundle of authorities the machine has: paths
are absolute, and nothing of the environment is trusted.
"""

import shlex
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_SERVICE: Final = "/ConsultationDonneesTechniquesContractuelles/v1.0"
_OPERATION: Final = "consulterDonneesTechniquesContractuelles"
_NAMESPACE: Final = f"http://www.enedis.fr/sge/b2b/services/{_OPERATION.lower()}/v1.0"
_POINT: Final = "25946599093143"


@dataclass(frozen=True)
class MoyensTls:
    """A certificate with its intermediates, its key, the authority of the server: PEM files.

    Their paths are absolute.
    """

    certificat: Path
    cle: Path
    autorite: Path


@dataclass(frozen=True)
class PremierAppel:
    """How to make it: `mot_de_passe` is the command to run before, where a password is due."""

    mot_de_passe: str
    curl: str
    zeep: str


def curl_command(url: str, corps: str, acces: MoyensTls, login: str = "") -> str:
    """Return the shell command that posts `corps` to `url`; curl asks for the password of `login`.

    A `corps` that begins with `@` names the file that holds the request.
    """
    return " \\\n  ".join(
        (
            f"curl --noproxy '*'{f' -u {shlex.quote(login)}' if login else ''}",
            f"--cacert {shlex.quote(str(acces.autorite))}",
            f"--cert {shlex.quote(str(acces.certificat))}",
            f"--key {shlex.quote(str(acces.cle))}",
            "-H 'Content-Type: text/xml; charset=utf-8'",
            f"--data-binary {shlex.quote(corps)}",
            shlex.quote(url),
        )
    )


def zeep_client(url: str, acces: MoyensTls, login: str = "") -> list[str]:
    """Return the lines of Python that make `client`, which calls `url` with zeep."""
    return [
        *(["from getpass import getpass", ""] if login else []),
        "import requests",
        "import zeep",
        "",
        "session = requests.Session()",
        "session.trust_env = False  # sinon REQUESTS_CA_BUNDLE, s'il existe, l'emporte sur verify",
        f"session.verify = {str(acces.autorite)!r}",
        f"session.cert = ({str(acces.certificat)!r}, {str(acces.cle)!r})",
        *([f"session.auth = ({login!r}, getpass('Mot de passe : '))"] if login else []),
        f"client = zeep.Client({url + '?wsdl'!r}, transport=zeep.Transport(session=session))",
    ]


def first_request(login: str) -> str:
    """Return the message of the first call of `login`."""
    return (
        '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>'
        f'<c:{_OPERATION} xmlns:c="{_NAMESPACE}"><pointId>{_POINT}</pointId>'
        f"<loginUtilisateur>{login}</loginUtilisateur><autorisationClient>true"
        f"</autorisationClient></c:{_OPERATION}></s:Body></s:Envelope>"
    )


def first_call(
    b2b_url: str, login: str, acces: MoyensTls, data_dir: Path, *, basic_auth: bool
) -> PremierAppel:
    """Return the first call of `login`: the technical data of a point that every simulator has."""
    url, secret = b2b_url + _SERVICE, login if basic_auth else ""
    program = [
        *zeep_client(url, acces, secret),
        f"print(client.service.{_OPERATION}(",
        f"    pointId={_POINT!r}, loginUtilisateur={login!r}, autorisationClient=True))",
        "",
    ]
    folder = shlex.quote(str(data_dir.resolve()))
    return PremierAppel(
        f"sge-sim acteurs mot-de-passe {shlex.quote(login)} --data-dir {folder}"
        if basic_auth
        else "",
        curl_command(url, first_request(login), acces, secret),
        "\n".join(program),
    )


@dataclass(frozen=True)
class Moyens(MoyensTls):
    """The files that an exchange is made again with.

    `own`: the certificate is the one that the exchange was made with.
    """

    own: bool


def moyens_for(data_dir: Path, empreinte: str | None) -> Moyens:
    """Return the means to make an exchange again.

    `empreinte` is the fingerprint of the certificate that it came with. The simulator has the keys
    of the default actors alone: another actor's exchange is made again as the default tiers.
    """
    from sge_sim.pki.inspection import fingerprint_of_file

    pki = data_dir.resolve() / "pki"
    chains = sorted((pki / "clients").glob("*/chain.pem"))
    own = next((chain for chain in chains if fingerprint_of_file(chain) == empreinte), None)
    folder = pki / "clients" / "tiers" if own is None else own.parent
    return Moyens(
        folder / "chain.pem",
        folder / "key.pem",
        pki / "server" / "authority.pem",
        own=own is not None,
    )
