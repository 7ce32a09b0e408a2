"""The certificate policy: the list of what is checked, each check with its source.

Each is a rule (`sge_sim.refus`) that says in French what is wrong with a certificate. All of them
are checked: a tester reads every fault at once. `CERTIFICATE_CHECKS` need the certificate
alone, so their outcome is kept; those of `request_rules` run on each request.

What Enedis publishes is the list of authorities, the refusal of wildcards, and that an actor hands
in its certificate (FAQ). How the platform verifies the rest isn't published: those checks are what
mutual TLS does everywhere.
"""

from dataclasses import dataclass
from datetime import date

from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID

from sge_sim.domaine.nomenclatures import Environment
from sge_sim.pki.authorities import Authority, AuthorityList
from sge_sim.pki.certificates import (
    common_names,
    domain_names,
    extension,
    is_authority,
    key_is_weak,
    key_serves_tls,
    key_text,
    list_names,
    name_text,
    signature_is_weak,
    spoilt_names,
)
from sge_sim.pki.chains import BrokenChain, Chain, ChainDefect
from sge_sim.pki.deadlines import is_strict
from sge_sim.refus import Control, rule
from sge_sim.settings import VerifieEku


@dataclass(frozen=True)
class Candidate:
    """A certificate about to be judged for an environment, and what was verified about it.

    Either `chain` leads to a trusted root, or `broken` says where the search ended; `authority`
    is `None` when there is no chain, or when its issuer isn't on the list.
    """

    certificate: x509.Certificate
    environment: Environment
    authorities: AuthorityList
    chain: Chain | None
    broken: BrokenChain | None
    authority: Authority | None
    www_counts_as_same: bool = False
    verifie_eku: VerifieEku = VerifieEku.AUTO
    jour: date = date.min

    @property
    def allowed_uses(self) -> frozenset[x509.ObjectIdentifier] | None:
        """The extended key uses of which a certificate has one, if it states any; None: whatever.

        Of an authority that no longer granted clientAuth as it signed, serverAuth alone will do,
        until its day has come (`is_strict`).
        """
        if self.verifie_eku is VerifieEku.TOLERANT:
            return None
        authority = self.authority
        known = authority.client_auth if authority else None
        strict = is_strict(self.verifie_eku, self.jour, chrome=known is not None and known.chrome)
        if authority is None or strict:
            return frozenset({ExtendedKeyUsageOID.CLIENT_AUTH})
        signed = self.certificate.not_valid_before_utc.date()
        if authority.grants_on(signed):
            return frozenset({ExtendedKeyUsageOID.CLIENT_AUTH})
        return frozenset({ExtendedKeyUsageOID.CLIENT_AUTH, ExtendedKeyUsageOID.SERVER_AUTH})


@rule(
    "chaine",
    remede="un certificat d'une autorité admise, suivi de ses intermédiaires",
    source="RFC 5280 §6",
    provenance="assumed",
)
def chaine_jusqu_a_une_racine_admise(candidate: Candidate) -> bool | str:
    """Signatures lead from the certificate to a trusted root; an issuer's name proves nothing."""
    if candidate.broken is None:
        return True
    issuer = name_text(candidate.broken.certificate.issuer)
    match candidate.broken.defect:
        case ChainDefect.UNKNOWN_ISSUER:
            return f"l'émetteur « {issuer} » n'est ni présenté ni connu"
        case ChainDefect.SELF_SIGNED:
            return "le certificat est auto-signé"
        case ChainDefect.FORGED_ISSUER:
            return (
                f"l'émetteur « {issuer} » porte le nom d'une autorité connue, mais la signature "
                "n'est pas de cette autorité"
            )
        case ChainDefect.ISSUER_IS_NOT_AUTHORITY:
            return f"« {issuer} » a signé un certificat sans être une autorité"
        case ChainDefect.PATH_TOO_LONG:
            return "la chaîne compte plus d'intermédiaires que son autorité ne le permet"


@rule(
    "autorite_hors_liste",
    remede="un certificat de l'une des autorités admises",
    source="FAQ",
    provenance="documented",
)
def autorite_de_la_liste(candidate: Candidate) -> bool | str:
    """The verified issuer is an authority of the list."""
    if candidate.chain is None or candidate.authority is not None:
        return True
    admitted = candidate.authorities.names(candidate.environment)
    issuer = name_text(candidate.chain.issuer.subject)
    return f"l'autorité « {issuer} » n'est pas admise ; le sont : {admitted}"


@rule(
    "autorite_hors_environnement",
    remede="un certificat d'une autorité admise dans cet environnement",
    source="FAQ",
    provenance="documented",
)
def autorite_admise_dans_l_environnement(candidate: Candidate) -> bool | str:
    """The authority is admitted in this environment: Let's Encrypt is in homologation alone."""
    authority = candidate.authority
    if authority is None or candidate.environment in authority.environments:
        return True
    elsewhere = ", ".join(sorted(authority.environments)) or "aucun environnement"
    return f"l'autorité {authority.name} n'est admise qu'en {elsewhere}"


@rule(
    "nom_generique",
    remede="un certificat pour un nom de domaine exact, sans astérisque",
    source="FAQ",
    provenance="documented",
)
def nom_exact(candidate: Candidate) -> bool | str:
    """No wildcard, neither as common name nor among the alternative names."""
    certificate = candidate.certificate
    names = domain_names(certificate) | set(common_names(certificate))
    wildcards = [name for name in names if "*" in name]
    return f"nom générique (wildcard) : {list_names(wildcards)}" if wildcards else True


@rule(
    "plusieurs_noms",
    remede="un certificat pour un seul nom de domaine",
    source="FAQ",
    provenance="documented",
)
def un_seul_nom_de_domaine(candidate: Candidate) -> bool | str:
    """One domain name; whether `www.` and the bare name are one is a setting (assumed: no)."""
    names = domain_names(candidate.certificate)
    distinct = names
    if candidate.www_counts_as_same:
        distinct = frozenset(name.removeprefix("www.") for name in names)
    if len(distinct) <= 1:
        return True
    return f"certificat multi-domaine : {list_names(names)}"


@rule(
    "nom_illisible",
    remede="un certificat pour un nom de domaine en lettres sans accent (xn--… sinon), chiffres, "
    "points et tirets",
    source="RFC 5280 §4.2.1.6",
    provenance="assumed",
)
def noms_lisibles(candidate: Candidate) -> bool | str:
    """No name holds what a domain name can't, such as a NUL that hides its end."""
    spoilt = spoilt_names(candidate.certificate)
    return f"nom de domaine illisible : {list_names(spoilt)}" if spoilt else True


@rule(
    "usage_client",
    remede="un certificat d'authentification client (clientAuth)",
    source="RFC 5280 §4.2.1.12",
    provenance="assumed",
)
def usage_client_permis(candidate: Candidate) -> bool | str:
    """Key use and extended key use, where stated, allow a client to authenticate."""
    usage = extension(candidate.certificate, x509.KeyUsage)
    if usage is not None and not usage.digital_signature:
        return "l'usage de clé n'autorise pas la signature (digitalSignature)"
    allowed = candidate.allowed_uses
    if allowed is None:
        return True
    intermediates = candidate.chain.intermediates if candidate.chain else ()
    for certificate in (candidate.certificate, *intermediates):
        extended = extension(certificate, x509.ExtendedKeyUsage)
        if extended is not None and not allowed & set(extended):
            return (
                f"l'usage étendu de clé de « {name_text(certificate.subject)} » n'autorise pas "
                "l'authentification client (clientAuth)"
            )
    return True


@rule(
    "cle_faible",
    remede="un certificat pour une clé RSA d'au moins 2048 bits, P-256, P-384 ou Ed25519",
    source="ANSSI RGS B1",
    provenance="assumed",
)
def cle_forte(candidate: Candidate) -> bool | str:
    """RSA of 2048 bits or more, curves of 256 bits or more, Ed25519, all along the chain."""
    for certificate in _chain_or_leaf(candidate):
        if key_is_weak(certificate):
            return f"clé faible de « {name_text(certificate.subject)} » : {key_text(certificate)}"
    return True


@rule(
    "courbe_hors_tls",
    remede="un certificat pour une clé P-256, P-384, P-521, RSA ou Ed25519",
    source="RFC 8446 §4.2.3",
    provenance="assumed",
)
def cle_utilisable_en_tls(candidate: Candidate) -> bool | str:
    """TLS knows how to verify what the key signs."""
    certificate = candidate.certificate
    if key_is_weak(certificate) or key_serves_tls(certificate):
        return True
    return f"TLS ne se sert pas de cette clé : {key_text(certificate)}"


@rule(
    "signature_faible",
    remede="un certificat signé avec SHA-256 ou mieux",
    source="ANSSI RGS B1",
    provenance="assumed",
)
def signature_forte(candidate: Candidate) -> bool | str:
    """Neither MD5 nor SHA-1 below the root, whose own signature proves nothing."""
    intermediates = candidate.chain.intermediates if candidate.chain else ()
    for certificate in (candidate.certificate, *intermediates):
        if signature_is_weak(certificate):
            digest = certificate.signature_hash_algorithm
            named = digest.name.upper() if digest else ""
            return f"signature faible de « {name_text(certificate.subject)} » : {named}"
    return True


@rule(
    "certificat_autorite",
    remede="le certificat de l'acteur, non celui d'une autorité",
    source="RFC 5280 §4.2.1.9",
    provenance="assumed",
)
def certificat_d_acteur(candidate: Candidate) -> bool | str:
    """The certificate of an actor isn't an authority's (CA flag)."""
    if is_authority(candidate.certificate):
        return "le certificat présenté est celui d'une autorité (CA:TRUE)"
    return True


CERTIFICATE_CHECKS: tuple[Control[Candidate], ...] = (
    chaine_jusqu_a_une_racine_admise,
    autorite_de_la_liste,
    autorite_admise_dans_l_environnement,
    nom_exact,
    un_seul_nom_de_domaine,
    noms_lisibles,
    usage_client_permis,
    cle_forte,
    cle_utilisable_en_tls,
    signature_forte,
    certificat_d_acteur,
)


def _chain_or_leaf(candidate: Candidate) -> tuple[x509.Certificate, ...]:
    if candidate.chain is None:
        return (candidate.certificate,)
    return (candidate.certificate, *candidate.chain.authorities)
