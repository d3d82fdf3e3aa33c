"""What is published: the source archive and the wheel hold all a user needs, and work away from the checkout."""

import json
import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("agents", "sim", "scenarios")
KEPT_OUT = {"__pycache__", ".mypy_cache", ".ruff_cache"}


def call(command, **options):
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, **options)
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def archives(tmp_path_factory):
    """Source archive, and the wheel that was built from it, made from a copy so that the checkout stays as it is."""
    place = tmp_path_factory.mktemp("built")
    copy = place / "copy"
    listed = (
        call(["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=ROOT).split("\0")
        if (ROOT / ".git").exists()
        else None
    )
    if listed is None:
        shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns(".venv", "build", "dist", "results", *KEPT_OUT))
    else:
        for name in filter(None, listed):
            if (ROOT / name).is_file():
                (copy / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(ROOT / name, copy / name)
    call([sys.executable, "-m", "build", "--no-isolation", "--outdir", place / "dist", copy], cwd=place)
    (source,) = (place / "dist").glob("*.tar.gz")
    (wheel,) = (place / "dist").glob("*.whl")
    return source, wheel


def shipped_files():
    """Every file of the packages that is not made by running them."""
    for package in PACKAGES:
        for path in (ROOT / package).rglob("*"):
            if path.is_file() and not KEPT_OUT & set(path.parts):
                yield path.relative_to(ROOT).as_posix()


def test_the_wheel_holds_every_file_of_the_packages_and_nothing_else(archives):
    with zipfile.ZipFile(archives[1]) as wheel:
        held = {name for name in wheel.namelist() if ".dist-info/" not in name}
    assert held == set(shipped_files())


def test_the_source_archive_holds_what_the_wheel_is_built_from(archives):
    with tarfile.open(archives[0]) as source:
        held = {name.partition("/")[2] for name in source.getnames()}
    assert set(shipped_files()) <= held
    assert {"setup.cfg", "pyproject.toml", "README.md", "LICENSE", "CHANGELOG.md", "CITATION.cff"} <= held


@pytest.mark.slow
def test_in_an_empty_environment_the_wheel_runs_the_main_job_outside_the_checkout(archives, tmp_path):
    """Dependencies come from the registry, at the versions of the lock; the checkout is out of reach."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "COV_"))}
    call([sys.executable, "-m", "venv", tmp_path / "venv"], env=environment)
    python = tmp_path / "venv" / ("Scripts" if os.name == "nt" else "bin") / "python"
    install = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    call([*install, "--constraint", ROOT / "requirements.lock", archives[1]], env=environment, cwd=tmp_path)
    command = python.with_name("singledesk")
    out = call([command, "run", "history", "--draws", "2", "--json"], env=environment, cwd=tmp_path)
    folder = tmp_path / json.loads(out)["folder"]
    assert (folder / "run.json").is_file() and list(folder.rglob("*.png"))
    question = "import sim, scenarios; print(sim.__file__, scenarios.__file__)"
    where = call([python, "-c", question], env=environment, cwd=tmp_path)
    assert str(ROOT) not in where
    call([command, "report", folder, "--to", tmp_path / "report.html"], env=environment, cwd=tmp_path)
    assert (tmp_path / "report.html").is_file()
