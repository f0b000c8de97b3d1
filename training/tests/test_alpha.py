"""The curve over the threshold of a probabilistic mask."""

import csv

import pytest
import torch

from sotto_training import alpha, evaluate, seeded
from sotto_training.command import main
from sotto_training.model import Model
from sotto_training.output import Output
from sotto_training.sources import mir1k


class Ideal:
    """Stands in for a network: knows the share of the voice of a clip, and doubts it a little."""

    def __init__(self, clip, grid, input):
        from sotto_training.batches import clip_of
        from sotto_training.mixing import plain

        frames = clip_of(*plain(*clip.read(grid.rate)), grid, input)
        self.share = frames.voice / (frames.voice + frames.accompaniment + 1e-9)

    def in_blocks(self, inputs, frames):
        missing = inputs.shape[1] - self.share.shape[0]  # those of flush
        return torch.nn.functional.pad(self.share, (0, 0, 0, missing))[None]

    def remembers(self):
        return True


@pytest.fixture
def ideal(data):
    model = seeded.model(seeded.found("deep-karaoke", ["input.context={past=0,future=0}", "network.hidden=[4]"]), 1)
    (clip, _) = mir1k.recordings(data, "dev")
    return clip, Model(model.grid, model.input, Ideal(clip, model.grid, model.input), Output("mask", "probabilistic"))


def test_a_higher_threshold_interferes_less_and_cuts_more(ideal):
    clip, model = ideal
    low, middle, high = alpha.curve([clip], model, [0.02, 0.5, 0.97])
    assert low.voice_gsir < middle.voice_gsir < high.voice_gsir
    assert middle.voice_gsdr > max(low.voice_gsdr, high.voice_gsdr)
    assert high.voice_gsar < middle.voice_gsar


def test_at_one_half_it_is_what_is_scored(ideal):
    clip, model = ideal
    (point,) = alpha.curve([clip], model, [0.5])
    scored = evaluate.means(evaluate.score_all([clip], model))
    assert point.voice_gsir == pytest.approx(scored["voice_gsir"], abs=1e-9)
    assert point.voice_gsar == pytest.approx(scored["voice_gsar"], abs=1e-9)


def test_the_command_draws_it(data, tmp_path, capsys):
    weights = tmp_path / "karaoke.safetensors"
    small = ["--set", "grid.window=256", "--set", "grid.hop=64", "--set", "network.hidden=[6]"]
    assert main(["seeded", "deep-karaoke", str(weights), *small]) == 0
    picture = tmp_path / "alpha.svg"
    arguments = ["alpha", "--weights", str(weights), "--data", str(data), "--out", str(picture), "--step"]
    assert main([*arguments, "0.2"]) == 0
    rows = list(csv.DictReader((tmp_path / "alpha.csv").open()))
    assert [float(row["alpha"]) for row in rows] == [0.01, 0.21, 0.41, 0.61, 0.81]
    assert all(name in picture.read_text() for name in ("SIR", "SDR", "SAR", "alpha", "polyline"))
    assert main([*arguments, "2"]) == 1
    assert "--step: found 2.0" in capsys.readouterr().err
