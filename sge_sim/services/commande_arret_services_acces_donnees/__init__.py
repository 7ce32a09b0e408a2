"""CommandeArretServicesAccesDonnees v1.0: stops services of a point (GUI 0531 §3.4)."""
