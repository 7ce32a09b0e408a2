"""CommandeCollectePublicationMesures v3.0: subscribes to the measures of a point (GUI 0469)."""
