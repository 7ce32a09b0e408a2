"""RechercheServicesAccesDonnees v1.0: the services that an actor has on a point (GUI 0537)."""
