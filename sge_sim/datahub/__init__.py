"""Datahub: what its users do there, checked by their rights, whoever asks for it."""
