"""CommandeServicesAccesDonnees v1.0: orders access services of a point (GUI 0531 §3.1)."""
