"""Addresses as they may be shown: without the password that they hold."""

import re

# Of « driver://user:password@host » the password goes to the last @, as it may hold others; it may
# also be a parameter.
_PASSWORD = re.compile(r"^([^:/?#]+://[^:/@]*:).*@", re.DOTALL)
_PARAMETER = re.compile(r"([?&](?:ssl)?(?:password|passwd|passfile)=)[^&]*", re.IGNORECASE)


def without_password(url: str) -> str:
    """Return the URL of a database, well formed or not, with `***` for its password.

    >>> without_password("postgresql+psycopg://moi:p@ss@hote/base")
    'postgresql+psycopg://moi:***@hote/base'
    """
    return _PARAMETER.sub(r"\1***", _PASSWORD.sub(r"\1***@", url))
