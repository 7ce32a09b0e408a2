"""Have Python find extension modules on the disk, beside a zip that holds their packages' bytecode.

Installed as `sitecustomize`, which every start of the executable's interpreter imports.
"""

import sys
from importlib.machinery import PathFinder

ZIP = f"{sys.prefix}/lib/python311.zip"
DISK = f"{sys.prefix}/lib/python3/dist-packages"


class ExtensionFinder:
    """Looks in the folder of the same name on the disk; comes after all other finders."""

    @staticmethod
    def find_spec(name, path=None, target=None):
        folders = [each.replace(ZIP, DISK) for each in path or () if each.startswith(ZIP)]
        return PathFinder.find_spec(name, folders, target) if folders else None


sys.meta_path.append(ExtensionFinder)
sys.dont_write_bytecode = True  # the folder stays as it was installed, whoever runs it
