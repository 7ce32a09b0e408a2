"""ConsultationMesures v1.1: the history of the billed consumption of a point (GUI 0455 v1.3.0)."""
