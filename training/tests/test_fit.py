import shutil

import pytest
import torch

from sotto_training import batches, checkpoint
from sotto_training.batches import epoch, projections
from sotto_training.configuration import configured
from sotto_training.data import Pool
from sotto_training.features import Context, Input
from sotto_training.fit import Run
from sotto_training.mixing import Mixing
from sotto_training.problem import Problem
from sotto_training.sources import mir1k


def silent(_):
    pass


def pool(data):
    return Pool([(1.0, mir1k.recordings(data, "train"))], 16000)


def state(folder):
    found = checkpoint.load(folder / "last.pt")
    return {"network": found["network"], "average": found["average"], "optimiser": found["optimiser"]["state"]}


def same(one, other):
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    return torch.equal(one, other)


def test_interrupted_and_resumed_equals_uninterrupted_to_the_bit(configuration, data, tmp_path):
    Run(configuration, data, tmp_path / "whole", say=silent).fit()
    Run(configuration, data, tmp_path / "parts", say=silent).fit(stop=1)
    Run.resumed(tmp_path / "parts", data, say=silent).fit(stop=3)
    Run.resumed(tmp_path / "parts", data, say=silent).fit()
    assert same(state(tmp_path / "whole"), state(tmp_path / "parts"))
    losses = [[row["train_loss"] for row in checkpoint.load(tmp_path / name / "last.pt")["history"]]
              for name in ("whole", "parts")]  # fmt: skip
    assert losses[0] == losses[1] and len(losses[0]) == 4
    assert (tmp_path / "whole" / "curve.svg").read_text().startswith("<svg")
    assert len((tmp_path / "whole" / "curve.csv").read_text().splitlines()) == 5


def test_interrupted_inside_an_epoch_repeats_it_exactly(configuration, data, tmp_path):
    Run(configuration, data, tmp_path / "whole", say=silent).fit(stop=2)
    run = Run(configuration, data, tmp_path / "cut", say=silent)
    run.fit(stop=1)
    batches = run.batches(1)
    run.network.train()(next(batches).inputs, run.generator)  # half an epoch's worth of random numbers are gone
    Run.resumed(tmp_path / "cut", data, say=silent).fit(stop=2)
    assert same(state(tmp_path / "whole"), state(tmp_path / "cut"))


def test_sequences_resume_to_the_bit_as_single_frames_do(table, data, tmp_path):
    table["network"] = {"architecture": "dense", "hidden": [12, 10], "recurrent": [1], "dropout": 0.1}
    table["fit"] |= {"sequence": 20, "epochs": 2}
    Run(configured(table, "tests"), data, tmp_path / "whole", say=silent).fit()
    Run(configured(table, "tests"), data, tmp_path / "parts", say=silent).fit(stop=1)
    Run.resumed(tmp_path / "parts", data, say=silent).fit()
    assert same(state(tmp_path / "whole"), state(tmp_path / "parts"))


def test_a_run_goes_on_only_with_its_own_clips(configuration, data, tmp_path):
    Run(configuration, data, tmp_path / "run", say=silent).fit(stop=1)
    shutil.copytree(data, tmp_path / "less")
    (tmp_path / "less" / "train" / "clip_0.wav").unlink()
    with pytest.raises(Problem, match="found 3 clips, expected the 4 that the run"):
        Run.resumed(tmp_path / "run", tmp_path / "less", say=silent)


def test_the_same_seed_gives_the_same_weights_another_others(table, data, tmp_path):
    for name, seed in (("one", 3), ("two", 3), ("three", 4)):
        table["fit"]["seed"] = seed
        Run(configured(table, "tests"), data, tmp_path / name, say=silent).fit(stop=1)
    assert same(state(tmp_path / "one"), state(tmp_path / "two"))
    assert not same(state(tmp_path / "one")["network"], state(tmp_path / "three")["network"])


def test_training_helps(configuration, data, tmp_path):
    run = Run(configuration, data, tmp_path, say=silent)
    before = run.measure()
    for row in range(4):
        run.phase.train(row)
    after = run.measure()
    assert after["dev_loss"] < 0.8 * before["dev_loss"]


def test_sequences_are_frames_in_a_row(configuration, data):
    grid, input = configuration.grid, Input(context=Context(1, 1))
    for frames in epoch(pool(data), grid, input, Mixing(), seed=1, number=0, batch=200, sequence=25):
        assert frames.inputs.shape[1:] == (25, 3, grid.bins) and frames.voice.shape[1:] == (25, grid.bins)
        assert torch.equal(frames.inputs[:, :, 1], frames.mixture)
        assert torch.equal(frames.inputs[:, 1:, 0], frames.mixture[:, :-1])
        assert torch.equal(frames.inputs[:, :-1, 2], frames.mixture[:, 1:])


def test_projections_by_hand():
    """3 + 4i is five: of 3, what has its phase is 3 x 3/5, of 4i it is 4 x 4/5; -1 beside 3 is against 2."""
    voice, accompaniment = torch.tensor([3.0 + 0j, -1.0 + 0j, 0j]), torch.tensor([4j, 3.0 + 0j, 0j])
    found = [projections(source, voice + accompaniment).tolist() for source in (voice, accompaniment)]
    assert found[0] == pytest.approx([1.8, -1.0, 0.0]) and found[1] == pytest.approx([3.2, 3.0, 0.0])


def test_no_real_mask_is_nearer_than_the_projection():
    generator = torch.Generator().manual_seed(4)
    source, rest = (torch.randn(200, dtype=torch.complex64, generator=generator) for _ in range(2))
    mixture = source + rest
    best = (projections(source, mixture) / mixture.abs() * mixture - source).abs()
    assert all((best <= (mask * mixture - source).abs() + 1e-4).all() for mask in torch.linspace(-4, 4, 801))


def test_where_frames_are_many_fewer_clips_are_held_at_once(configuration, data, monkeypatch):
    def voices(**kind):
        asked = configuration.grid, configuration.input, configuration.mixing
        return torch.cat([part.voice for part in epoch(pool(data), *asked, seed=1, number=0, batch=100, **kind)])

    everything = voices()
    monkeypatch.setattr(batches, "NUMBERS", 1)
    assert torch.equal(voices(), voices(group=1)) and not torch.equal(voices(), everything)


def test_an_epoch_repeats_and_the_next_differs(configuration, data):
    def frames(number):
        parts = epoch(
            pool(data), configuration.grid, configuration.input, configuration.mixing,
            seed=1, number=number, batch=100, group=3,
        )  # fmt: skip
        return torch.cat([part.mixture for part in parts])

    assert torch.equal(frames(0), frames(0))
    other = frames(1)
    assert other.shape != frames(0).shape or not torch.equal(other, frames(0))
