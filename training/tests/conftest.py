"""Synthetic stand-ins for MIR-1K, and small systems, so that the tests need no data and little time."""

import numpy
import pytest
import soundfile
import torch

from sotto_training.configuration import configured

RATE = 16000


@pytest.fixture(autouse=True)
def one_thread():
    torch.set_num_threads(1)


def clip(seed: int, seconds: float = 1.5) -> numpy.ndarray:
    """[n, 2]: left a chord with a beat, right a gliding tone with vibrato and pauses."""
    random = numpy.random.default_rng(seed)
    time = numpy.arange(int(seconds * RATE)) / RATE
    chord = sum(numpy.sin(2 * numpy.pi * f * time) for f in random.uniform(100, 900, 3))
    beat = numpy.exp(-8 * (time % 0.4)) * random.normal(size=len(time))
    pitch = random.uniform(180, 420) * (1 + 0.03 * numpy.sin(2 * numpy.pi * 5.5 * time)) * (1 + 0.1 * time)
    tone = sum(numpy.sin(h * 2 * numpy.pi * numpy.cumsum(pitch) / RATE) / h for h in range(1, 12))
    tone = tone * (numpy.sin(2 * numpy.pi * 0.9 * time) > -0.5)
    return numpy.stack([0.1 * chord + 0.1 * beat, 0.15 * tone], axis=1).astype(numpy.float32)


def written(folder, train: int, dev: int, seconds: float):
    """`folder` with so many clips in `train` and `dev`."""
    for split, seeds in (("train", range(train)), ("dev", range(10, 10 + dev))):
        (folder / split).mkdir()
        for seed in seeds:
            soundfile.write(folder / split / f"clip_{seed}.wav", clip(seed, seconds), RATE, subtype="FLOAT")
    return folder


@pytest.fixture(scope="session")
def data(tmp_path_factory):
    """A folder with `train` (4 clips) and `dev` (2 clips)."""
    return written(tmp_path_factory.mktemp("data"), 4, 2, 1.5)


@pytest.fixture(scope="session")
def little(tmp_path_factory):
    """The same with 2 clips and 1."""
    return written(tmp_path_factory.mktemp("little"), 2, 1, 1.0)


def tiny() -> dict:
    """A tiny system with dropout, so that every source of randomness is in use."""
    return {
        "name": "tiny",
        "title": "A tiny system",
        "grid": {"window": 256, "hop": 64},
        "network": {"architecture": "dense", "hidden": [24, 16], "dropout": 0.1},
        "mixing": {"remix": 0.5, "balance": 3.0, "jitter": 3.0, "speed": 0.1, "varied": 0.5},
        "fit": {"epochs": 4, "batch": 200, "evaluate": 2, "average": 0.9, "seed": 3},
    }


@pytest.fixture
def table():
    return tiny()


@pytest.fixture
def configuration(table):
    return configured(table, "tests")
