"""CommandeModificationOptionsServicesAccesDonnees v1.0: what services publish (GUI 0531 §3.2)."""
