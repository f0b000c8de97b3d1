"""What a teacher has told, and how training plays it."""

import sys
from dataclasses import replace
from pathlib import Path

import numpy
import pytest
import soundfile
import torch
from conftest import RATE, tiny

from sotto_training.batches import epoch
from sotto_training.configuration import configured
from sotto_training.data import Data
from sotto_training.features import Input
from sotto_training.grid import Grid, analyse, magnitudes
from sotto_training.mixing import Mixing
from sotto_training.output import Output
from sotto_training.problem import Problem
from sotto_training.sources import Source
from sotto_training.teach import taught, write

GRID = Grid(window=256, hop=64)
WILD = Mixing(
    remix=1.0, balance=9.0, gain=0.0, speed=0.5, varied=1.0, colour=9.0, formants=0.5, rooms=1.0, pauses=1.0, warm=1.0
)  # fmt: skip
SHARE = 0.4  # of the mixture, that the teacher below takes for the voice

TEACHER = f"""#!{sys.executable}
import json, sys, soundfile
command, mixture = sys.argv[1:3]
assert command == "separate"
samples, rate = soundfile.read(mixture, dtype="float32")
folder = sys.argv[sys.argv.index("--output") + 1]
if sys.argv[sys.argv.index("--preset") + 1] != "a-teacher":
    sys.exit('no preset "nobody"')
soundfile.write(folder + "/voice.wav", {SHARE} * samples, rate, subtype="FLOAT")
print(json.dumps({{"voice": folder + "/voice.wav"}}))
"""


@pytest.fixture
def programs(tmp_path):
    """A `sotto` that gives so much of every sample to the voice."""
    (tmp_path / "sotto").write_text(TEACHER)
    (tmp_path / "sotto").chmod(0o755)
    return tmp_path


@pytest.fixture
def configuration():
    table = tiny()
    table["data"] = {
        "train": [
            {"split": "train", "weight": 1.0},
            {"kind": "stems", "path": "taught", "kept": True, "weight": 1000.0},
        ],
        "dev": [{"split": "dev"}], "excerpts": 6, "seconds": 1.0,
    }  # fmt: skip
    return configured(table, "tiny")


def read(folder: Path) -> tuple[numpy.ndarray, numpy.ndarray]:
    return tuple(soundfile.read(folder / f"{name}.flac", dtype="float32")[0] for name in ("accompaniment", "voice"))


def test_the_voice_is_partly_the_teachers_and_both_add_up(data, configuration, programs, tmp_path):
    """Of the same seed, the shares differ by what the teacher found, and what is there already stays."""
    for share in (0.0, 0.5, 1.0):
        write(configuration, data, programs, "a-teacher", tmp_path / str(share), 0.15, share, 7, say=lambda words: None)
    folders = sorted(path.name for path in (tmp_path / "1.0").iterdir())
    assert folders == ["000", "001"]  # an epoch is 6 seconds, 9 were wished
    for folder in folders:
        truth, half, teacher = (read(tmp_path / share / folder) for share in ("0.0", "0.5", "1.0"))
        mixture = sum(truth)
        assert numpy.abs(mixture).max() == pytest.approx(0.9, abs=1e-3)
        for pair in (half, teacher):
            assert numpy.abs(sum(pair) - mixture).max() < 1e-6
        assert numpy.abs(teacher[1] - SHARE * mixture).max() < 1e-6
        assert numpy.abs(half[1] - (truth[1] + teacher[1]) / 2).max() < 1e-6
        assert numpy.abs(truth[1] - teacher[1]).max() > 0.1
    assert numpy.abs(read(tmp_path / "0.0" / "000")[1][:RATE] - read(tmp_path / "0.0" / "001")[1][:RATE]).max() > 0.01
    backwards = replace(configuration, data=replace(configuration.data, backwards=True))
    write(backwards, data, programs, "a-teacher", tmp_path / "turned", 0.1, 1.0, 7, say=lambda words: None)
    assert numpy.array_equal(read(tmp_path / "turned" / "000"), read(tmp_path / "1.0" / "000"))
    before = {path: path.stat().st_mtime_ns for path in (tmp_path / "0.5").rglob("*.flac")}
    write(configuration, data, programs, "a-teacher", tmp_path / "0.5", 0.15, 0.5, 7, say=lambda words: None)
    assert before == {path: path.stat().st_mtime_ns for path in (tmp_path / "0.5").rglob("*.flac")}


def test_a_share_of_each():
    mixture, voice, teacher = numpy.float32([1.0, 2.0]), numpy.float32([0.5, 0.0]), numpy.float32([1.5, 1.0])
    assert taught(mixture, voice, teacher, 0.25).tolist() == [[0.25, 1.75], [0.75, 0.25]]


def test_what_cannot_be_taught_is_said(data, configuration, programs, tmp_path):
    stereo = replace(configuration, input=Input(feature="mid-side"), output=Output(kind="mask"))
    with pytest.raises(Problem, match="input.feature: found 'mid-side', expected 'magnitude'"):
        write(stereo, data, programs, "a-teacher", tmp_path / "out", 1.0, 0.5, 1)
    with pytest.raises(Problem, match="--share: found 2.0, expected 0 to 1"):
        write(configuration, data, programs, "a-teacher", tmp_path / "out", 0.1, 2.0, 7)
    with pytest.raises(Problem, match='no preset "nobody"'):
        write(configuration, data, programs, "nobody", tmp_path / "out", 0.1, 0.5, 7)
    with pytest.raises(Problem, match="make build"):
        write(configuration, data, tmp_path / "nowhere", "a-teacher", tmp_path / "out", 0.1, 0.5, 7)


def test_what_is_kept_is_heard_as_it_is(data):
    """However wildly the others are mixed: every frame is one of the recordings', both sources with it."""
    table = Data(train=[Source(path=str(data), split="train", kept=True)], excerpts=8, seconds=1.0)
    pool = table.pool(table.train, Path("/"), RATE)
    frames = list(epoch(pool, GRID, Input(), WILD, seed=1, number=0, batch=100000))
    found = {name: numpy.concatenate([getattr(one, name).flatten(0, 1) for one in frames]) for name in ("mixture", "voice")}
    share = found["voice"].sum(1) / found["mixture"].sum(1)
    excerpts = pool.epoch(numpy.random.default_rng([1, 0]))
    expected = []
    for excerpt in excerpts:
        accompaniment, voice = excerpt.read(RATE)
        sizes = [magnitudes(analyse(torch.from_numpy(one), GRID), GRID).sum(1) for one in (accompaniment + voice, voice)]
        expected.append(sizes[1] / sizes[0])
    # The level is all that is varied, and no share of it.
    assert numpy.allclose(numpy.sort(share), numpy.sort(numpy.concatenate(expected))[: len(share)], atol=1e-3)


def test_what_is_kept_gives_its_accompaniment_to_nobody(data, tmp_path):
    """Kept recordings without an accompaniment: as many silent frames as there are frames of theirs."""
    (tmp_path / "song").mkdir()
    voice = numpy.sin(numpy.arange(4 * RATE) * 0.1).astype(numpy.float32)
    soundfile.write(tmp_path / "song" / "voice.wav", voice, RATE)
    soundfile.write(tmp_path / "song" / "accompaniment.wav", 0 * voice, RATE)
    sources = [Source(path=str(data), split="train"), Source(kind="stems", path=str(tmp_path), kept=True)]
    table = Data(train=sources, excerpts=12, seconds=1.0)
    pool = table.pool(table.train, Path("/"), RATE)
    mixing = Mixing(remix=1.0, gain=0.0, warm=1.0)
    silent = total = 0
    for number in range(4):
        ours = sum(one.recording.kept for one in pool.epoch(numpy.random.default_rng([1, number])))
        frames = list(epoch(pool, GRID, Input(), mixing, seed=1, number=number, batch=100000))
        silent += sum(int((one.accompaniment.flatten(0, 1).sum(1) == 0).sum()) for one in frames)
        total += ours * RATE // GRID.hop
    assert total and silent == pytest.approx(total, abs=40)


def test_an_unpaired_source_cannot_be_kept():
    with pytest.raises(Problem, match="kept: found true of an unpaired source"):
        Source(kind="unpaired", kept=True)


@pytest.mark.parametrize("count", [0, 5])
def test_backwards_everything_is_heard_from_its_end(data, count):
    """In training and on dev, whole clips and excerpts."""
    found = []
    for backwards in (False, True):
        table = Data(
            train=[Source(path=str(data), split="train")], dev=[Source(path=str(data), split="dev")], excerpts=count,
            seconds=0.5, backwards=backwards,
        )  # fmt: skip
        drawn = table.pool(table.train, Path("/"), RATE).epoch(numpy.random.default_rng(3))
        found.append([one.read(RATE) for one in [*drawn, *table.measures(Path("/"), RATE)]])
    assert len(found[0]) == len(found[1]) > 2
    for forwards, turned in zip(*found):
        for one, other in zip(forwards, turned):
            assert numpy.array_equal(one[::-1], other) and not numpy.array_equal(one, other)
