"""ConsultationDonneesTechniquesContractuelles v1.0: the data sheet of a point (GUI 0464 v1.4.0)."""
