"""An inspection as French text for the command line, and as values for a script."""

from collections.abc import Iterable, Iterator
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from cryptography.hazmat.primitives.serialization import Encoding

from sge_sim.domaine.nomenclatures import in_french
from sge_sim.pki.authorities import Authority
from sge_sim.pki.certificates import domain_names, fingerprint, key_text, list_names, name_text
from sge_sim.pki.deadlines import RENEWAL_NOTICE, in_legal_time, rotation_warning, situation_at
from sge_sim.pki.inspection import Inspection
from sge_sim.pki.policy import Verdict


def render_inspection(inspection: Inspection) -> str:
    """Return the inspection as text: the files, the certificate, the verdicts, the deadlines."""
    certificate = inspection.certificate
    start, end = _french(certificate.not_valid_before_utc), _french(inspection.expiry)
    lines = ["Fichiers"]
    for file in inspection.files:
        lines += [f"  {file.path} : {content}" for content in file.contents]
    lines += [
        "",
        "Certificat",
        f"  sujet      {name_text(certificate.subject)}",
        f"  noms       {list_names(domain_names(certificate)) or 'aucun nom de domaine'}",
        f"  émetteur   {name_text(certificate.issuer)}",
        f"  validité   du {start} au {end}",
        f"  clé        {key_text(certificate)}, {_KEY[inspection.key_matches]}",
        f"  numéro     {certificate.serial_number:x}",
        f"  empreinte  {fingerprint(certificate.public_bytes(Encoding.DER))}",
        "",
        *_verdicts(inspection),
        _judged_at(inspection),
        "",
        *_renewal(inspection),
    ]
    return "\n".join([*lines, *inspection.advice])


def describe_inspection(inspection: Inspection) -> dict[str, Any]:
    """Return the inspection as values ready for JSON; instants are in legal time."""
    certificate = inspection.certificate
    return {
        "accepte": inspection.accepted,
        "sujet": name_text(certificate.subject),
        "noms": [*domain_names(certificate)],
        "emetteur": name_text(certificate.issuer),
        "debut": in_legal_time(certificate.not_valid_before_utc),
        "fin": inspection.expiry,
        "numero": f"{certificate.serial_number:x}",
        "empreinte": fingerprint(certificate.public_bytes(Encoding.DER)),
        "cle_du_certificat": inspection.key_matches,
        "alerte_tls": inspection.alert,
        "verdicts": describe_verdicts(inspection.verdicts),
        "juge_le": in_legal_time(inspection.now),
        "renouveler_avant": inspection.renewal_deadline if inspection.serves_production else None,
        "conseils": inspection.advice,
    }


def describe_verdicts(verdicts: Iterable[Verdict]) -> list[dict[str, Any]]:
    """Return the verdicts as values ready for JSON."""
    return [
        {
            "environnement": verdict.environment,
            "accepte": verdict.accepted,
            "raisons": [
                {
                    "code": refusal.rule.code,
                    "constat": refusal.constat,
                    "remede": refusal.rule.remede,
                }
                for refusal in verdict.reasons
            ],
        }
        for verdict in verdicts
    ]


def describe_authority(authority: Authority, jour: date) -> dict[str, Any]:
    """Return an authority of the list on a legal day, as values ready for JSON."""
    signed = situation_at(authority, jour)
    return {
        "le": jour,
        "signe": None if signed is None else asdict(signed),
        "nom_court": authority.slug,
        "nom": authority.name,
        "admise_en": sorted(authority.environments),
        "delivree_par": authority.issued_today_by,
        "client_auth": authority.grants_client_authentication,
        "source": authority.source,
        "provenance": authority.provenance,
    }


def _verdicts(inspection: Inspection) -> Iterator[str]:
    """Yield the verdicts; that of a certificate which can't be presented isn't « accepté »."""
    if inspection.key_matches is False:
        yield (
            "Clé refusée : la clé privée donnée n'est pas celle du certificat, qu'aucun client ne "
            "peut présenter avec elle. Retrouver la clé de la demande de certificat."
        )
    if inspection.alert is not None:
        yield f"Certificat refusé par une alerte TLS : {inspection.alert}."
    for verdict in inspection.verdicts:
        if inspection.presentable or not verdict.accepted:
            yield verdict.explain()


def _judged_at(inspection: Inspection) -> str:
    if inspection.on_day:
        rules = dict.fromkeys(
            f"{reason.rule.code} : {reason.rule.source} ({in_french(reason.rule.provenance)})"
            for verdict in inspection.verdicts
            for reason in verdict.reasons
        )
        sources = f" Sources : {' ; '.join(rules)}." if rules else ""
        return f"Jugé comme au {_french(inspection.now)}.{sources}"
    return (
        f"Jugé à l'heure de cette machine, {_french(inspection.now)} : l'horloge simulée ne compte "
        "pas."
    )


def _renewal(inspection: Inspection) -> Iterator[str]:
    if not inspection.serves_production:
        end = rotation_warning(inspection.expiry, inspection.now, by_ticket=False)
        if end is not None:
            yield f"Attention : {end[0].lower()}{end[1:]}."
        return
    yield (
        "Renouvellement : en production, déposer le nouveau certificat au plus tard le "
        f"{inspection.renewal_deadline:%d/%m/%Y} ({RENEWAL_NOTICE} jours ouvrés avant cette fin)."
    )
    if inspection.renewal_due:
        yield "Attention : cette date est atteinte ou passée, renouveler sans attendre."


_KEY = {
    True: "la clé privée donnée est la sienne",
    False: "la clé privée donnée n'est pas la sienne",
    None: "aucune clé privée donnée",
}


def _french(instant: datetime) -> str:
    return f"{in_legal_time(instant):%d/%m/%Y %H:%M}"
