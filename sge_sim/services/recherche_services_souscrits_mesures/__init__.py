"""RechercheServicesSouscritsMesures v1.0: the measure services of a point (GUI 0475 v1.0.0)."""
