"""CommanderAccesDonneesMesures v1.0: orders an access service, or prolongs it (GUI 0498 v1.1.0)."""
