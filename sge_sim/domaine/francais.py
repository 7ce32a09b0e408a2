"""French as sentences need it."""


def counted(count: int, one: str, several: str | None = None) -> str:
    """Return a number and its noun: French has the plural from two on.

    >>> counted(0, "fichier livré", "fichiers livrés"), counted(2, "échec")
    ('0 fichier livré', '2 échecs')
    """
    return f"{count} {one if count < 2 else several or f'{one}s'}"
