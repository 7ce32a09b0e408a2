"""CommandeCollectePublicationMesures v3.0: subscribes to measures of a point (GUI 0469 v1.2.0)."""
