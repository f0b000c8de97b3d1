"""Stereo: recordings of two channels, mixtures with a place, and networks that hear mid and side."""

import math
from dataclasses import replace

import numpy
import pytest
import soundfile
import torch
from conftest import RATE, clip, tiny

from sotto_training import export, weights
from sotto_training.batches import clip_of, mixtures
from sotto_training.configuration import configured
from sotto_training.evaluate import score
from sotto_training.features import Input
from sotto_training.fit import Run
from sotto_training.grid import Grid
from sotto_training.level import levels
from sotto_training.mixing import Mixing, coloured, played_at, spread, variation, varied
from sotto_training.place import Doubled, Place, apart, widened
from sotto_training.problem import Problem
from sotto_training.room import Room, heard
from sotto_training.sources import Excerpt, Source


def noise(seed, *shape):
    return numpy.random.default_rng(seed).normal(size=shape).astype("f4") * numpy.float32(0.1)


def decibels(samples, other):
    return 20 * math.log10(numpy.sqrt((samples**2).mean() / (other**2).mean()))


@pytest.fixture(scope="session")
def songs(tmp_path_factory):
    """A song, its voice in the middle and its music left and right, a mono one, and a folder of voices."""
    folder = tmp_path_factory.mktemp("songs")
    for name, seed in (("one", 1), ("two", 2)):
        (folder / "stems" / name).mkdir(parents=True)
        both, other = clip(seed), clip(seed + 7)
        soundfile.write(folder / "stems" / name / "vocals.wav", numpy.stack([both[:, 1]] * 2, 1), RATE, subtype="FLOAT")
        soundfile.write(
            folder / "stems" / name / "music.wav", numpy.stack([both[:, 0], other[:, 0]], 1), RATE, subtype="FLOAT"
        )
    (folder / "voice").mkdir()
    soundfile.write(folder / "voice" / "mono.wav", clip(4)[:, 1], RATE, subtype="FLOAT")
    return folder


def system(**changes) -> dict:
    """A tiny network of two paths that hears mid and side."""
    table = tiny() | {
        "input": {"feature": "mid-side"},
        "network": {"architecture": "dual-path", "together": 4, "channels": [6, 7], "blocks": 1, "units": 8},
        "output": {"kind": "mask"},
        "data": {
            "train": [{"kind": "stems", "path": "stems", "stereo": "both"}],
            "dev": [{"kind": "stems", "path": "stems", "only": ["two"], "stereo": "both"}],
        },
        "mixing": {"remix": 0.5, "mono": 0.2, "aside": 5.0, "spread": 9.0},
        "fit": {"epochs": 24, "batch": 160, "sequence": 20, "first": 1e-2, "loss": "decibels", "target": "projection",
                "evaluate": 12, "average": 0.9, "seed": 3},
    }  # fmt: skip
    return table | changes


def test_both_channels_of_stems_are_read_and_a_mono_file_is_both(songs):
    one, _ = Source(kind="stems", path="stems", stereo="both").recordings(songs)
    accompaniment, voice = Excerpt(one).read(RATE)
    left, _ = soundfile.read(songs / "stems" / "one" / "music.wav", dtype="float32")
    assert accompaniment.shape == voice.shape == (2, len(left)) and numpy.array_equal(accompaniment, left.T)
    assert numpy.array_equal(voice[0], voice[1])
    (mixed,) = Source(kind="unpaired", voice="voice", accompaniment="stems", stereo="both").recordings(songs)
    again, sung = Excerpt(mixed, 100, 200, 4000).read(RATE)
    assert again.shape == sung.shape == (2, 4000) and numpy.array_equal(sung[0], sung[1])


def test_a_stretch_of_two_channels_goes_on_behind_the_end_and_backwards(songs):
    one, _ = Source(kind="stems", path="stems", stereo="both").recordings(songs)
    count = one.length(RATE)
    whole, _ = Excerpt(one).read(RATE)
    round_, _ = Excerpt(one, count - 10, count - 10, 30).read(RATE)
    assert numpy.array_equal(round_, numpy.concatenate([whole[:, -10:], whole[:, :20]], 1))
    back, _ = Excerpt(replace(one, backwards=True)).read(RATE)
    assert numpy.array_equal(back, whole[:, ::-1])


def test_both_of_a_set_whose_channels_are_the_sources_is_refused():
    with pytest.raises(Problem, match="stereo: found 'both' of mir1k"):
        Source(kind="mir1k", stereo="both")


@pytest.mark.parametrize("change", [lambda x: played_at(x, 1.3), lambda x: coloured(x, numpy.linspace(-6, 6, 17), RATE)])
def test_two_channels_vary_as_each_does_alone(change):
    both = noise(1, 2, 8000)
    assert numpy.allclose(change(both), numpy.stack([change(both[0]), change(both[1])]), atol=1e-6)


def test_a_room_answers_each_channel_in_its_own_way_and_the_straight_sound_stays():
    voice = numpy.zeros((2, RATE), "f4")
    voice[:, 0] = 1.0
    found = heard(voice, Room(0.3, -6.0, 0.02, 5), RATE)
    assert abs(found[0, 0] - 1) < 1e-5 and abs(found[1, 0] - 1) < 1e-5
    tails = found[:, 200:]
    assert decibels(tails[0], tails[1]) == pytest.approx(0, abs=1.5)
    assert abs(numpy.corrcoef(tails)[0, 1]) < 0.1


def test_the_voice_goes_aside_by_so_many_decibels():
    voice = noise(2, 8000)
    left, right = apart(voice, 4.0)
    assert decibels(left, right) == pytest.approx(4.0, abs=1e-3)
    assert decibels(numpy.stack([left, right]), voice) == pytest.approx(0.0, abs=0.5)


def test_width_keeps_the_middle():
    both = noise(3, 2, 4000)
    for factor in (0.0, 0.5, 1.2):
        found = widened(both, factor)
        assert numpy.allclose(found.mean(0), both.mean(0), atol=1e-6)
        assert numpy.allclose(found[0] - found[1], factor * (both[0] - both[1]), atol=1e-5)


def test_an_accompaniment_of_one_channel_is_spread_by_frequency():
    place = Place(spread=numpy.array([6.0 if number % 2 else -6.0 for number in range(17)]))
    for frequency, expected in ((1000.0, -6.0), (1414.2136, 6.0)):  # two nodes, half an octave apart
        sine = numpy.sin(2 * numpy.pi * frequency * numpy.arange(2 * RATE) / RATE).astype("f4")
        left, right = spread(sine, place, RATE)
        assert decibels(left, right) == pytest.approx(expected, abs=0.05)
    same = numpy.stack([sine, sine])
    assert decibels(*spread(same, place, RATE)) == pytest.approx(6.0, abs=0.05), "two channels alike are one"


def test_a_hall_is_heard_at_the_sides_only():
    sound = noise(4, RATE)
    left, right = spread(sound, Place(hall=Room(0.5, -6.0, 0.01, 3)), RATE)
    assert numpy.allclose((left + right) / 2, sound, atol=1e-5)
    assert -9 < decibels((left - right) / 2, sound) < -3


def test_a_doubled_voice_is_wide_and_its_copies_are_where_they_should_be():
    click = numpy.zeros((2, RATE), "f4")
    click[:, 0] = 1.0
    found = Doubled((0.01, 0.02), -6.0).heard(click, RATE)
    assert numpy.array_equal(numpy.flatnonzero(found[0]), [0, 160]) and numpy.array_equal(numpy.flatnonzero(found[1]), [0, 320])
    assert found[0, 160] == pytest.approx(0.5012, abs=1e-3)
    voice = numpy.stack([noise(11, RATE)] * 2)
    left, right = Doubled((0.01, 0.03), 0.0).heard(voice, RATE)
    assert decibels(left - right, left + right) == pytest.approx(-4.8, abs=0.3)  # sides 1 + 1, mid 4 + 1 + 1


def test_mono_turned_and_as_loud_as_one_channel_is():
    random, mixing = numpy.random.default_rng(0), Mixing(gain=0.0, mono=1.0, spread=9.0)
    drawn = variation(mixing, random, 8000, stereo=True)
    music, voice = varied(noise(5, 2, 8000), noise(6, 8000), drawn)
    assert numpy.array_equal(music[0], music[1]) and numpy.array_equal(voice[0], voice[1])
    assert decibels(music + voice, numpy.float32([0.1])) == pytest.approx(0.0, abs=0.01)  # -20 dBFS
    straight = replace(drawn, place=Place())
    turned = replace(drawn, place=Place(turned=True))
    given = (noise(5, 2, 8000), noise(6, 2, 8000))
    for one, other in zip(varied(*given, straight), varied(*given, turned)):
        assert numpy.allclose(one, other[::-1], atol=1e-7) and not numpy.allclose(one, other)


def test_chance_without_stereo_is_what_it_was():
    mixing = Mixing(speed=0.3, varied=1.0, colour=3.0)
    one, other = (variation(mixing, numpy.random.default_rng(9), 8000, stereo=stereo) for stereo in (False, True))
    assert one.place is None and other.place is not None
    assert (one.speeds, one.turn, one.balance, one.gain) == (other.speeds, other.turn, other.balance, other.gain)


def test_mixtures_of_both_kinds_have_two_channels(songs):
    recordings = Source(kind="stems", path="stems", stereo="both").recordings(songs) + Source(
        kind="unpaired", voice="voice", accompaniment="voice"
    ).recordings(songs)
    excerpts = [Excerpt(one, 0, 0, 8000) for one in recordings]
    mixing = Mixing(remix=1.0, aside=5.0, spread=9.0)
    for pair, _ in mixtures(excerpts, mixing, numpy.random.default_rng(1), RATE, stereo=True):
        assert all(one.shape == (2, 8000) and one.dtype == numpy.float32 and numpy.isfinite(one).all() for one in pair)


def test_frames_are_mid_and_side_and_add_up_to_the_mixture():
    grid, input = Grid(window=256, hop=64), Input(feature="mid-side")
    music, voice = noise(7, 2, 4000), numpy.stack([noise(8, 4000)] * 2)
    found = clip_of(music, voice, grid, input, target="projection")
    assert found.mixture.shape == (62, 2 * grid.bins)
    assert torch.allclose(found.voice + found.accompaniment, found.mixture, atol=1e-3)
    side = slice(grid.bins, None)
    assert found.voice[:, side].abs().max() < 1e-3, "what is in the middle has no side"
    assert found.accompaniment[:, side].abs().mean() > 0.1
    mono = clip_of(music[0], voice[0], grid, input)
    assert not mono.mixture[:, side].any()


def test_the_level_of_mid_and_side_is_that_of_the_channels():
    grid = Grid(window=256, hop=64)
    for both, expected in ((noise(9, 2, RATE), 0.1), (numpy.stack([noise(9, RATE), numpy.zeros(RATE, "f4")]), 0.1 / 2**0.5)):
        input = Input(feature="mid-side", scale=1.0)
        found = clip_of(both, 0 * both, grid, input)
        loud = clip_of(4 * both, 0 * both, grid, input)
        assert torch.allclose(found.mixture[8:], loud.mixture[8:], rtol=1e-4)
        mid, side = (both[0] + both[1]) / 2, (both[0] - both[1]) / 2
        sizes = torch.cat([clip_sizes(one, grid) for one in (mid, side)], -1)
        assert float(levels(sizes, grid, input.level)[-1]) == pytest.approx(expected, rel=0.03)


def clip_sizes(samples, grid):
    from sotto_training.grid import analyse, magnitudes

    return magnitudes(analyse(torch.from_numpy(samples), grid), grid)


def test_a_stereo_network_trains_exports_and_beats_the_mixture(songs, tmp_path):
    run = Run(configured(system(), "here"), songs, tmp_path / "run", say=lambda *_: None)
    run.fit()
    first, last = run.history[0]["train_loss"], run.history[-1]["train_loss"]
    assert last < first
    document = export.export(tmp_path / "run", songs, tmp_path / "out.safetensors")
    assert document["input"]["feature"] == "mid-side" and "channels" not in document["input"]
    model, _ = weights.read(tmp_path / "out.safetensors")
    one = run.dev[0]
    assert score(one, model).voice_nsdr > 5.0
    accompaniment, voice = one.read(RATE)
    found = model.voice(torch.from_numpy(accompaniment + voice))
    assert found.shape == voice.shape
    mono = torch.from_numpy((accompaniment + voice).mean(0))
    assert torch.allclose(model.voice(torch.stack([mono, mono])), model.voice(mono).expand(2, -1), atol=1e-5)
    turned = model.voice(torch.from_numpy((accompaniment + voice)[::-1].copy()))
    assert torch.allclose(turned, found.flip(0), atol=1e-5), "left and right are alike to it"


def test_weights_of_one_channel_begin_a_stereo_network_that_plays_as_they_do(songs, tmp_path):
    one = system(
        input={"feature": "magnitude"}, mixing={},
        data={"train": [{"kind": "stems", "path": "stems"}], "dev": [{"kind": "stems", "path": "stems"}]},
    )  # fmt: skip
    Run(configured(one, "one"), songs, tmp_path / "one", say=lambda *_: None).fit(12)
    export.export(tmp_path / "one", songs, tmp_path / "one.safetensors")
    before, _ = weights.read(tmp_path / "one.safetensors")
    sound = torch.from_numpy(noise(3, 6000))
    for start in (tmp_path / "one", tmp_path / "one.safetensors"):
        run = Run(configured(system(), "two"), songs, tmp_path / "two", say=lambda *_: None, start=start)
        assert torch.allclose(run.model().voice(sound), before.voice(sound), atol=1e-5)
    wider = system(network=system()["network"] | {"channels": [7, 7]})
    with pytest.raises(Problem, match="network is another one"):
        Run(configured(wider, "three"), songs, tmp_path / "three", say=lambda *_: None, start=tmp_path / "one")


@pytest.mark.parametrize(
    "changes, words",
    [
        ({"input": {"feature": "magnitude"}}, "mixing.mono: found 0.2, expected 0"),
        ({"input": {"feature": "magnitude"}, "mixing": {}}, "stereo 'both'"),
        ({"output": {"kind": "two-source-magnitudes"}}, "expected output.kind 'mask'"),
        ({"network": {"architecture": "gated", "cell": "gru", "hidden": [8]}}, "expected masks of mid and side"),
        ({"mixing": {"mono": 1.5}}, "mixing.mono: found 1.5"),
        ({"input": {"feature": "left"}}, "input.feature: found 'left', expected one of magnitude, mid-side"),
    ],
)
def test_what_does_not_go_together_is_refused(changes, words):
    with pytest.raises(Problem, match=words.replace("(", r"\(")):
        configured(system(**changes), "here")


def test_the_device_pipeline_says_that_it_has_no_stereo(songs, tmp_path):
    with pytest.raises(Problem, match="pipeline: found 'device'"):
        Run(configured(system(), "here"), songs, tmp_path, pipeline="device", say=lambda *_: None)
