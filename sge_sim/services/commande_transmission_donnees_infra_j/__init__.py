"""CommandeTransmissionDonneesInfraJ v1.0: asks for the data of the day (GUI 0481 v1.2.0)."""
