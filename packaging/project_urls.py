"""Have the metadata of the wheel name the project's addresses, where the release's settings do."""

import os
from typing import Any

from hatchling.metadata.plugin.interface import MetadataHookInterface

ADDRESSES = {
    "Homepage": "RELEASE_URL",
    "Source": "RELEASE_SOURCE",
    "Issues": "RELEASE_ISSUES",
    "Documentation": "RELEASE_DOCS",
}
"""What each address is called in an index, and the variable that gives it to `make release`."""


class ProjectUrls(MetadataHookInterface):
    def update(self, metadata: dict[str, Any]) -> None:
        given = {label: os.environ.get(name) for label, name in ADDRESSES.items()}
        metadata["urls"] = {label: address for label, address in given.items() if address}
