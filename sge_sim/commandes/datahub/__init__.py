"""Datahub: what its users do there, held against their rights, whoever asks for it."""
