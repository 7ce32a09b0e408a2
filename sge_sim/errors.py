"""Mistakes of the person at the command line, told in one sentence."""


class UsageError(Exception):
    """What was asked can't be done: the message says what is wrong and what to do.

    The command line prints the message alone, without traceback, and exits with code 2.
    The administration API answers it with HTTP 400.
    """
