"""`sge-sim doctor`: why calls fail, found before Enedis' support is asked.

The checks go from this machine (certificate and key, login and contract) to the server; each is
made only if those before it allow. SGE knows the actor from the certificate, and checks that the
login and the contract of the message belong to it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from sqlalchemy.orm import Session

from sge_sim.clock import legal_date
from sge_sim.domaine.nomenclatures import Environment
from sge_sim.door.certificats import CertificateRegister
from sge_sim.errors import UsageError
from sge_sim.facts.database import Database
from sge_sim.facts.stored_clock import StoredClock
from sge_sim.homologation.client.sender import Marqueur
from sge_sim.homologation.doctor import Diagnostic
from sge_sim.homologation.doctor.network import NOT_PRESENTABLE, Client, examine_server, examine_url
from sge_sim.pki.authorities import load_authorities
from sge_sim.pki.certificates import name_text
from sge_sim.pki.chains import Chain
from sge_sim.pki.inspection import Inspection, inspect_files
from sge_sim.pki.material import read_material
from sge_sim.pki.policy import Policy
from sge_sim.pki.trust import load_trust, open_pki
from sge_sim.schema.data_folder import open_database
from sge_sim.services.registry import BY_PATH, SERVICES
from sge_sim.services.service import Service
from sge_sim.tables.acteurs import Contrat, Utilisateur, find_contrat, find_utilisateur


def examine_files(cert: Path, key: Path, policy: Policy, now: datetime) -> Iterator[Diagnostic]:
    """Yield what is wrong with the two PEM files of an actor.

    `policy` is that of the environment; `now` is the machine's time, aware.
    """
    try:
        in_cert, in_key = read_material(cert), read_material(key)
    except UsageError as error:
        yield Diagnostic("illisible", str(error), "Donner deux fichiers PEM.")
        return
    if not in_cert.certificates and not in_key.keys and in_cert.keys and in_key.certificates:
        yield Diagnostic(
            "fichiers_echanges",
            f"{cert} contient la clé et {key} le certificat.",
            "Les donner dans l'autre ordre.",
        )
        return
    if not in_cert.certificates:
        yield Diagnostic(
            "sans_certificat", f"{cert} ne contient aucun certificat.", "Donner le certificat."
        )
        return
    if not in_key.keys:
        yield Diagnostic("sans_cle", f"{key} ne contient aucune clé privée.", "Donner la clé.")
        return
    try:
        inspection = inspect_files([cert, key], [policy], now)
    except UsageError as error:
        yield Diagnostic("fichiers_ambigus", str(error), "Ne garder que ce qui sert.")
        return
    if not inspection.key_matches:
        yield Diagnostic(
            "cle_d_un_autre",
            f"La clé de {key} n'est pas celle du certificat « "
            f"{name_text(inspection.certificate.subject)} ».",
            "Retrouver la clé avec laquelle ce certificat a été demandé.",
        )
    if in_cert.certificates[0] != inspection.certificate:
        yield Diagnostic(
            "ordre_des_certificats",
            f"{cert} ne commence pas par le certificat de l'acteur.",
            "Mettre le certificat de l'acteur en tête, puis ses intermédiaires.",
        )
    yield from _missing_intermediates(inspection, policy, cert)
    for verdict in inspection.verdicts:
        for refusal in verdict.reasons:
            yield Diagnostic(
                refusal.rule.code,
                f"Certificat refusé en {verdict.environment} : {refusal.constat}.",
                f"Il faudrait {refusal.rule.remede}.",
            )
    if inspection.renewal_due and not any(v.reasons for v in inspection.verdicts):
        constat = f"Le certificat finit le {inspection.expiry:%d/%m/%Y}"
        remede = "En enregistrer un nouveau avant ce jour."
        if inspection.serves_production:
            constat += (
                " : s'il sert en production, son remplaçant était à déposer au plus tard le "
                f"{inspection.renewal_deadline:%d/%m/%Y}"
            )
            remede = "Déposer le nouveau certificat par ticket."
        yield Diagnostic("renouvellement", f"{constat}.", remede, "conseil")


def _missing_intermediates(
    inspection: Inspection, policy: Policy, cert: Path
) -> Iterator[Diagnostic]:
    presented = read_material(cert).certificates
    chain = policy.trust.chain_of(inspection.certificate, presented)
    if not isinstance(chain, Chain):
        return
    for absent in chain.intermediates:
        if absent not in presented:
            yield Diagnostic(
                "intermediaire_absent",
                f"L'intermédiaire « {name_text(absent.subject)} » n'est pas dans {cert} : le "
                "serveur ne peut pas remonter à la racine.",
                "L'ajouter à la suite du certificat, dans le même fichier.",
            )


# The contract's AdresseEmailType: the dot before the last label stands for any character.
_LOGIN: Final = re.compile(
    r"[0-9a-zA-Z][\-._0-9a-zA-Z]{0,255}@[0-9a-zA-Z][\-._0-9a-zA-Z]{1,255}.[a-zA-Z]{2,63}"
)
_ENDING: Final = re.compile(r"\.[a-zA-Z]{2,63}")
_NOT_IN_A_LOGIN: Final = re.compile(r"[^-._0-9a-zA-Z@]")
_CONTRAT_MAX: Final = 15
_SEE: Final = "sge-sim acteurs list les donne"


@dataclass(frozen=True)
class Identity:
    """The sender that a message names, and the actor of the certificate, if known.

    `url` is the address called: it names the service, whose rights are then looked at.
    """

    login: str | None
    contrat: str | None
    acteur: str | None = None
    url: str | None = None
    environment: Environment = "homologation"


def examine_identity(identity: Identity, database: Database | None) -> Iterator[Diagnostic]:
    """Yield what is wrong with a login and a contract; only their form is known without database.

    Contracts have to run on the simulated day.
    """
    malformed = {
        "login": None if identity.login is None else login_diagnostic(identity.login),
        "contrat": None if identity.contrat is None else _contrat_diagnostic(identity.contrat),
    }
    yield from (each for each in malformed.values() if each is not None)
    if database is None:
        return
    today = legal_date(StoredClock(database).now())
    with database.sessions() as session:
        user = None
        if identity.login is not None and malformed["login"] is None:
            user = find_utilisateur(session, identity.login)
            yield from _examine_user(identity, user)
        if identity.contrat is not None and malformed["contrat"] is None:
            yield from _examine_contrat(identity, user, session, today)


def login_diagnostic(login: str) -> Diagnostic | None:
    """Return why `login` can't be one, None if it may be."""
    well_formed = _LOGIN.fullmatch(login) is not None
    if well_formed and _ENDING.search(login.partition("@")[2]):
        return None
    remede = "Écrire le login du portail SGE ; sinon chaque demande est refusée en SGT562."
    if well_formed:  # as « jean@exemple », which the contract lets through
        remede = "Écrire le login du portail SGE ; sinon il est inconnu (SGT504)."
    return Diagnostic("login", f"« {login} » n'est pas un login SGE : {_why(login)}.", remede)


def _why(login: str) -> str:
    before, _, after = login.partition("@")
    if login.count("@") != 1:
        return "une adresse électronique a un @ et un seul"
    if wrong := _NOT_IN_A_LOGIN.search(login):
        what = "l'espace" if wrong[0].isspace() else f"« {wrong[0]} »"
        return f"{what} n'y est pas admis, mais lettres sans accent, chiffres, point, - et _"
    for part, where in ((before, "avant"), (after, "après")):
        if not part:
            return f"rien n'est écrit {where} le @"
        if not part[0].isalnum():
            return f"« {part[0]} » ne peut pas être le premier caractère {where} le @"
        if len(part) > 256:
            return f"plus de 256 caractères sont écrits {where} le @"
    return "ce qui suit le @ ne finit pas par un point et au moins deux lettres, comme exemple.fr"


def _contrat_diagnostic(contrat: str) -> Diagnostic | None:
    if 1 <= len(contrat) <= _CONTRAT_MAX and contrat.strip() == contrat:
        return None
    return Diagnostic(
        "contrat",
        f"« {contrat} » n'a pas la forme d'un numéro de contrat : 1 à {_CONTRAT_MAX} caractères, "
        "sans espace autour.",
        "Écrire le numéro du contrat GRD-F ou Enedis-Tiers ; sinon SGT562.",
    )


def _examine_user(identity: Identity, user: Utilisateur | None) -> Iterator[Diagnostic]:
    login = identity.login
    if user is None:
        yield Diagnostic(
            "login_inconnu",
            f"Le simulateur n'a pas de login « {login} » (SGT504).",
            f"En prendre un autre ({_SEE}), ou l'ajouter.",
        )
        return
    if identity.acteur not in (None, user.acteur_code):
        yield Diagnostic(
            "login_d_un_autre",
            f"Le login {login} est à l'acteur {user.acteur_code}, le certificat à l'acteur "
            f"{identity.acteur} (SGT502 ; SGT483 ou SGT402 pour une commande).",
            f"Prendre un login de {identity.acteur} ({_SEE}).",
        )
    yield from _examine_rights(identity, user)


def _examine_rights(identity: Identity, user: Utilisateur) -> Iterator[Diagnostic]:
    """Yield which of the services at the address the user or its actor may not call."""
    called = _services_at(identity.url)
    if not user.actif:
        yield Diagnostic(
            "compte_ferme",
            f"Le compte du login {user.login} est fermé (SGT483).",
            f"Prendre un autre login, ou le rouvrir : sge-sim acteurs login {user.acteur_code} "
            f"{user.login}.",
        )
    elif refused := sorted({service.nom for service in called if not user.may_call(service.nom)}):
        yield Diagnostic(
            "login_sans_droit",
            f"Le login {user.login} n'a pas droit à {', '.join(refused)} (SGT483 ; SGT402 pour une "
            "commande).",
            f"Prendre un autre login ({_SEE}), ou lui donner ce droit.",
            "erreur" if len(refused) == len({service.nom for service in called}) else "conseil",
        )
    if identity.environment != "production":
        return
    packages = {service.package: None for service in called}
    missing = [
        package for package in packages if not user.acteur.is_homologated(package, "production")
    ]
    if missing:
        refused = sorted(
            {service.habilitation.code for service in called if service.package in missing}
        )
        yield Diagnostic(
            "acteur_non_homologue",
            f"L'acteur {user.acteur_code} n'est pas habilité en production pour "
            f"{', '.join(missing)} ({' ou '.join(refused)}).",
            f"L'homologuer, ou jouer qu'il l'est : sge-sim acteurs grant {user.acteur_code} "
            f"{missing[0]}.",
            "erreur" if len(missing) == len(packages) else "conseil",
        )


def _examine_contrat(
    identity: Identity, user: Utilisateur | None, session: Session, today: date
) -> Iterator[Diagnostic]:
    number = identity.contrat or ""
    contrat = find_contrat(session, number)
    if contrat is None:
        yield Diagnostic(
            "contrat_inconnu",
            f"Le simulateur n'a pas de contrat « {number} » (SGT471).",
            f"En prendre un autre ({_SEE}), ou l'ajouter.",
        )
        return
    yield from _examine_owner(identity, user, contrat)
    if not contrat.is_active(today):
        runs = f"à partir du {contrat.date_debut:%d/%m/%Y}"
        if contrat.date_fin is not None:
            runs = f"du {contrat.date_debut:%d/%m/%Y} au {contrat.date_fin:%d/%m/%Y}"
        yield Diagnostic(
            "contrat_inactif",
            f"Le contrat {number} ne court pas le {today:%d/%m/%Y}, jour simulé, mais {runs} "
            "(SGT473).",
            f"Prendre un contrat en cours ({_SEE}), ou en changer les dates (acteurs contrat).",
        )


def _examine_owner(
    identity: Identity, user: Utilisateur | None, contrat: Contrat
) -> Iterator[Diagnostic]:
    """Yield whether the contract belongs to another actor than the certificate, else the login."""
    if identity.acteur is not None:
        what, acteur = "le certificat", identity.acteur
    elif user is not None:
        what, acteur = f"le login {user.login}", user.acteur_code
    else:
        return
    if acteur != contrat.acteur_code:
        yield Diagnostic(
            "contrat_d_un_autre",
            f"Le contrat {contrat.contrat_id} est à l'acteur {contrat.acteur_code}, {what} à "
            f"l'acteur {acteur} (SGT472).",
            f"Prendre un contrat de {acteur} ({_SEE}).",
        )


def _services_at(url: str | None) -> tuple[Service, ...]:
    """Return the service that answers at an address; all of them where it names none."""
    try:
        path = urlsplit(url or "").path.rstrip("/")
    except ValueError:
        return SERVICES
    return (BY_PATH[path],) if path in BY_PATH else SERVICES


@dataclass(frozen=True)
class Setup:
    """The set-up of a client; what is None isn't checked.

    `data_dir` is that of the simulator called, whose authorities and register are then used;
    `admin_url` its administration, where it serves.
    """

    cert: Path
    key: Path
    url: str | None = None
    ca: Path | None = None
    login: str | None = None
    contrat: str | None = None
    data_dir: Path | None = None
    admin_url: str | None = None
    environment: Environment = "homologation"


def examine(setup: Setup, now: datetime) -> list[Diagnostic]:
    """Return everything that is wrong with a set-up; `now` is the machine's time, aware.

    Raises `UsageError` for a data directory without a simulator.
    """
    database = None if setup.data_dir is None else open_database(setup.data_dir)
    policy = _policy(setup, database, now)
    files = list(examine_files(setup.cert, setup.key, policy, now))
    acteur = _acteur_of(setup.cert, policy, now)
    identity = Identity(setup.login, setup.contrat, acteur, setup.url, setup.environment)
    found = [*files, *examine_identity(identity, database)]
    if setup.url is not None:
        wrong = list(examine_url(setup.url, frozenset(BY_PATH), now))
        found += wrong
        if not any(each.code in ("https", "adresse_du_wsdl") for each in wrong):
            headers = Marqueur("doctor", setup.admin_url).headers()
            client = Client(setup.cert, setup.key, setup.ca, headers)
            server = examine_server(setup.url, client, now)
            found += [each for each in server if each.code != NOT_PRESENTABLE or not files]
    if database is not None:
        database.dispose()
    return found


def _policy(setup: Setup, database: Database | None, now: datetime) -> Policy:
    if setup.data_dir is None or database is None:
        return Policy(setup.environment, load_trust(load_authorities()))
    trust = open_pki(setup.data_dir, now=now).trust
    return Policy(setup.environment, trust, CertificateRegister(database))


def _acteur_of(cert: Path, policy: Policy, now: datetime) -> str | None:
    """Return the actor for whom the certificate is registered, None if that isn't known."""
    try:
        return inspect_files([cert], [policy], now).verdicts[0].acteur
    except UsageError:
        return None
