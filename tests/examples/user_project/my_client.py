"""A client of SGE as an application has one: it knows nothing of sge-sim."""

from dataclasses import dataclass

import requests
import zeep


@dataclass(frozen=True)
class Sge:
    """Where SGE is and as whom it is called."""

    url: str
    cert: tuple[str, str]
    ca: str
    login: str

    def service(self, name: str, version: str) -> zeep.proxy.ServiceProxy:
        session = requests.Session()
        session.trust_env = False
        session.cert = self.cert
        session.verify = self.ca
        transport = zeep.Transport(session=session)
        return zeep.Client(f"{self.url}/{name}/v{version}?wsdl", transport=transport).service

    def meter_number(self, prm: str) -> str:
        """The number of the meter of a point, with the client's consent."""
        service = self.service("ConsultationDonneesTechniquesContractuelles", "1.0")
        answer = service.consulterDonneesTechniquesContractuelles(
            pointId=prm, loginUtilisateur=self.login, autorisationClient=True
        )
        point = answer["body"]["point"]
        meters = point["situationComptage"]["dispositifComptage"]["compteurs"]["compteur"]
        return meters[0]["matricule"]

    def exists(self, prm: str) -> bool:
        """Whether SGE knows a point."""
        service = self.service("ConsultationDonneesTechniquesContractuelles", "1.0")
        try:
            service.consulterDonneesTechniquesContractuelles(
                pointId=prm, loginUtilisateur=self.login, autorisationClient=False
            )
        except zeep.exceptions.Fault as fault:
            code = fault.detail.find(".//resultat").get("code")
            if code == "SGT401":
                return False
            raise
        return True
