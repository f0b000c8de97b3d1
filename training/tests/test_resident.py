"""Batches made on the device, compared on the processor with those that are made there from disk."""

import math
from dataclasses import replace

import numpy
import pytest
import torch
from conftest import written

from sotto_training import checkpoint
from sotto_training.batches import epoch
from sotto_training.configuration import configured
from sotto_training.data import Data, Pool
from sotto_training.features import Context, Input
from sotto_training.fit import Run
from sotto_training.grid import Grid, analyse, magnitudes
from sotto_training.level import LevelKind, levels, levels_along, powers
from sotto_training.mixing import Mixing
from sotto_training.resident import Resident
from sotto_training.sources import Source, mir1k

GRID = Grid(window=256, hop=64)


@pytest.fixture(scope="module")
def many(tmp_path_factory):
    return written(tmp_path_factory.mktemp("many"), 24, 1, 1.3)


def pool(folder, step=0, **how):
    """Half of it as `how` says."""
    found = mir1k.recordings(folder, "train")
    half = [replace(one, **how) if number % 2 else one for number, one in enumerate(found)]
    return Pool([(1.0, half)], 16000, step=step)


def both(folder, mixing, input=Input(), step=0, groups=(3, 3), numbers=(0,), target="magnitude", half={}):
    """All frames of epochs, of either pipeline."""
    resident = Resident(pool(folder, step, **half), GRID, input, mixing, 1, "cpu", target)
    on_device = [frames for number in numbers for frames in resident.epoch(number, batch=300, group=groups[0])]
    how = {"seed": 1, "batch": 300, "group": groups[1], "target": target}
    return on_device, [
        frames for number in numbers for frames in epoch(pool(folder, step, **half), GRID, input, mixing, number=number, **how)
    ]


def joined(batches, name):
    return torch.cat([getattr(frames, name).flatten(0, 1) for frames in batches])


VARIED = Mixing(remix=0.9, balance=4.0, gain=10.0, jitter=3.0, speed=0.4, varied=0.9, warm=0.5)
COLOURED = replace(VARIED, colour=5.0, formants=0.35)


@pytest.mark.parametrize("mixing, step, target", [
    (Mixing(shift=False, gain=0.0, warm=0.0), 0, "magnitude"),
    (Mixing(shift=False, gain=0.0, warm=1.0, equal=False), 0, "magnitude"),
    (Mixing(gain=0.0, step=6000), 6000, "magnitude"),
    (VARIED, 0, "magnitude"),
    (VARIED, 0, "projection"),
    (Mixing(gain=0.0, colour=8.0), 0, "magnitude"),
    (Mixing(gain=0.0, formants=0.5), 0, "magnitude"),
    (COLOURED, 0, "magnitude"),
    (COLOURED, 0, "projection"),
    (replace(COLOURED, rooms=0.9, pauses=0.8), 0, "projection"),
    (Mixing(gain=0.0, equal=False, pauses=1.0), 0, "magnitude"),
])  # fmt: skip
def test_they_are_the_frames_that_are_made_from_disk(data, mixing, step, target):
    on_device, from_disk = both(data, mixing, Input(context=Context(2, 1)), step, target=target)
    assert len(on_device) == len(from_disk) > 1
    for ours, theirs in zip(on_device, from_disk):
        for name in ("inputs", "mixture", "accompaniment", "voice"):
            one, other = getattr(ours, name), getattr(theirs, name)
            assert one.shape == other.shape
            assert (one - other).abs().max() < 1e-4 * other.max()


@pytest.mark.parametrize("half", [{"kept": True}, {"backwards": True}])
def test_what_is_kept_or_heard_backwards_is_so_on_the_device_too(data, half):
    """Half of the clips, in one pipeline as in the other, and otherwise than without."""
    on_device, from_disk = both(data, VARIED, half=half)
    assert len(on_device) == len(from_disk) > 1
    for ours, theirs in zip(on_device, from_disk):
        for name in ("mixture", "accompaniment", "voice"):
            one, other = getattr(ours, name), getattr(theirs, name)
            assert one.shape == other.shape and (one - other).abs().max() < 1e-4 * other.max()
    plain = both(data, VARIED)[1]
    assert [len(one.mixture) for one in plain] != [len(one.mixture) for one in from_disk] or any(
        (one.mixture - other.mixture).abs().max() > 1e-2 * one.mixture.max() for one, other in zip(plain, from_disk)
    )


@pytest.mark.parametrize("name, off", [("colour", "voice"), ("colour", "accompaniment"), ("formants", "voice")])
def test_colour_and_formants_are_heard(data, name, off):
    """The same clips, turned and mixed the same, sound otherwise."""
    still = Mixing(gain=0.0, shift=False, warm=1.0)
    plain, other = (both(data, one)[0] for one in (still, replace(still, **{name: 0.5 if name == "formants" else 8.0})))
    assert sum(len(one.mixture) for one in plain) == sum(len(one.mixture) for one in other)
    sums = [joined(one, off).sum(0) for one in (plain, other)]
    assert ((sums[0] - sums[1]).abs() / sums[0].clamp_min(0.01 * sums[0].max())).mean() > 0.05


@pytest.mark.parametrize("mixing", [VARIED, COLOURED], ids=["varied", "coloured"])
def test_projections_add_up_to_the_mixture(data, mixing):
    on_device, from_disk = both(data, mixing, target="projection")
    for batches in (on_device, from_disk):
        mixture, accompaniment, voice = (joined(batches, name) for name in ("mixture", "accompaniment", "voice"))
        assert (accompaniment + voice - mixture).abs().max() < 1e-4 * mixture.max()
        assert voice.min() < -0.01 * mixture.max(), "some of the voice is against the mixture"


def test_they_are_alike_however_many_are_shuffled_together(many):
    """As a run has them: means of every source and band, and how loud frames are."""
    on_device, from_disk = both(many, VARIED, groups=(None, 5), numbers=range(5))
    for name in ("mixture", "accompaniment", "voice"):
        ours, theirs = (joined(one, name) for one in (on_device, from_disk))
        assert len(ours) == pytest.approx(len(theirs), rel=0.1)
        bands = [one.log1p().mean(0)[1:129].reshape(16, 8).mean(1) for one in (ours, theirs)]
        assert (bands[0] - bands[1]).abs().max() < 0.1
        sizes = [(one**2).sum(1).add(1e-3).log10() * 10 for one in (ours, theirs)]
        assert float(sizes[0].quantile(0.5)) == pytest.approx(float(sizes[1].quantile(0.5)), abs=2)


def test_sequences_are_frames_in_a_row(data):
    resident = Resident(pool(data), GRID, Input(context=Context(1, 1)), Mixing(speed=0.2, varied=0.5), 1, "cpu")
    for frames in resident.epoch(0, batch=200, sequence=25):
        assert frames.inputs.shape[1:] == (25, 3, GRID.bins)
        assert torch.equal(frames.inputs[:, 1:, 0], frames.mixture[:, :-1])
        assert torch.equal(frames.inputs[:, :-1, 2], frames.mixture[:, 1:])


def test_an_epoch_repeats_and_the_next_differs(data):
    resident = Resident(pool(data), GRID, Input(), Mixing(speed=0.2, varied=0.5), 1, "cpu")
    one, again, other = (joined(resident.epoch(number, batch=100), "mixture") for number in (0, 0, 1))
    assert torch.equal(one, again) and (one.shape != other.shape or not torch.equal(one, other))


@pytest.mark.parametrize("seconds", [0.01, 3.0])
def test_levels_of_many_clips_are_those_of_each(seconds):
    grid, kind = Grid(), LevelKind(seconds=seconds)
    generator = torch.Generator().manual_seed(2)
    clips = [0.1 * torch.randn(length, generator=generator, dtype=torch.float64) for length in (30000, 12000, 256 * 3000)]
    clips[0][9000:20000] *= 1e-5  # a pause below the gate
    clips[1] *= 1e-6
    sizes = [magnitudes(analyse(one, grid), grid) for one in clips]
    most = max(len(one) for one in sizes)
    padded = torch.stack([torch.nn.functional.pad(powers(one, grid), (0, most - len(one)), value=7.0) for one in sizes])
    warm = torch.tensor([True, False, True])
    frames = torch.tensor([len(one) for one in sizes])
    found = levels_along(padded, frames, grid, kind, warm)
    for number, size in enumerate(sizes):
        expected = levels(size, grid, kind, warm=bool(warm[number]))
        assert torch.allclose(found[number, : len(size)], expected, rtol=1e-9), number


def test_unpaired_sound_is_drawn_from_all_of_it(data, tmp_path):
    import soundfile

    for name, seed in (("voice", 1), ("accompaniment", 2)):
        (tmp_path / name).mkdir()
        for number in range(3):
            samples = numpy.random.default_rng(seed).normal(size=8000) * 0.1
            soundfile.write(tmp_path / name / f"{number}.flac", samples, 16000)
    table = Data(train=[Source(kind="unpaired", path=str(tmp_path))], excerpts=9, seconds=0.6)
    drawn = table.pool(table.train, tmp_path, 16000)
    frames = list(Resident(drawn, GRID, Input(), Mixing(), 1, "cpu").epoch(0, batch=10**6))
    assert sum(len(one.mixture) for one in frames) == 9 * (9600 // 64)
    assert all(math.isfinite(float(one.mixture.sum())) and float(one.voice.min()) >= 0 for one in frames)


@pytest.mark.parametrize("dropout", [0.0, 0.1])
def test_a_run_resumes_to_the_bit(table, data, tmp_path, dropout):
    table["network"]["dropout"] = dropout
    how = {"say": lambda _: None, "pipeline": "device"}
    Run(configured(table, "tests"), data, tmp_path / "whole", **how).fit()
    Run(configured(table, "tests"), data, tmp_path / "parts", **how).fit(stop=1)
    Run.resumed(tmp_path / "parts", data, say=lambda _: None).fit()
    whole, parts = (checkpoint.load(tmp_path / name / "last.pt") for name in ("whole", "parts"))
    assert parts["origin"]["pipeline"] == "device"
    assert all(torch.equal(whole["average"][name], parts["average"][name]) for name in whole["average"])
    losses = [[row["train_loss"] for row in one["history"]] for one in (whole, parts)]
    assert losses[0] == losses[1] and losses[0][-1] < losses[0][0] * 1.5


def test_both_pipelines_learn_alike(table, many, tmp_path):
    table["fit"] |= {"epochs": 3, "evaluate": 3}
    figures = {}
    for pipeline in ("host", "device"):
        run = Run(configured(table, "tests"), many, tmp_path / pipeline, say=lambda _: None, pipeline=pipeline)
        run.fit()
        figures[pipeline] = run.history[-1]["dev_loss"]
    assert figures["device"] == pytest.approx(figures["host"], rel=0.15)
