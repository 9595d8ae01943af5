"""The engines of the page, from Python, in three browsers and in Pyodide under Node: the contract and all vectors."""

import base64
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.browser.selenium_drivers import DRIVERS
from tests.vectors.runners import files
from tests.vectors.runners.common import VECTORS
from volly_browser.tools import node
from volly_browser.tools.environment import PROJECT
from volly_browser.tools.page_engines import BLANK, IN_THE_PAGE, START, START_IN_BROWSER, packed_runners

ALL = ["AES-GCM", "Ed25519", "ML-DSA-65", "ML-KEM-768", "MLKEM768-X25519", "X25519"]
CLASSICAL = {"AES-GCM", "Ed25519", "X25519"}

REPORT = '.runPythonAsync("await in_pyodide.report()")'

IN_BROWSER = f"async ([url, tests]) => (await ({START_IN_BROWSER})(url, tests)){REPORT}"

IN_SELENIUM = f"""
const [url, tests, done] = arguments;
({IN_BROWSER})([url, tests]).then(done, (error) => done(JSON.stringify({{ failures: [String(error)] }})));
"""

IN_NODE = f"""
import {{ readFileSync }} from "node:fs";
const [folder, tests] = process.argv.slice(2);
const manifest = () => JSON.parse(readFileSync(folder + "boot.json", "utf8"));
const bytes = new Uint8Array(readFileSync(tests));
const python = await ({START})({{ url: folder, manifest }}, bytes, (name) => import("file://" + folder + name));
console.log("\\n" + (await python{REPORT}));
"""


@pytest.fixture(scope="module")
def tests_archive() -> bytes:
    """The runners and their vectors."""
    return packed_runners(with_vectors=True)


@pytest.fixture(scope="module")
def pyodide_folder(site: Path) -> Path:
    """The folder of the built site's engine."""
    [folder] = [path for path in site.glob("pyodide-*") if path.is_dir()]
    return folder


@pytest.mark.browser
def test_every_engine_in_chromium(open_page: Any, pyodide_folder: Path, tests_archive: bytes) -> None:  # noqa: ANN401
    visit = open_page(BLANK)
    arguments = [f"/{pyodide_folder.name}/", base64.b64encode(tests_archive).decode()]
    report = json.loads(visit.page.evaluate(IN_BROWSER, arguments))
    assert report["failures"] == []
    assert report["algorithms"] == {"webcrypto": ALL, "javascript": ALL, "python": ["ML-DSA-65", "ML-KEM-768"]}
    assert set(report["chosen"].values()) == {"webcrypto"}
    assert report["passed"]["webcrypto"] == report["passed"]["javascript"]
    assert report["skipped"]["webcrypto"] == report["skipped"]["javascript"]
    passed = report["passed"]["webcrypto"]
    assert sum(passed.values()) > 2000
    mls = [path.relative_to(VECTORS).as_posix() for name in ("mls", "volly") for path in (VECTORS / name).iterdir()]
    assert {path: passed[path] for path in mls} == {path: len(files.own(path)) for path in mls}


@pytest.mark.browser
@pytest.mark.parametrize("name", ["firefox", "webkit"])
def test_every_engine_where_webcrypto_lacks_an_algorithm(
    name: str,
    stack: Any,  # noqa: ANN401
    pyodide_folder: Path,
    tests_archive: bytes,
) -> None:
    with DRIVERS[name]() as driver:
        driver.set_script_timeout(300)
        driver.get(f"{stack.url}{BLANK}")
        arguments = [f"/{pyodide_folder.name}/", base64.b64encode(tests_archive).decode()]
        report = json.loads(driver.execute_async_script(IN_SELENIUM, *arguments))
    assert report["failures"] == []
    assert report["algorithms"]["javascript"] == ALL
    lacking = set(ALL) - set(report["algorithms"]["webcrypto"])
    assert "AES-GCM" not in lacking
    assert {name for name, engine in report["chosen"].items() if engine == "javascript"} == lacking


@pytest.mark.browser
def test_every_engine_under_node_and_the_fast_one_where_webcrypto_lacks_an_algorithm(
    pyodide_folder: Path, tests_archive: bytes, tmp_path: Path
) -> None:
    program, tests = tmp_path / "program.mjs", tmp_path / "tests.zip"
    program.write_text(IN_NODE)
    tests.write_bytes(tests_archive)
    result = subprocess.run(
        [node.prepare().program, program, f"{pyodide_folder}/", tests], capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stderr[-4000:]
    report = json.loads(result.stdout.splitlines()[-1])
    assert report["failures"] == []
    assert report["algorithms"]["javascript"] == ALL
    lacking = set(ALL) - set(report["algorithms"]["webcrypto"])
    assert not lacking & CLASSICAL
    assert {name for name, engine in report["chosen"].items() if engine == "javascript"} == lacking


@pytest.mark.browser
@pytest.mark.parametrize("engine", IN_THE_PAGE)
def test_the_command_line_runs_files_in_the_page(engine: str, tmp_path: Path) -> None:
    cases = files.own("mls/psk_secret.json")
    wrong = tmp_path / "psk_secret.json"
    wrong.write_text(json.dumps([cases[0].case, {**cases[1].case, "psk_secret": "00"}]))
    paths = [VECTORS / "mls" / "welcome.json", VECTORS / "xwing" / "xwing.json", wrong]
    command = [sys.executable, "-m", "volly_browser.tools", "vectors", "--engine", engine, *map(str, paths)]
    result = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False)
    assert result.returncode == 1
    assert [line.partition(": ")[2] for line in result.stdout.splitlines()] == [
        "1 passed, 0 skipped",
        "3 passed, 0 skipped",
        "1 passed, 0 skipped, 1 failed",
    ]
    assert "psk_secret.json, case 1: psk_secret is " in result.stderr
