"""What all systems share: the clips, the folder in which they are fitted, and a daemon to play them through."""

import os
from pathlib import Path

import clips
import pytest
import torch
from fitting import Fitting
from live import Live

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session", autouse=True)
def one_thread():
    torch.set_num_threads(1)


@pytest.fixture(scope="session")
def sounds(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("sounds")
    clips.write(folder)
    return folder


@pytest.fixture(scope="session")
def fitting(sounds, tmp_path_factory) -> Fitting:
    return Fitting(sounds, tmp_path_factory.mktemp("runs"))


@pytest.fixture(scope="session")
def live(tmp_path_factory):
    programs = Path(os.environ.get("SOTTO_PROGRAMS", ROOT / ".build" / "release"))
    with Live(programs, ROOT / "presets", tmp_path_factory.mktemp("live")) as live:
        yield live
