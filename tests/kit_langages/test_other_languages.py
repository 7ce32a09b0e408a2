"""The examples of the kit in other languages than Python, on a machine that has them."""

from pathlib import Path

import pytest
from kit_examples import assert_answered, assert_refused, unzip_kit, with_unknown_point
from running_simulator import RunningSimulator

pytestmark = pytest.mark.langages

CSHARP = "mcs -out:PremierAppel.exe exemples/PremierAppel.cs && mono PremierAppel.exe"
COMMANDS = pytest.mark.parametrize(
    "command",
    [
        pytest.param(("java", "exemples/PremierAppel.java"), id="java"),
        pytest.param(("node", "exemples/premier_appel.js"), id="node"),
        pytest.param(("php", "exemples/premier_appel.php"), id="php"),
        pytest.param(("perl", "exemples/premier_appel.pl"), id="perl"),
        pytest.param(("go", "run", "exemples/premier_appel.go"), id="go"),
        pytest.param(("sh", "-c", CSHARP), id="mono"),
    ],
)


@pytest.fixture(scope="module")
def kit(simulator: RunningSimulator, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return unzip_kit(simulator, tmp_path_factory.mktemp("kit"))


@COMMANDS
def test_the_example_shows_the_point_in_a_sentence(kit: Path, command: tuple[str, ...]) -> None:
    assert assert_answered(kit, *command).splitlines() == ["Point 25946599093143, segment C5"]


@COMMANDS
def test_the_example_shows_code_and_label_of_a_refusal(
    kit: Path, tmp_path: Path, command: tuple[str, ...]
) -> None:
    assert_refused(with_unknown_point(kit, tmp_path), *command)
