"""CommandeArretServiceSouscritMesures v1.0: stops a measure service (GUI 0474 v1.3.0)."""
