"""Schemathesis calls the API as it is described: nothing breaks, nothing undocumented is sent."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from running_simulator import RunningSimulator

SECONDS = int(os.environ.get("SGE_SIM_API_SECONDS", "20"))
# A demand that has its form may still be refused by what the state holds (HTTP 400, told so).
UNFIT = "positive_data_acceptance"


@pytest.mark.api
def test_the_api_is_as_it_is_described(administered: RunningSimulator) -> None:
    program = Path(sys.prefix) / "api" / "bin" / "schemathesis"
    done = subprocess.run(
        [
            *(program, "--no-color", "run", administered.ready["admin_url"] + "/openapi.json"),
            *("--max-time", str(SECONDS), "--workers", "1", "--continue-on-failure"),
            *("--exclude-checks", UNFIT, "--warnings", "off"),
        ],
        capture_output=True,
        text=True,
        timeout=SECONDS + 120,
        cwd=administered.data_dir,
    )
    print(done.stdout[-3000:])
    assert done.returncode == 0, done.stdout
