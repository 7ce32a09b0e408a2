"""Write what the executable is made of, as CycloneDX 1.5: `sbom.py FOLDER`."""

import json
import os
import sys
from datetime import UTC, datetime
from importlib.metadata import PackageMetadata, distributions
from pathlib import Path


def main(folder: Path) -> None:
    packages = folder / "lib" / "python3" / "dist-packages"
    found = sorted(
        (each.metadata for each in distributions(path=[str(packages)])),
        key=lambda metadata: metadata["Name"].lower(),
    )
    (own,) = (each for each in found if each["Name"] == "sge-sim")
    debian = (folder / "debian-packages.txt").read_text().split("\n")
    moment = datetime.fromtimestamp(int(os.environ["SOURCE_DATE_EPOCH"]), UTC)
    print(
        json.dumps(
            {
                "bomFormat": "CycloneDX",
                "specVersion": "1.5",
                "version": 1,
                "metadata": {
                    "timestamp": moment.isoformat().replace("+00:00", "Z"),
                    "component": python_package(own, "application"),
                },
                "components": [
                    *(python_package(each, "library") for each in found if each is not own),
                    *(debian_source(*line.split()) for line in debian if line),
                ],
            },
            indent=1,
        )
    )


def python_package(metadata: PackageMetadata, kind: str) -> dict[str, object]:
    name, version = metadata["Name"], metadata["Version"]
    purl = f"pkg:pypi/{name.lower().replace('_', '-').replace('.', '-')}@{version}"
    component: dict[str, object] = {
        "type": kind,
        "bom-ref": purl,
        "name": name,
        "version": version,
        "purl": purl,
    }
    if expression := metadata.get("License-Expression"):
        component["licenses"] = [{"expression": expression}]
    elif (licence := metadata.get("License")) and len(licence) < 60:
        component["licenses"] = [{"license": {"name": licence}}]
    return component


def debian_source(name: str, version: str) -> dict[str, object]:
    purl = f"pkg:deb/debian/{name}@{version.replace(':', '%3A')}?arch=source"
    return {"type": "library", "bom-ref": purl, "name": name, "version": version, "purl": purl}


if __name__ == "__main__":
    main(Path(sys.argv[1]))
