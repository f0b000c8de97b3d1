"""How mixtures vary: other rooms, other throats, other speeds, pauses."""

import math
from dataclasses import replace

import numpy
import pytest
import torch

from sotto_training.grid import Grid, analyse, synthesise
from sotto_training.mixing import Mixing, Pause, Variation, coloured, moved, varied, variation
from sotto_training.problem import Problem
from sotto_training.room import Room, heard


def tone(frequency, seconds, rate):
    return 0.3 * numpy.sin(2 * numpy.pi * frequency * numpy.arange(round(seconds * rate)) / rate)


def test_mixtures_keep_the_balance_of_the_recording_if_asked():
    random = numpy.random.default_rng(0)
    music, voice = random.normal(size=(2, 8000)).astype("f4") * numpy.array([[1.0], [0.1]], "f4")
    drawn = variation(Mixing(shift=False, gain=0.0), random, 8000)
    for equal, decibels in ((True, 0.0), (False, -20.0)):
        one, other = varied(music, voice, drawn, equal)
        assert 20 * math.log10(other.std() / one.std()) == pytest.approx(decibels, abs=0.3)


def test_a_softer_voice_is_softer_by_so_much_and_disturbs_no_other_chance():
    plain, balances = Mixing(balance=4.0, jitter=3.0, speed=0.4), []
    for seed in range(100):
        one, other = (
            variation(mixing, numpy.random.default_rng(seed), 8000) for mixing in (plain, replace(plain, softer=5.0))
        )
        assert replace(other, balance=one.balance) == one
        balances.append((20 * math.log10(one.balance), 20 * math.log10(other.balance)))
    balances = numpy.array(balances)
    assert numpy.allclose(balances[:, 0] - balances[:, 1], 5.0)
    assert -9.0 <= balances[:, 1].min() < -8.5 and -1.5 < balances[:, 1].max() <= -1.0


def decibels(samples, other):
    return 20 * math.log10(numpy.sqrt((samples**2).mean() / (other**2).mean()))


def test_a_sine_at_a_node_changes_by_the_decibels_of_the_node():
    colour = numpy.array([-3.0, 1.0, 4.0, -5.0, 2.0, -2.0, 0.0, 3.0, -4.0, 5.0, 1.5, -1.0, 2.5, -2.5, 4.5, 0.5, -0.5])
    octaves = math.log2(300 / 250) * 2  # of the way from the node at 250 Hz to the next
    expected = {62.5: -3.0, 125: 4.0, 250: 2.0, 1000: -4.0, 4000: 2.5, 20: -3.0, 300: 2.0 - 4.0 * octaves}
    for frequency, change in expected.items():
        sine = tone(frequency, 2, 16000).astype("f4")
        found = coloured(sine, colour, 16000)
        assert found.dtype == numpy.float32 and decibels(found, sine) == pytest.approx(change, abs=0.01), frequency
        assert numpy.abs(found - sine * 10 ** (change / 20)).max() < 1e-4, "no delay, and nothing else is heard"


@pytest.mark.parametrize("length", [8000, 7999])
def test_no_decibels_change_nothing(length):
    noise = numpy.random.default_rng(3).normal(size=length).astype("f4")
    assert numpy.abs(coloured(noise, numpy.zeros(17), 16000) - noise).max() < 1e-5
    assert decibels(coloured(noise, numpy.full(17, 6.0), 44100), noise) == pytest.approx(6.0, abs=1e-3)


def test_each_source_has_its_own_colour():
    music, voice = (tone(frequency, 1, 16000).astype("f4") for frequency in (250, 1000))
    colours = numpy.zeros((2, 17))
    colours[0, 4], colours[1, 8] = 6.0, -4.0  # the nodes at 250 and 1000 Hz
    drawn = Variation(None, 0, 1.0, 1.0, False, 1.0, colours)
    one, other = varied(music, voice, drawn, equal=False, rate=16000)
    assert decibels(one, other) == pytest.approx(10.0, abs=0.01)


PITCH, RESONANCE = 150, 2000


def sung(width=800.0, seconds=1.5):
    """Harmonics of 150 Hz, and one formant at 2000 Hz, a bell of so many hertz: its spectra, and the grid."""
    time, grid = numpy.arange(round(seconds * 16000)) / 16000, Grid(window=1024, hop=256)
    phases = numpy.random.default_rng(2).uniform(0, 2 * numpy.pi, 52)
    voice = sum(
        math.exp(-(((h * PITCH - RESONANCE) / width) ** 2) / 2) * numpy.cos(2 * numpy.pi * h * PITCH * time + phases[h - 1])
        for h in range(1, 53)
    )
    return analyse(torch.from_numpy(voice), grid), grid


def lines(spectra, grid):
    """Magnitudes of a second of sound, a number a hertz."""
    samples = synthesise(spectra, grid, len(spectra) * grid.hop).numpy()
    return numpy.abs(numpy.fft.rfft(samples[4000:20000])) / 8000


@pytest.mark.parametrize("factor", [0.7, 0.8, 1.25])
def test_a_formant_moves_and_the_harmonics_stay(factor):
    spectra, grid = sung()
    before, after = (lines(one, grid) for one in (spectra, moved(spectra, factor, 16000 / 1024)))
    for found, formant in ((before, RESONANCE), (after, RESONANCE * factor)):
        harmonics = found[PITCH : 50 * PITCH : PITCH]
        loud = numpy.flatnonzero(harmonics > 0.5 * harmonics.max())
        bell = numpy.polyfit((loud + 1) * PITCH, numpy.log(harmonics[loud]), 2)  # the logarithm of a bell is a parabola
        assert -bell[1] / (2 * bell[0]) == pytest.approx(formant, rel=0.03)
    loud = [h for h in range(1, 50) if after[h * PITCH] > 0.05 * after.max()]
    assert len(loud) > 10
    for h in loud:
        around = after[h * PITCH - 70 : h * PITCH + 71]
        assert around.argmax() == 70 and numpy.delete(around, 70).max() < 0.05 * around[70], f"harmonic {h}"


def test_formants_moved_by_one_stay():
    spectra, _ = sung()
    assert torch.allclose(moved(spectra, 1.0, 16000 / 1024), spectra, rtol=1e-6)
    assert not moved(torch.zeros(5, 513, dtype=torch.complex64), 1.3, 15.625).abs().any(), "silence stays silence"


def test_colour_and_formants_are_drawn_within_their_widths_and_disturb_no_other_chance():
    plain = Mixing(balance=4.0, jitter=3.0, speed=0.4, varied=0.5)
    colours, factors = [], []
    for seed in range(200):
        one, other = (
            variation(mixing, numpy.random.default_rng(seed), 16000)
            for mixing in (plain, replace(plain, colour=5.0, formants=0.3))
        )
        assert one.colours is None and one.formants == 1.0
        assert replace(other, colours=None, formants=1.0) == one, "mixtures without them are what they were"
        colours.append(other.colours)
        factors.append(math.log2(other.formants))
    colours = numpy.stack(colours)
    assert colours.shape == (200, 2, 17) and 4.5 < colours.max() <= 5.0 and -5.0 <= colours.min() < -4.5
    assert abs(colours.mean((0,))).max() < 1.0 and abs(numpy.corrcoef(colours[:, 0, 3], colours[:, 1, 3])[0, 1]) < 0.25
    assert 0.27 < max(factors) <= 0.3 and -0.3 <= min(factors) < -0.27


@pytest.mark.parametrize("source", [0, 1])
def test_in_a_pause_one_of_both_is_silent_and_the_other_as_loud_as_before(source):
    random = numpy.random.default_rng(5)
    music, voice = random.normal(size=(2, 16000)).astype("f4")
    still = Variation(None, 0, 1.0, 1.0, False, 1.0)
    plain = varied(music, voice, still)
    paused = varied(music, voice, replace(still, pause=Pause(source, 0.25, 0.75)))
    assert numpy.array_equal(paused[1 - source], plain[1 - source])
    assert not paused[source][4000:12001].any(), "silent from a quarter of a second to three quarters"
    for kept in (slice(0, 3680), slice(12320, None)):
        assert numpy.array_equal(paused[source][kept], plain[source][kept]), "20 ms before and behind it is as it was"
    slope = numpy.abs(paused[source][3680:4000]) / numpy.abs(plain[source][3680:4000])
    assert (numpy.diff(slope) < 1e-6).all() and slope[160] == pytest.approx(0.5, abs=0.01)


def test_pauses_are_as_frequent_and_as_long_as_is_said_and_disturb_no_other_chance():
    plain, pauses = Mixing(balance=4.0, speed=0.4, varied=0.5, formants=0.3), []
    for seed in range(600):
        one, other = (
            variation(mixing, numpy.random.default_rng(seed), 16000) for mixing in (plain, replace(plain, pauses=0.5))
        )
        assert one.pause is None and replace(other, pause=None) == one
        pauses.append(other.pause)
    found = [one for one in pauses if one]
    assert 250 < len(found) < 350 and sum(one.source for one in found) / len(found) == pytest.approx(2 / 3, abs=0.09)
    lengths = [one.end - one.begin for one in found]
    assert all(0 <= one.begin and one.end <= 1 + 1e-9 for one in found)
    assert 0.25 <= min(lengths) < 0.28 and 0.97 < max(lengths) <= 1


def test_a_room_answers_after_its_delay_and_falls_silent_by_60_decibels_in_its_decay():
    click = numpy.zeros(32000, "f4")
    click[0] = 1.0
    found = heard(click, Room(decay=0.5, level=-6.0, delay=0.05, seed=3), 16000)
    assert found[0] == pytest.approx(1.0, abs=1e-5) and numpy.abs(found[1:800]).max() < 1e-5, "50 ms of nothing"
    tail = found[800:].astype("f8")
    assert 10 * math.log10((tail**2).sum()) == pytest.approx(-6.0, abs=0.1)
    steps = [10 * math.log10((tail[start : start + 800] ** 2).mean()) for start in range(0, 8000, 800)]
    slope = numpy.polyfit(numpy.arange(10) * 0.05, steps, 1)[0]
    assert slope == pytest.approx(-60 / 0.5, rel=0.05), "decibels a second"
    assert numpy.abs(found[8800:]).max() < 1e-5


def test_only_the_voice_is_heard_in_a_room_and_rooms_disturb_no_other_chance():
    random = numpy.random.default_rng(5)
    music, voice = random.normal(size=(2, 16000)).astype("f4")
    still = Variation(None, 0, 1.0, 1.0, False, 1.0)
    plain, inside = (varied(music, voice, one, False) for one in (still, replace(still, room=Room.drawn(random))))
    assert numpy.corrcoef(plain[0], inside[0])[0, 1] > 0.9999 > numpy.corrcoef(plain[1], inside[1])[0, 1]
    mixing, rooms = Mixing(balance=4.0, speed=0.4, varied=0.5), []
    for seed in range(300):
        one, other = (variation(each, numpy.random.default_rng(seed), 16000) for each in (mixing, replace(mixing, rooms=0.4)))
        assert one.room is None and replace(other, room=None) == one
        rooms.append(other.room)
    found = [one for one in rooms if one]
    assert 90 < len(found) < 150 and len({one.seed for one in found}) == len(found)
    assert 0.2 <= min(one.decay for one in found) < 0.25 and 1.6 < max(one.decay for one in found) <= 2.0
    assert numpy.median([one.decay for one in found]) == pytest.approx(0.63, rel=0.25), "as many below as above"


def test_shares_that_are_none_are_refused():
    with pytest.raises(Problem, match="mixing.pauses: found 1.5, expected a share from 0 to 1"):
        Mixing(pauses=1.5)
