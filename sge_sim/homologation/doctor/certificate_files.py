"""The doctor's look at the certificate and the key, before any connection is tried."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from sge_sim.errors import UsageError
from sge_sim.homologation.doctor.diagnosis import Diagnostic
from sge_sim.pki.certificates import name_text
from sge_sim.pki.chains import Chain
from sge_sim.pki.inspection import Inspection, inspect_files
from sge_sim.pki.material import read_material
from sge_sim.pki.policy import Policy


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
    due = inspection.renewal_due and inspection.serves_production
    if due and not any(v.reasons for v in inspection.verdicts):
        yield Diagnostic(
            "renouvellement",
            f"Le certificat finit le {inspection.expiry:%d/%m/%Y} : s'il sert en production, son "
            f"remplaçant était à déposer au plus tard le {inspection.renewal_deadline:%d/%m/%Y}.",
            "Déposer le nouveau certificat par ticket.",
            "conseil",
        )


def _missing_intermediates(
    inspection: Inspection, policy: Policy, cert: Path
) -> Iterator[Diagnostic]:
    presented = read_material(cert).certificates
    chain = policy.trust.chain_of(inspection.certificate, presented)
    if not isinstance(chain, Chain):
        return
    for one in chain.intermediates:
        if one not in presented:
            yield Diagnostic(
                "intermediaire_absent",
                f"L'intermédiaire « {name_text(one.subject)} » n'est pas dans {cert} : le serveur "
                "ne peut pas remonter à la racine.",
                "L'ajouter à la suite du certificat, dans le même fichier.",
            )
