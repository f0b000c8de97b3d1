"""A teacher in training: what it tells counts by its share, and a run goes on with the same one only."""

import numpy
import pytest
import soundfile
import torch
from conftest import RATE

from sotto_training import checkpoint, golden, seeded, weights
from sotto_training.batches import Frames
from sotto_training.features import parts
from sotto_training.fit import Run
from sotto_training.grid import analyse
from sotto_training.problem import Problem
from sotto_training.teacher import Teacher, teacher_of

SMALL = [
    f"grid.rate={RATE}", "grid.window=256", "grid.hop=128", "network.levels=2", "network.depth=2", "network.growth=4",
    "network.encoders=[]", "network.decoders=[]", "fit.epochs=3", "fit.batch=60", "fit.sequence=10", "fit.evaluate=1",
    'data.train=[{kind="stems", path="train", stereo="both"}]', 'data.dev=[{kind="stems", path="dev", stereo="both"}]',
    "data.excerpts=4", "data.seconds=1.0", "data.measured=0.0",
]  # fmt: skip


def configuration(*more):
    return seeded.found("sotto-wide", [*SMALL, *more])


def written(path, number):
    model = seeded.model(configuration("fit.taught=0.0"), number)
    weights.write(model, seeded.document(model, "teacher", "Teacher", number), path)
    return path


@pytest.fixture
def stems(tmp_path):
    """A folder of stems: `train` and `dev`, one song each."""
    random = numpy.random.default_rng(1)
    for split in ("train", "dev"):
        folder = tmp_path / "stems" / split / "song"
        folder.mkdir(parents=True)
        for name in ("accompaniment", "vocals"):
            soundfile.write(folder / f"{name}.wav", 0.1 * random.normal(size=(3 * RATE, 2)), RATE, subtype="FLOAT")
    return tmp_path / "stems"


def heard(asked, seconds, seed=2):
    """A mixture [2, n] and the frames of it, whose voice is a part of it."""
    random = torch.Generator().manual_seed(seed)
    mixture, voice = 0.1 * torch.randn(2, 2, int(seconds * RATE), generator=random)
    both, alone = (
        parts(torch.cat([analyse(row, asked.grid) for row in sound], -1), asked.input)[None] for sound in (mixture, voice)
    )
    return mixture, Frames(both, both, both - alone, alone)


def test_both_sources_go_towards_the_teachers_by_its_share(tmp_path):
    """What it finds in the recording, all but at its ends."""
    asked = configuration("fit.taught=0.25", 'fit.precision="float32"')
    teacher = Teacher(written(tmp_path / "teacher.safetensors", 3), asked, "cpu")
    mixture, frames = heard(asked, 0.3)
    found = teacher.taught(frames)
    with torch.no_grad():
        told = parts(torch.cat([analyse(row, asked.grid) for row in teacher.model.voice(mixture)], -1), asked.input)[None]
    ends = [asked.grid.window // asked.grid.hop - 1] * 2
    inner = slice(ends[0], -ends[1])
    # What is heard of the last frames fades out: those before them see it, and may differ.
    assert torch.allclose(found.voice[:, inner][:, :-1], (0.75 * frames.voice + 0.25 * told)[:, inner][:, :-1], atol=1e-4)
    assert torch.equal(found.voice[:, : ends[0]], frames.voice[:, : ends[0]])
    assert torch.equal(found.voice[:, -ends[1] :], frames.voice[:, -ends[1] :])
    assert torch.allclose(found.voice + found.accompaniment, frames.mixture, atol=1e-4)


def test_a_teacher_may_have_another_grid_and_wait_for_what_comes(tmp_path):
    """The weights' own arrangement for recordings tells a network of the newest frame."""
    changed = [*golden.SYSTEMS["sotto-block"], "grid.shape='hann'"]
    late = seeded.found("sotto-block", changed)
    model = seeded.model(late, 1)
    document = weights.description(model, "late", "Late", {}, {}, {}, late.network)
    weights.write(model, document, tmp_path / "late.safetensors")
    asked = seeded.found("sotto", [
        *golden.SYSTEMS["sotto"], "grid.shape='low-delay-hann'", "input.scale=20", "fit.taught=1.0", "fit.precision='float32'",
        "fit.sequence=60",
    ])  # fmt: skip
    teacher = teacher_of(tmp_path / "late.safetensors", asked, "cpu")
    assert teacher.model.output.delay == document["files"]["delay"] > model.output.delay
    mixture, frames = heard(asked, 64 * 60 / RATE)
    voice = teacher.model.voice(mixture)
    told = parts(torch.cat([analyse(row, asked.grid) for row in voice], -1), asked.input)[None]
    found = teacher.taught(frames).voice
    assert voice.abs().max() > 1e-3
    # The sequence's sound fades out in its last frame, which those see that are in one patch with it.
    assert torch.allclose(found[:, 3:36], told[:, 3:36], atol=1e-4 * float(told.abs().max()))


def test_taught_by_nothing_else_a_network_comes_nearer_to_its_teacher(tmp_path, stems):
    asked = configuration("fit.taught=1.0", "fit.epochs=12", "fit.first=3e-3", "fit.evaluate=12")
    teacher = written(tmp_path / "teacher.safetensors", 3)
    run = Run(asked, stems, tmp_path / "run", say=lambda _: None, start=written(tmp_path / "start.safetensors", 4), teacher=teacher)
    run.fit()
    losses = [row["train_loss"] for row in run.history]
    assert losses[-1] < losses[0] - 2.0  # dB


def test_a_run_goes_on_with_its_teacher_to_the_bit_and_with_no_other(tmp_path, stems):
    asked = configuration("fit.taught=0.5")
    teacher = written(tmp_path / "teacher.safetensors", 3)
    Run(asked, stems, tmp_path / "whole", say=lambda _: None, teacher=teacher).fit()
    Run(asked, stems, tmp_path / "parts", say=lambda _: None, teacher=teacher).fit(stop=1)
    Run.resumed(tmp_path / "parts", stems, say=lambda _: None).fit()
    one, other = (checkpoint.load(tmp_path / name / "last.pt")["network"] for name in ("whole", "parts"))
    assert all(torch.equal(one[name], other[name]) for name in one)
    written(teacher, 5)
    with pytest.raises(Problem, match="is not the teacher"):
        Run.resumed(tmp_path / "parts", stems, say=lambda _: None)


def test_a_teacher_is_there_where_it_counts_and_hears_the_same(tmp_path):
    path = written(tmp_path / "teacher.safetensors", 3)
    for taught, found in ((0.5, None), (0.0, path)):
        with pytest.raises(Problem, match="expected one exactly where that is above 0"):
            teacher_of(found, configuration(f"fit.taught={taught}"), "cpu")
    with pytest.raises(Problem, match="teacher.safetensors, grid.rate: found"):
        teacher_of(path, configuration("fit.taught=0.5", f"grid.rate={2 * RATE}"), "cpu")
    with pytest.raises(Problem, match="fit.sequence: found 2, expected more than the 2 frames"):
        teacher_of(path, configuration("fit.taught=0.5", "fit.sequence=2"), "cpu")
    with pytest.raises(Problem, match="input.feature 'magnitude', expected 'spectrum'"):
        teacher_of(path, seeded.found("svsgan", ["fit.taught=0.5"]), "cpu")
    with pytest.raises(Problem, match="fit.taught: found 1.5, expected 0 to 1"):
        configuration("fit.taught=1.5")
