"""The client's authorisation that an order declares: recorded, and audited afterwards.

SGE checks nothing when it is declared; Enedis audits the actors (FAQ). The checks below are what
such an audit can see from here; none of them ever refuses a call.
"""

from dataclasses import dataclass
from datetime import date

from sge_sim.clock import legal_date
from sge_sim.domaine.francais import normalise
from sge_sim.tables.commandes import Affaire, AutorisationClient


@dataclass(frozen=True)
class Declaration:
    """Who is said to have agreed, and for which directions; both empty where nobody is named."""

    personne_physique: bool | None
    nom: str | None
    soutirage: bool
    injection: bool


@dataclass(frozen=True)
class Controle:
    """One criterion of a valid authorisation, and whether the declaration meets it."""

    critere: str
    respecte: bool
    constat: str


def declared(
    affaire: Affaire, declaration: Declaration, *, date_debut: date, date_fin: date | None
) -> AutorisationClient:
    """Return what is kept of a declaration that came with the order of `affaire`.

    It opens what the case tells; the two dates bound it, without end for a service without end.
    """
    return AutorisationClient(
        acteur_code=affaire.acteur_code,
        affaire_id=affaire.affaire_id,
        prm=affaire.prm,
        personne_physique=declaration.personne_physique,
        nom=declaration.nom,
        portee=f"{affaire.fiche} {affaire.demande}",
        soutirage=declaration.soutirage,
        injection=declaration.injection,
        declared_at=affaire.opened_at,
        date_debut=date_debut,
        date_fin=date_fin,
    )


def audit(autorisation: AutorisationClient) -> list[Controle]:
    """Check a declaration by the criteria of the FAQ, on the point as it is today."""
    return [_named(autorisation), _natural_person(autorisation), *_dates(autorisation)]


def _named(autorisation: AutorisationClient) -> Controle:
    nom, connu = autorisation.nom, autorisation.point.nom_client_final
    if nom is None:
        return Controle("client désigné", False, "la déclaration ne désigne personne")
    same = connu is not None and normalise(nom) == normalise(connu)
    verb = "est" if same else "n'est pas"
    return Controle("client désigné", same, f"« {nom} » {verb} le client connu sur le point")


def _natural_person(autorisation: AutorisationClient) -> Controle:
    """The consent to fine data of a home is that of a person, not of a company."""
    residential = autorisation.point.categorie_client_final == "RES"
    suits = not residential or autorisation.personne_physique is True
    kind = "résidentiel" if residential else "professionnel"
    declared = {True: "personne physique", False: "personne morale", None: "personne non dite"}
    return Controle(
        "consentement de la personne",
        suits,
        f"client {kind}, déclaration : {declared[autorisation.personne_physique]}",
    )


def _dates(autorisation: AutorisationClient) -> list[Controle]:
    mise_en_service = autorisation.point.date_mise_en_service
    declared = legal_date(autorisation.declared_at)
    until = autorisation.date_fin
    return [
        Controle(
            "date d'émission",
            mise_en_service is None or declared >= mise_en_service,
            f"déclarée le {declared}, point mis en service le {mise_en_service or '-'}",
        ),
        Controle(
            "durée de validité",
            until is None or until >= autorisation.date_debut,
            f"du {autorisation.date_debut} au {until}"
            if until is not None
            else f"du {autorisation.date_debut}, pour la durée du service",
        ),
    ]
