import warnings

import mir_eval
import numpy
import pytest
import soundfile
import torch

from sotto_training import evaluate
from sotto_training.bss import References
from sotto_training.golden import context_model
from sotto_training.mixing import plain, played_at
from sotto_training.sources import mir1k


class Known:
    """Stands in for a model: gives back what it was told."""

    def __init__(self, grid, estimate):
        self.grid, self.estimate = grid, estimate

    def voice(self, samples):
        return self.estimate(samples)


def test_a_perfect_estimate_scores_high_and_the_mixture_nothing(data):
    from conftest import RATE

    clip = mir1k.recordings(data, "dev")[0]
    samples, _ = soundfile.read(data / "dev" / clip.name, dtype="float32")
    _, voice = plain(samples[:, 0], samples[:, 1])
    noise = 1e-3 * numpy.random.default_rng(0).normal(size=len(voice)).astype(numpy.float32)
    grid = context_model().grid
    assert grid.rate == RATE
    good = evaluate.score(clip, Known(grid, lambda _: torch.from_numpy(voice + noise)))
    assert good.voice_nsdr > 25 and good.voice_sir > 40
    nothing = evaluate.score(clip, Known(grid, lambda mixture: 0.5 * mixture))
    assert nothing.voice_nsdr == pytest.approx(0, abs=0.01)


def test_silence_is_no_estimate_and_no_fault(data):
    nothing = Known(context_model().grid, torch.zeros_like)
    assert evaluate.score(mir1k.recordings(data, "dev")[0], nothing).voice_nsdr < -90


def test_means_are_weighted_by_length():
    one = evaluate.Score("a", 1000, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0)
    two = evaluate.Score("b", 3000, 5.0, 2.0, 3.0, 4.0, 5.0, 6.0)
    assert evaluate.means([one, two])["voice_gnsdr"] == pytest.approx(4.0)


def test_plain_mixtures_are_at_equal_energy():
    random = numpy.random.default_rng(0)
    music, voice = plain(random.normal(size=9000).astype("f4"), 9 * random.normal(size=9000).astype("f4"))
    assert (music**2).sum() == pytest.approx((voice**2).sum(), rel=1e-5)
    assert numpy.sqrt(numpy.mean((music + voice) ** 2)) == pytest.approx(0.1, rel=1e-5)


def test_faster_is_higher_by_as_much():
    time = numpy.arange(16000) / 16000
    tone = numpy.sin(2 * numpy.pi * 400 * time).astype("f4")
    faster = played_at(tone, 1.25)
    assert len(faster) == 12800
    assert numpy.abs(numpy.fft.rfft(faster)).argmax() * 16000 / 12800 == pytest.approx(500)
    assert faster.std() == pytest.approx(tone.std(), rel=1e-3)


@pytest.mark.parametrize("sources", [1, 2])
def test_scores_are_those_of_mir_eval(data, sources):
    accompaniment, voice = mir1k.recordings(data, "dev")[0].read(16000)
    references = numpy.stack([voice, accompaniment]).astype(float)[:sources]
    random = numpy.random.default_rng(3)
    estimates = references + 0.3 * references[::-1] + 0.02 * random.normal(size=references.shape)
    estimates = numpy.apply_along_axis(numpy.convolve, 1, estimates, [0.2, 1.0, -0.4], "same")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        expected = mir_eval.separation.bss_eval_sources(references, estimates, compute_permutation=False)[:3]
    for found, known in zip(References(references).scores(estimates), expected):
        finite = known < 150  # a single reference has no interference
        assert numpy.abs(found - known)[finite].max(initial=0) < 1e-6


def test_a_clip_without_a_voice_is_no_measure(tmp_path):
    """Whatever is left of silence would be counted in decibels, and choose the epoch."""
    (tmp_path / "dev").mkdir()
    music = numpy.random.default_rng(0).normal(size=(16000, 2)) * [0.1, 0.0]
    soundfile.write(tmp_path / "dev" / "instrumental.wav", music, 16000)
    clip = mir1k.recordings(tmp_path, "dev")[0]
    with pytest.raises(evaluate.Problem, match="instrumental.wav: found a silent voice"):
        evaluate.score(clip, Known(context_model().grid, torch.zeros_like))
