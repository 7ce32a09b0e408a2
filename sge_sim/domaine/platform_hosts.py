"""The host names of Enedis' two platforms, and those of this machine."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

HOMOLOGATION_HOST: Final = "sge-homologation-ws.enedis.fr"
PRODUCTION_HOST: Final = "sge-ws.enedis.fr"
RENAMED_HOSTS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "sge-homologation-b2b.enedis.fr": HOMOLOGATION_HOST,
        "sge-b2b.enedis.fr": PRODUCTION_HOST,
    }
)
"""The names from before 23/09/2024, and those that replaced them."""
WSDL_HOST: Final = "sge-b2b.erdf.fr"
"""The address that three of the ten official WSDL documents give; no service answers there."""
OFFICIAL_HOSTS: Final = (HOMOLOGATION_HOST, PRODUCTION_HOST, *RENAMED_HOSTS, WSDL_HOST)
DATA_CONNECT_HOSTS: Final = (
    "gw.ext.prod.api.enedis.fr",
    "ext.prod.api.enedis.fr",
    "gw.ext.prod-sandbox.api.enedis.fr",
    "ext.prod-sandbox.api.enedis.fr",
    "mon-compte-particulier.enedis.fr",
)
"""The gateways of Data Connect, production then sandbox, and its consent page."""
LOCAL_HOSTS: Final = ("localhost", "127.0.0.1", "::1")
