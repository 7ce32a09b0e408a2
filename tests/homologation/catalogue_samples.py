"""A small catalogue, and an answer that cases borrow from."""

RELEASE = """\
release: sge-1.0
reference: 2020-06-01
dates_originales: {du: 2020-06-01, au: 2020-12-31}
packages: [consultation]
resume: Une version d'essai.
"""

CONSULTATION = """\
package: consultation
cas:
  ADP-R1:
    titre: Un titre
    signification: Un sens.
    service: ConsultationDonneesTechniquesContractuelles
    version: "1.0"
    objet: ADP
    etat_du_point: En service
    accord: "oui"
    requete: {pointId: "{prm}", loginUtilisateur: "{login}", autorisationClient: true}
    executions:
      C1-C4: {prm: "98800007059999"}
      C5: {prm: "25946599093143"}
    attendu:
      succes: [{chemin: point/@id, egal: "{prm}"}]
    provenance: documented
    source: Catalogue
"""

SERVICE = {"pointId": "25884515170669", "serviceSouscritId": "64697749", "etatCode": "ACTIF"}
SERVICES_SOUSCRITS = {
    "servicesSouscritsMesures": {
        "serviceSouscritMesures": [{**SERVICE, "serviceSouscritType": {"code": "TRANSREC"}}]
    }
}
ACCES_COMMANDE = {
    "affaires": {"affaire": [{"serviceSouscritMesures": {"serviceSouscritId": "64697749"}}]}
}
