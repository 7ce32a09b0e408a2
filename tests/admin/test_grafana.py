"""The dashboard for Grafana, `docs/grafana.json`: Prometheus takes its expressions, and what they
name stands on `/metrics`."""

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from admin_kit import Room

DASHBOARD = json.loads((Path(__file__).parents[2] / "docs" / "grafana.json").read_text("utf-8"))
EXPRESSIONS = [target["expr"] for panel in DASHBOARD["panels"] for target in panel["targets"]]
METRIC = re.compile(r"\bsge_sim_\w+")


def names_on(text: str) -> Iterator[str]:
    """Yield the names that Prometheus reads of a page of metrics, those without a value yet too."""
    for family, kind in re.findall(r"^# TYPE (\S+) (\w+)$", text, re.MULTILINE):
        yield family
        if kind == "histogram":
            yield from (f"{family}_{part}" for part in ("bucket", "sum", "count"))


def test_every_metric_of_the_dashboard_stands_on_the_page_of_metrics(room: Room) -> None:
    room.call_cdc()
    served = set(names_on(room.ask("GET", "/metrics").text))
    named = {name for expression in EXPRESSIONS for name in METRIC.findall(expression)}
    assert named - served == set()
    families = {name for name in served if not name.endswith(("_bucket", "_sum", "_count"))}
    shown = {re.sub("_(bucket|sum|count)$", "", name) for name in named}
    created = {name for name in families if name.endswith("_created")}
    assert families - shown - created == set(), "what is counted and not shown"


def test_every_panel_has_a_place_of_its_own() -> None:
    taken = [
        (x, y)
        for panel in DASHBOARD["panels"]
        for place in (panel["gridPos"],)
        for x in range(place["x"], place["x"] + place["w"])
        for y in range(place["y"], place["y"] + place["h"])
    ]
    assert len(taken) == len(set(taken))
    assert max(x for x, _ in taken) < 24


@pytest.mark.promtool
def test_prometheus_takes_every_expression(tmp_path: Path) -> None:
    rules = [
        {"record": f"essai:{number}", "expr": expression}
        for number, expression in enumerate(EXPRESSIONS)
    ]
    file = tmp_path / "regles.yaml"
    file.write_text(yaml.safe_dump({"groups": [{"name": "essai", "rules": rules}]}))
    done = subprocess.run(["promtool", "check", "rules", str(file)], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"{len(EXPRESSIONS)} rules found" in done.stdout
