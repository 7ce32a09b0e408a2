"""Archives: zips and encryption."""

import io
import subprocess
from datetime import UTC, datetime
from zipfile import ZipFile

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lowatt_enedis.decrypt import decrypt_aes_128_cbc, decrypt_aes_256_cbc_dynamic_iv

from sge_sim.errors import UsageError
from sge_sim.flux.chiffrement import AUCUN, chiffrement, decrypt, encrypt
from sge_sim.flux.envoi import Archive
from sge_sim.flux.packaging import zipped_archive

CLE_128, IV = "000102030405060708090a0b0c0d0e0f", "f0e0d0c0b0a090807060504030201000"
CLE_256 = CLE_128 * 2
AES_128 = chiffrement("aes128", CLE_128, IV)
AES_256 = chiffrement("aes256", CLE_256)
contents = st.binary(max_size=200)


def test_a_zip_is_the_same_bytes_each_time_and_dated_in_legal_time() -> None:
    archive = Archive("R50.zip", (("R50.xml", b"<R50/>"),), ())
    creation = datetime(2024, 7, 3, 1, 0, 5, tzinfo=UTC)
    content = zipped_archive(archive, creation)
    assert content == zipped_archive(archive, creation)
    with ZipFile(io.BytesIO(content)) as read:
        assert read.testzip() is None
        assert read.read("R50.xml") == b"<R50/>"
        # Zip counts two seconds at a time.
        assert read.getinfo("R50.xml").date_time == (2024, 7, 3, 3, 0, 4)


@given(content=contents)
def test_what_is_encrypted_is_decrypted(content: bytes) -> None:
    for secret in (AUCUN, AES_128, AES_256):
        assert decrypt(secret, encrypt(secret, content, "nom")) == content


@pytest.mark.observed("client lowatt-enedis 3.3.2, which leaves the padding")
@given(content=contents)
def test_a_client_of_enedis_decrypts_both(content: bytes) -> None:
    padding = 16 - len(content) % 16
    padded = content + bytes([padding]) * padding
    older = io.BytesIO(encrypt(AES_128, content, "nom"))
    newer = io.BytesIO(encrypt(AES_256, content, "nom"))
    assert decrypt_aes_128_cbc(CLE_128, IV, older) == padded
    assert decrypt_aes_256_cbc_dynamic_iv(CLE_256, newer) == padded


def test_openssl_decrypts_both() -> None:
    content = b"PK\x03\x04" + bytes(range(250))
    newer = encrypt(AES_256, content, "nom")
    assert openssl("-aes-128-cbc", CLE_128, IV, encrypt(AES_128, content, "nom")) == content
    assert openssl("-aes-256-cbc", CLE_256, newer[:16].hex(), newer[16:]) == content


def openssl(cipher: str, key: str, iv: str, content: bytes) -> bytes:
    command = ["openssl", "enc", "-d", cipher, "-K", key, "-iv", iv]
    return subprocess.run(command, input=content, capture_output=True, check=True).stdout


@pytest.mark.observed("AES-256 files of 2026: the IV is in front, fresh for each file")
def test_each_aes256_file_has_its_own_iv_which_a_file_made_anew_has_again() -> None:
    ivs = {encrypt(AES_256, b"same", nom)[:16] for nom in ("a", "b", "c")}
    assert len(ivs) == 3
    assert encrypt(AES_256, b"same", "a") == encrypt(AES_256, b"same", "a")


@pytest.mark.parametrize("damage", [lambda one: one[:-1], lambda one: one[:16], lambda _: b""])
def test_a_file_that_was_cut_is_told(damage: object) -> None:
    assert callable(damage)
    with pytest.raises(UsageError, match="ne se déchiffre pas en aes256"):
        decrypt(AES_256, damage(encrypt(AES_256, b"content", "nom")))


@pytest.mark.parametrize(
    ("algorithme", "cle", "iv", "told"),
    [
        ("aes128", "00", IV, "La clé d'aes128 s'écrit en 32 chiffres"),
        ("aes128", CLE_128, None, "L'IV d'aes128 s'écrit en 32 chiffres"),
        ("aes128", "zz" * 16, IV, "La clé d'aes128"),
        ("aes256", CLE_128, None, "La clé d'aes256 s'écrit en 64 chiffres"),
        ("aes256", CLE_256, IV, "l'IV est en tête de chaque fichier"),
        ("aucun", CLE_128, None, "ni clé ni IV"),
    ],
)
def test_a_key_that_does_not_suit_is_refused(
    algorithme: str, cle: str, iv: str | None, told: str
) -> None:
    with pytest.raises(UsageError, match=told):
        chiffrement(algorithme, cle, iv)  # type: ignore[arg-type]
