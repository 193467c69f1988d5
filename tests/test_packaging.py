"""The wheel: built, installed where nothing else of the checkout is seen, and started."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import sysconfig
import tomllib
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("dist")
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "build",
            "--wheel",
            "--no-isolation",
            "--outdir",
            str(out),
            str(ROOT),
        ],
        capture_output=True,
        text=True,
        check=False,
        cwd=out,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    (built,) = out.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the commands of an environment that holds the wheel.

    Third parties are seen through a path file, because tests have no network. A path file's
    folders are no site folders, so the checkout's own editable install stays out of sight.
    """
    home = tmp_path_factory.mktemp("venv")
    venv.create(home, with_pip=False, symlinks=True)
    commands = home / ("Scripts" if os.name == "nt" else "bin")
    (site,) = home.glob("**/site-packages")
    (site / "third_parties.pth").write_text(sysconfig.get_path("purelib"), encoding="utf-8")
    done = subprocess.run(
        [
            *(sys.executable, "-m", "pip", "--python", str(commands / "python"), "install"),
            *("--no-deps", "--no-index", "--disable-pip-version-check", "--ignore-installed"),
            str(wheel),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return commands


def run(commands: Path, *words: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(commands / "callbench"), *words], capture_output=True, text=True, check=False, cwd=cwd
    )


def test_the_wheel_holds_what_the_program_reads_and_nothing_of_the_tests(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    for folder in ("rubrics", "demo", "scenarios", "calibration"):
        assert any(name.startswith(f"app/assets/{folder}/") for name in names), folder
    assert any(re.fullmatch(r"db/migrations/versions/\d+.*\.py", name) for name in names)
    assert any(name.endswith("licenses/LICENSE") for name in names)
    assert any(name.endswith("licenses/NOTICE") for name in names)
    assert not any(name.startswith(("tests/", "bench/", "assets/")) for name in names)


def test_the_installed_command_starts(installed: Path, tmp_path: Path) -> None:
    done = run(installed, "--version", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert re.fullmatch(r"callbench \d+\.\d+\.\d+\n", done.stdout)


def test_the_installed_doctor_finds_its_own_files(installed: Path, tmp_path: Path) -> None:
    done = run(installed, "doctor", "--json", cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    checks = {check["name"]: check for check in json.loads(done.stdout)["checks"]}
    assert checks["assets"]["status"] == "ok"
    assert Path(checks["assets"]["detail"]).is_relative_to(installed.parent)
    assert checks["speech detector"]["status"] == "ok"


def test_the_installed_demo_needs_nothing_of_the_checkout(installed: Path, tmp_path: Path) -> None:
    done = run(installed, "demo", "--no-calibration", "--workspace", "demo", "--json", cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    imported = json.loads(done.stdout)["imported"]
    assert len(imported) >= 6
    assert all(Path(call["path"]).is_relative_to(installed.parent) for call in imported)


def test_the_ranges_of_the_project_are_those_of_the_hashed_requirements() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    lines = (ROOT / "requirements" / "run.in").read_text(encoding="utf-8").splitlines()
    wanted = [line for line in lines if line and not line.startswith("#")]
    assert project["dependencies"] == wanted


@pytest.mark.parametrize("name", ["run.txt", "dev.txt", "build.txt"])
def test_every_requirement_is_pinned_and_hashed_and_no_index_is_named(name: str) -> None:
    text = (ROOT / "requirements" / name).read_text(encoding="utf-8")
    pins = re.findall(r"^[A-Za-z0-9_.\-\[\]]+==\S+(?=.*\\$)", text, re.MULTILINE)
    blocks = re.split(r"^(?=[A-Za-z0-9])", text, flags=re.MULTILINE)[1:]
    assert len(pins) == len(blocks) > 0
    assert all("--hash=sha256:" in block for block in blocks)
    assert "://" not in text
