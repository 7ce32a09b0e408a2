"""What a release says of itself: its components, its hashes, a signature that one byte breaks."""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml
from dist_files import DIST
from typed import run, typed

from sge_sim import __version__
from sge_sim.schema.data_folder import SCHEMA

PACKAGING = Path(__file__).parents[2] / "packaging"
WHEEL = f"sge_sim-{__version__}-py3-none-any.whl"
METADATA = "Metadata-Version: 2.4\nName: {}\nVersion: {}\nLicense-Expression: MIT\n"


@pytest.fixture
def dist(tmp_path: Path) -> Path:
    """A dist/ with an executable of two packages and one library, and a wheel."""
    dist = tmp_path / "dist"
    packages = dist / "sge-sim" / "lib" / "python3" / "dist-packages"
    for name, version in (("sge-sim", "1.2.3"), ("Some_Package", "4.5")):
        info = packages / f"{name.replace('-', '_')}-{version}.dist-info"
        info.mkdir(parents=True)
        (info / "METADATA").write_text(METADATA.format(name, version))
    (dist / "sge-sim" / "debian-packages.txt").write_text("openssl 3.0.17-1~deb12u2\n")
    (dist / WHEEL).write_bytes(b"a wheel")
    return dist


def release(dist: Path, **environ: str) -> subprocess.CompletedProcess[str]:
    whole = {**os.environ, "SOURCE_DATE_EPOCH": "1767225600", "SIGNING_KEY": "", **environ}
    return subprocess.run(
        [PACKAGING / "release.sh", dist], env=whole, capture_output=True, text=True, check=True
    )


def verify(dist: Path, key: Path | str) -> int:
    return subprocess.run([PACKAGING / "verify.sh", key, dist], capture_output=True).returncode


def make_keys(folder: Path) -> tuple[Path, Path]:
    private, public = folder / "key.pem", folder / "public.pem"
    curve = ("-pkeyopt", "ec_paramgen_curve:P-256")
    making = ["openssl", "genpkey", "-algorithm", "EC", *curve, "-out", private]
    subprocess.run(making, check=True, capture_output=True)
    subprocess.run(["openssl", "pkey", "-in", private, "-pubout", "-out", public], check=True)
    return private, public


def test_a_signature_holds_until_a_byte_changes(dist: Path, tmp_path: Path) -> None:
    private, public = make_keys(tmp_path)
    release(dist, SIGNING_KEY=str(private))
    assert verify(dist, public) == 0
    for name in (WHEEL, "SHA256SUMS", "SHA256SUMS.sig"):
        whole = (dist / name).read_bytes()
        (dist / name).write_bytes(whole[:5] + bytes([whole[5] ^ 1]) + whole[6:])
        assert verify(dist, public) != 0, name
        (dist / name).write_bytes(whole)
    (tmp_path / "other").mkdir()
    assert verify(dist, make_keys(tmp_path / "other")[1]) != 0
    assert verify(dist, public) == 0


def test_without_a_key_there_are_hashes_alone_and_it_says_so(dist: Path) -> None:
    assert "isn't signed" in release(dist).stderr
    assert not (dist / "SHA256SUMS.sig").exists()
    assert verify(dist, "-") == 0
    (dist / WHEEL).write_bytes(b"another wheel")
    assert verify(dist, "-") != 0


def test_the_components_are_those_of_the_executable(dist: Path) -> None:
    release(dist)
    listed = json.loads((dist / "sge-sim.cdx.json").read_text())
    assert (listed["bomFormat"], listed["specVersion"]) == ("CycloneDX", "1.5")
    assert listed["metadata"]["component"]["purl"] == "pkg:pypi/sge-sim@1.2.3"
    assert [each["purl"] for each in listed["components"]] == [
        "pkg:pypi/some-package@4.5",
        "pkg:deb/debian/openssl@3.0.17-1~deb12u2?arch=source",
    ]


def test_without_an_executable_there_are_no_components_and_it_says_so(dist: Path) -> None:
    shutil.rmtree(dist / "sge-sim")
    assert "no executable" in release(dist).stderr
    assert not (dist / "sge-sim.cdx.json").exists()
    assert verify(dist, "-") == 0


def test_the_notes_are_the_section_of_the_version_in_the_changelog(dist: Path) -> None:
    release(dist)
    notes = (dist / "NOTES.md").read_text("utf-8")
    assert f"Schema of the state: {SCHEMA}." in notes
    sections = (PACKAGING.parent / "CHANGELOG.md").read_text("utf-8").split("\n## ")[1:]
    (own,) = (each for each in sections if f" {__version__}," in each.partition("\n")[0])
    assert notes.endswith(own.partition("\n")[2].rstrip("\n") + "\n")
    assert "NOTES.md" in (dist / "SHA256SUMS").read_text()


def test_a_version_that_the_changelog_lacks_has_no_notes() -> None:
    done = subprocess.run([PACKAGING / "notes.sh", "9.9"], capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (2, "")
    assert "no section of 9.9" in done.stderr


def test_a_citation_names_this_version_and_no_author_but_the_licence() -> None:
    cited = yaml.safe_load((PACKAGING.parent / "CITATION.cff").read_text("utf-8"))
    assert cited["version"] == __version__
    (author,) = cited["authors"]
    assert f"Copyright (c) 2026 {author['name']}\n" in (PACKAGING.parent / "LICENSE").read_text()
    assert not {"url", "doi", "repository-code"} & cited.keys()


def test_the_commands_of_the_page_sign_and_verify_with_keys_from_where_one_stands(
    dist: Path, tmp_path: Path
) -> None:
    make_keys(tmp_path)
    (tmp_path / "packaging").symlink_to(PACKAGING)
    shutil.copy(PACKAGING.with_name("Makefile"), tmp_path)
    sign, verify_it = typed("Les versions")
    environ = {**os.environ, "SOURCE_DATE_EPOCH": "1767225600"}
    run(sign.replace("make", "make MAKE=true"), tmp_path, environ)  # what there is, signed
    assert "3 files are whole" in run(verify_it, tmp_path, environ)
    (dist / "SHA256SUMS.sig").write_bytes(b"another signature")
    with pytest.raises(AssertionError):
        run(verify_it, tmp_path, environ)


@pytest.mark.parametrize("path", ["docs/installation.md", "packaging/compose.yaml"])
def test_what_is_typed_names_this_version(path: str) -> None:
    written = (PACKAGING.parent / path).read_text(encoding="utf-8")
    named = re.findall(r"sge[-_]sim[-_:](\d+\.\d+\.\d+)", written)
    assert set(named) == {__version__}


@pytest.mark.packaging
def test_the_release_in_dist_is_whole() -> None:
    assert verify(DIST, "-") == 0
    listed = json.loads((DIST / "sge-sim.cdx.json").read_text())
    names = {each["name"] for each in listed["components"]}
    assert {"lxml", "numpy", "cryptography", "openssl"} <= names
    assert not {"hatchling", "pip", "pytest"} & names
