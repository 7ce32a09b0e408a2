"""RecherchePoint v2.0: finds points by address, client, meter or SIRET (GUI 0427 v1.2.0)."""
