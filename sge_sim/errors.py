"""Mistakes of the person at the command line, told in one sentence."""

from typing import TypeVar

T = TypeVar("T")


class UsageError(Exception):
    """What was asked can't be done: the message says what is wrong and what to do.

    The command line prints the message alone, without traceback, and exits with code 2.
    The administration API answers it with HTTP 400.
    """


class UnknownError(UsageError):
    """Nothing has the name, or the number, that was given: `name`.

    The administration API answers it with HTTP 404 where the address names it, with 400 where
    something that was sent does.
    """

    def __init__(self, sentence: str, name: object) -> None:
        super().__init__(sentence)
        self.name = str(name)


def require_found(found: T | None, sentence: str, name: object) -> T:
    """Return what was found under a name; raises `UnknownError` with that sentence for nothing."""
    if found is None:
        raise UnknownError(sentence, name)
    return found


class FieldError(UsageError):
    """What a field says doesn't suit; `borne` is what it goes beyond, if anything.

    The administration API answers it with HTTP 422, as all that hasn't its form.
    """

    def __init__(
        self, sentence: str, champ: str, donne: object, borne: float | None = None
    ) -> None:
        super().__init__(sentence)
        self.champ = champ
        self.donne = donne
        self.borne = borne
