"""CommandeTransmissionHistoriqueMesures v1.0: orders the history of a point (GUI 0453 v1.1.1)."""
