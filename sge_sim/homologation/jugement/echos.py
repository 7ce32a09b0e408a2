"""What an answer must repeat of the request: login, point, period, services, commune.

The header of a success gives the first two, beside its result.
"""

from collections import Counter
from collections.abc import Iterator
from typing import Final

from sge_sim.homologation.jugement import paths
from sge_sim.homologation.jugement.controle import Controles, others
from sge_sim.homologation.jugement.evaluation import same_libelle
from sge_sim.homologation.jugement.reponse import ReponseJugee, code_of, text_of, texts_of
from sge_sim.soap.codes import LIBELLES_CODES

_SUCCES: Final = "SGT200"
_RECORDED: Final = "réponses enregistrées en production, 2022 et 2023"


PRESENCE: Final = Controles()


@PRESENCE.documented(
    "un acquittement SGT200 accompagne la réponse", "GUI 0466 §2.5 ; WSDL du service"
)
def acquittement_present(reponse: ReponseJugee) -> Iterator[str]:
    if reponse.acquittement is None:
        yield "aucun acquittement dans l'en-tête"
        return
    code = code_of(reponse.acquittement, "resultat")
    if code != _SUCCES:
        yield f"l'acquittement porte {code or 'un code vide'}"


ACQUITTEMENT: Final = Controles()
"""Made of an acquittement that is there."""


@ACQUITTEMENT.documented("l'acquittement porte le libellé de son code", "AX.0466")
def libelle_de_l_acquittement(reponse: ReponseJugee) -> Iterator[str]:
    libelle = text_of(reponse.acquittement, "resultat") or ""
    if not same_libelle(libelle, LIBELLES_CODES[_SUCCES]):
        yield f"libellé « {libelle} » au lieu de « {LIBELLES_CODES[_SUCCES]} »"


@ACQUITTEMENT.observed("l'acquittement nomme le point demandé", _RECORDED)
def point_acquitte(reponse: ReponseJugee) -> Iterator[str]:
    if len(reponse.prms) == 1 and not texts_of(reponse.acquittement, "infoFonctionnelles/pointId"):
        yield "l'acquittement ne nomme aucun point"


@ACQUITTEMENT.documented(
    "l'acquittement ne nomme que le point demandé", "GUI 0466 §2.4 : l'en-tête est rappelé"
)
def aucun_autre_point_acquitte(reponse: ReponseJugee) -> Iterator[str]:
    found = texts_of(reponse.acquittement, "infoFonctionnelles/pointId")
    return others(found, reponse.prms, "l'acquittement nomme le point {}")


@ACQUITTEMENT.observed("l'acquittement rappelle le login de la demande", _RECORDED)
def login_acquitte(reponse: ReponseJugee) -> Iterator[str]:
    found = texts_of(reponse.acquittement, "infoDemandeur/loginDemandeur")
    return others(found, {reponse.login}, "l'acquittement porte le login {}")


@ACQUITTEMENT.assumed(
    "l'acquittement dit de qui vient la demande", "vu quand la demande a un en-tête, supposé sans"
)
def login_present(reponse: ReponseJugee) -> Iterator[str]:
    if not texts_of(reponse.acquittement, "infoDemandeur/loginDemandeur"):
        yield "l'acquittement n'a pas de login"


@ACQUITTEMENT.observed(
    "l'acquittement ne porte d'affaire que celle de la réponse", f"{_RECORDED} ; GUI 0469"
)
def affaire_acquittee(reponse: ReponseJugee) -> Iterator[str]:
    found = texts_of(reponse.acquittement, "infoFonctionnelles/affaireId")
    phrase = "l'acquittement porte l'affaire {}, que la réponse ne donne pas"
    return others(found, reponse.affaires, phrase)


@ACQUITTEMENT.assumed(
    "l'acquittement d'une commande rappelle son affaire",
    "réponses enregistrées de CommandeCollectePublicationMesures",
)
def affaire_rappelee(reponse: ReponseJugee) -> Iterator[str]:
    """Where an order of the fifth dictionary opens one affaire, the acquittement repeats it."""
    if reponse.service.needs_header:
        return
    affaires = texts_of(reponse.acquittement, "infoFonctionnelles/affaireId")
    if len(texts_of(reponse.corps, ".//affaireId")) == 1 and not affaires:
        yield "l'acquittement ne rappelle pas l'affaire"


_LARGE: Final = " CEDEX"
_SERVICES: Final = {
    paths.ASAD: "servicesResilies/serviceResilie/serviceSouscritId",
    paths.RSAD: "servicesRenouveles/serviceRenouvele/serviceSouscritId",
    paths.MOSAD: "servicesModifies/serviceSouscritId/serviceSouscritId",
}


ECHOS: Final = Controles()


@ECHOS.documented(
    "la réponse est celle du point demandé",
    "GUI 0464 §4, GUI 0488 §5.2, GUI 0497 §3.2, GUI 0475 §4, GUI 0537",
    services={paths.ADP, *paths.DETAILLEES, *paths.LISTES},
)
def point_demande(reponse: ReponseJugee) -> Iterator[str]:
    corps = reponse.corps
    answered = [each.get("id", "") for each in corps.iterfind("point")]
    answered += texts_of(corps, "pointId") + texts_of(corps, "*/*/pointId")
    return others(answered, reponse.prms, "la réponse porte sur le point {}")


@ECHOS.documented(
    "la réponse dit son point et sa période, qui sont ceux de la demande",
    "GUI 0488 §5.2, GUI 0497 §3.2 ; réponses enregistrées",
    services=paths.DETAILLEES,
)
def periode_demandee(reponse: ReponseJugee) -> Iterator[str]:
    corps = reponse.corps
    if len(corps) == 0:
        return
    for name in ("pointId", "periode"):
        if corps.find(name) is None:
            yield f"{name} est absent"
    for name in ("dateDebut", "dateFin"):
        found, asked = text_of(corps, f"periode/{name}"), reponse.demande_une(name)
        if found is not None and found[:10] != (asked or "")[:10]:
            yield f"{name} vaut {found}, demandé {asked}"


@ECHOS.documented(
    "les services de la réponse sont ceux de la demande",
    "GUI 0531 §1.3 : tout ou rien",
    services=_SERVICES,
)
def services_demandes(reponse: ReponseJugee) -> Iterator[str]:
    answered = Counter(texts_of(reponse.corps, _SERVICES[reponse.contrat.path]))
    asked = Counter(dict.fromkeys(reponse.demandes("serviceSouscritId"), 1))
    for service, times in answered.items():
        if service not in asked:
            yield f"service {service}, qui n'était pas demandé"
        elif times > 1:
            yield f"service {service} rendu {times} fois"
    for service in asked - answered:
        yield f"service {service} demandé, absent de la réponse"


@ECHOS.documented(
    "il y a une affaire par type de données demandé", "GUI 0531 §2.3.4", services={paths.SAD}
)
def types_commandes(reponse: ReponseJugee) -> Iterator[str]:
    path = "affaires/affaire/serviceSouscritMesures/mesuresTypeCode"
    answered = Counter(texts_of(reponse.corps, path))
    asked = Counter(reponse.demandes("typeDonnees"))
    for kind in answered - asked:
        yield f"une affaire pour {kind} de trop"
    for kind in asked - answered:
        yield f"aucune affaire pour {kind}"


@ECHOS.documented(
    "les services listés sont ceux du contrat demandé",
    "GUI 0475 §1, GUI 0537 §1 : les services du demandeur",
    services=paths.LISTES,
)
def contrat_demande(reponse: ReponseJugee) -> Iterator[str]:
    found = texts_of(reponse.corps, "*/*/contratId")
    return others(found, reponse.demandes("contratId"), "service du contrat {}")


@ECHOS.documented(
    "les points trouvés sont de la commune demandée",
    "GUI 0427 §3 ; AFNOR XP Z10-011 (ligne 6)",
    services={paths.RECHERCHE_POINT},
)
def commune_demandee(reponse: ReponseJugee) -> Iterator[str]:
    """The sixth line begins with the postal code that was asked for; CEDEX has one of its own."""
    asked = reponse.demande_une("codePostal")
    if asked is None:
        return
    for line in texts_of(reponse.corps, "points/point/adresseInstallationNormalisee/ligne6"):
        same = line.startswith(f"{asked} ") or (_LARGE in line and line[:2] == asked[:2])
        if not same:
            yield f"« {line} » pour le code postal {asked}"


@ECHOS.documented(
    "les points trouvés sont d'une seule commune",
    "GUI 0427 §2.1 : le code postal et le code INSEE désignent une commune",
    services={paths.RECHERCHE_POINT},
)
def une_seule_commune(reponse: ReponseJugee) -> Iterator[str]:
    """Of one postal code and one INSEE code all the points have the same town."""
    if reponse.demande_une("codeInseeCommune") is None:
        return
    path = "points/point/adresseInstallationNormalisee/ligne6"
    towns = Counter(each for each in texts_of(reponse.corps, path) if _LARGE not in each)
    for town in list(towns)[1:]:
        yield f"« {town} » à côté de « {next(iter(towns))} »"


@ECHOS.documented(
    "hors périmètre, les points trouvés sont à l'adresse exacte",
    "GUI 0427 §3.2",
    services={paths.RECHERCHE_POINT},
)
def adresse_exacte(reponse: ReponseJugee) -> Iterator[str]:
    asked = reponse.demande_une("numeroEtNomVoie")
    if asked is None or not reponse.accepte("rechercheHorsPerimetre"):
        return
    lines = reponse.corps.iterfind("points/point/adresseInstallationNormalisee")
    for line in (text_of(each, "ligne4") or "" for each in lines):
        if " ".join(line.upper().split()) != " ".join(asked.upper().split()):
            yield f"« {line} » pour « {asked} »"


@ECHOS.documented(
    "des mesures sont brutes ou corrigées, comme demandé",
    "GUI 0488 §5.2, GUI 0497 §3.2",
    services=paths.DETAILLEES,
)
def brut_ou_corrige(reponse: ReponseJugee) -> Iterator[str]:
    """Measures are BRUT or BEST as asked; of a small point, always BRUT; an index doesn't tell."""
    corps = reponse.corps
    if len(corps) == 0:
        return
    answered, kind = text_of(corps, "mesuresCorrigees"), reponse.mesures
    if kind == "INDEX":
        if answered is not None:
            yield f"mesuresCorrigees vaut {answered} pour des index"
        return
    asked = reponse.accepte("mesuresCorrigees")
    corrected = asked and kind == "COURBE" and not reponse.petit
    wanted = ["BEST"] if corrected else ["BRUT"]
    if corrected and reponse.demande_une("grandeurPhysique") not in ("PA", "TOUT"):
        wanted = ["BEST", "BRUT"]  # whether others than active curves are corrected isn't said
    if answered not in wanted:
        yield f"mesuresCorrigees vaut {answered or 'rien'}, attendu {' ou '.join(wanted)}"
