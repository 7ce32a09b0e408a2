"""A value that is mapped is the one that was written, and nothing else is taken for it."""

from pathlib import Path

import numpy as np
import pytest

from sge_sim.machine.mapped import read_mapped, write_mapped

VALUE = {("a", 1): np.arange(5000), "b": (np.zeros((3, 2), np.int16), "text"), "c": [1, 2]}


def test_a_value_is_read_as_it_was_written_and_never_changes(tmp_path: Path) -> None:
    write_mapped(tmp_path / "file", "key", VALUE)
    found = read_mapped(tmp_path / "file", "key")
    assert found.keys() == VALUE.keys()
    assert np.array_equal(found["a", 1], VALUE["a", 1])
    assert np.array_equal(found["b"][0], np.zeros((3, 2), np.int16))
    assert (found["b"][1], found["c"]) == ("text", [1, 2])
    with pytest.raises(ValueError, match="read-only"):
        found["a", 1][0] = 7


@pytest.mark.parametrize("content", [b"", b"key", b"other 0 0 ", b"\xff" * 100])
def test_another_file_is_none(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "file").write_bytes(content)
    assert read_mapped(tmp_path / "file", "key") is None
    assert read_mapped(tmp_path / "absent", "key") is None


@pytest.mark.parametrize("cut", [1, 5000, -1])
def test_a_file_that_was_cut_or_is_of_another_key_is_none(tmp_path: Path, cut: int) -> None:
    write_mapped(tmp_path / "file", "key", VALUE)
    whole = (tmp_path / "file").read_bytes()
    assert read_mapped(tmp_path / "file", "other") is None
    (tmp_path / "file").write_bytes(whole[:-cut] if cut > 0 else whole + b" ")
    assert read_mapped(tmp_path / "file", "key") is None
