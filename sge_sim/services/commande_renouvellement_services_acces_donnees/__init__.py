"""CommandeRenouvellementServicesAccesDonnees v1.0: prolongs access services (GUI 0531 §3.3)."""
