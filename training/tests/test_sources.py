"""Layouts of data sets, excerpts of them, and what an epoch draws."""

import math
import os
from dataclasses import replace
from pathlib import Path

import numpy
import pytest
import soundfile
import torch

from sotto_training.batches import epoch
from sotto_training.data import Data, Pool
from sotto_training.features import Input
from sotto_training.grid import Grid, analyse, synthesise
from sotto_training.mixing import Mixing, Pause, Variation, coloured, moved, varied, variation
from sotto_training.problem import Problem
from sotto_training.room import Room, heard
from sotto_training.sources import Source, mir1k, opus, sound
from sotto_training.sources.sound import Sound

RATE = 44100


def tone(frequency, seconds, rate=RATE):
    return 0.3 * numpy.sin(2 * numpy.pi * frequency * numpy.arange(round(seconds * rate)) / rate)


def write(path, samples, rate=RATE, **how):
    path.parent.mkdir(parents=True, exist_ok=True)
    soundfile.write(path, samples, rate, **how)


def loudest(samples, rate):
    return float(numpy.fft.rfftfreq(len(samples), 1 / rate)[numpy.abs(numpy.fft.rfft(samples)).argmax()])


@pytest.mark.parametrize("kind, split, places", [
    ("musdb18", "train", ["train/A Song/{}.wav"]),
    ("dsd100", "train", ["Sources/Dev/A Song/{}.wav", "Mixtures/Dev/A Song/{}.wav"]),
    ("stems", "", ["A Song/{}.flac"]),
])  # fmt: skip
def test_songs_are_vocals_and_all_else_added_up(kind, split, places, tmp_path):
    for name, frequency in (("vocals", 1000), ("drums", 200), ("bass", 300), ("other", 400), ("mixture", 5000)):
        place = places[-1] if name == "mixture" else places[0]
        both = numpy.stack([tone(frequency, 1), 0.5 * tone(frequency, 1)], 1)
        write(tmp_path / place.format(name), both)
    (song,) = Source(kind=kind, split=split).recordings(tmp_path)
    accompaniment, voice = song.read(16000)
    assert song.name == "A Song" and len(voice) == len(accompaniment) == 16000
    assert loudest(voice, 16000) == 1000 and numpy.abs(voice).max() == pytest.approx(0.225, rel=0.02), "mean of 2 channels"
    heard = numpy.abs(numpy.fft.rfft(accompaniment))
    assert sorted(numpy.argsort(heard)[-3:].tolist()) == [200, 300, 400]
    left, right = Source(kind=kind, split=split, stereo="each").recordings(tmp_path)
    assert numpy.abs(left.read(16000)[1]).max() == pytest.approx(2 * numpy.abs(right.read(16000)[1]).max(), rel=1e-3)


def test_ikala_has_music_left_and_voice_right_and_trains_on_a_quarter(tmp_path):
    for number in range(8):
        write(tmp_path / "Wavfile" / f"1016{number}_verse.wav", numpy.stack([tone(200, 0.5), tone(1000, 0.5)], 1))
    train, test = (Source(kind="ikala", split=split).recordings(tmp_path) for split in ("train", "test"))
    assert [len(train), len(test)] == [2, 6] and not {one.name for one in train} & {one.name for one in test}
    accompaniment, voice = train[0].read(16000)
    assert (loudest(accompaniment, 16000), loudest(voice, 16000)) == (200, 1000)


@pytest.mark.parametrize("suffix, rates", [
    ("wav", (44100, 16000)), ("flac", (48000, 16000)), ("flac", (16000, 16000)), ("wav", (8000, 48000)),
])  # fmt: skip
def test_a_stretch_equals_the_same_stretch_of_the_whole(suffix, rates, tmp_path):
    samples = numpy.random.default_rng(1).uniform(-0.5, 0.5, (rates[0], 2))
    write(tmp_path / f"noise.{suffix}", samples, rates[0])
    whole = sound.read(tmp_path / f"noise.{suffix}", rates[1])
    assert len(whole) == sound.length(tmp_path / f"noise.{suffix}", rates[1])
    for start, count in ((0, 100), (1, 333), (4321, 1000), (len(whole) - 50, 100)):
        part = sound.read(tmp_path / f"noise.{suffix}", rates[1], start, count)
        assert numpy.abs(part - whole[start : start + count]).max() < 1e-6


@pytest.mark.parametrize("rate", [48000, 16000])
@pytest.mark.parametrize("decoder", ["libopus", "libsndfile"])
def test_opus_is_read_from_the_middle_as_from_the_start(tmp_path, monkeypatch, decoder, rate):
    if decoder == "libsndfile":
        monkeypatch.setattr(opus, "_library", lambda: None)
    elif opus._library() is None:
        pytest.skip("libopus is not installed")
    path = tmp_path / "tone.opus"
    both = numpy.stack([tone(440, 4, rate), 0.5 * tone(600, 4, rate)], 1)
    write(path, both, rate, format="OGG", subtype="OPUS")
    whole = sound.read(path, 16000)
    assert whole.shape == (64000, 2)
    assert [loudest(whole[:, channel], 16000) for channel in (0, 1)] == [440, 600]
    for start, count in ((30000, 8000), (0, 100), (63000, 1000)):
        part = sound.read(path, 16000, start, count)
        assert len(part) == count and numpy.abs(part - whole[start : start + count]).max() < 5e-3


@pytest.mark.parametrize("start", [0, 700, 150_000, 170_000])
def test_both_decoders_of_opus_give_the_same(tmp_path, start):
    if opus._library() is None:
        pytest.skip("libopus is not installed")
    path = tmp_path / "noise.opus"
    write(path, 0.2 * numpy.random.default_rng(1).normal(size=(192_000, 2)), 48000, format="OGG", subtype="OPUS")
    with soundfile.SoundFile(path) as file:
        file.seek(start)
        known = file.read(5000, dtype="float32")
    found = opus.read(path, 48000, start, 5000)
    assert numpy.abs(found - known).max() < 1e-2  # libsndfile begins 80 ms before


def test_opus_whose_pages_are_off_is_read_to_its_end():
    """A file of the data folder that libsndfile 1.2.2 stops at after two seconds, and mistakes the places of after it."""
    folder = os.environ.get("SOTTO_DATA")
    path = Path(folder or ".") / "accompaniment" / "xonotic" / "0001.opus"
    if not path.is_file() or opus._library() is None:
        pytest.skip("SOTTO_DATA names no folder with accompaniment in it, or libopus is not installed")
    whole = sound.read(path, 48000)
    assert len(whole) == sound.length(path, 48000)
    for start in (90_000, 1_106_000, 5_000_000):
        part = sound.read(path, 48000, start, 10_000)
        assert numpy.abs(part - whole[start : start + 10_000]).max() < 1e-2 and part.std() > 0.01


@pytest.fixture
def unpaired(tmp_path):
    for number, frequency in enumerate((1000, 1100, 1200)):
        write(tmp_path / "voice" / "one" / f"{number}.flac", tone(frequency, 0.5, 16000), 16000)
    write(tmp_path / "accompaniment" / "long.flac", tone(200, 3, 16000), 16000)
    return tmp_path


def test_unpaired_voices_go_on_from_file_to_file_and_begin_anew(unpaired):
    (both,) = Source(kind="unpaired").recordings(unpaired)
    assert both.voice.length(16000) == 24000 and not both.paired
    found = both.voice.stretch(16000, 6000, 24000, {})
    assert [loudest(part, 16000) for part in (found[:2000], found[2000:10000], found[10000:18000], found[18000:])] == [
        1000, 1100, 1200, 1000,
    ]  # fmt: skip


def test_an_epoch_draws_by_weight_and_repeats(unpaired, data):
    table = Data(
        train=[Source(kind="unpaired", path=str(unpaired), weight=3.0), Source(path=str(data), split="train")],
        excerpts=400, seconds=0.7,
    )  # fmt: skip
    pool = table.pool(table.train, Path("/"), 16000)
    drawn, again = (pool.epoch(numpy.random.default_rng(5)) for _ in range(2))
    assert drawn == again and len(drawn) == 400
    share = sum(not one.recording.paired for one in drawn) / 400
    assert share == pytest.approx(0.75, abs=0.07)
    for one in drawn[:20]:
        accompaniment, voice = one.read(16000)
        assert len(accompaniment) == len(voice) == 11200
        if one.recording.paired:
            whole = one.recording.read(16000)
            assert numpy.array_equal(voice, whole[1][one.voice : one.voice + 11200])
            assert numpy.array_equal(accompaniment, whole[0][one.voice : one.voice + 11200])


def test_what_is_held_does_not_grow_with_the_data(unpaired, monkeypatch):
    """Of a file, only what an excerpt needs is read."""
    write(unpaired / "accompaniment" / "album.flac", tone(250, 60, 16000), 16000)
    read = []
    whole = soundfile.SoundFile.read
    monkeypatch.setattr(soundfile.SoundFile, "read", lambda self, frames=-1, **k: read.append(frames) or whole(self, frames, **k))
    table = Data(train=[Source(kind="unpaired", path=str(unpaired))], excerpts=20, seconds=0.5)
    pool = table.pool(table.train, Path("/"), 16000)
    batches = epoch(pool, Grid(window=256, hop=128), Input(), Mixing(), seed=1, number=0, batch=100, group=4)
    assert sum(1 for _ in batches) > 5 and 0 < max(read) <= 8000 and min(read) > 0


def test_shifts_are_those_of_huang(tmp_path):
    write(tmp_path / "train" / "clip.wav", numpy.zeros((45_001, 2)) + 0.1, 16000)
    pool = Pool([(1.0, mir1k.recordings(tmp_path, "train"))], 16000, step=10_000)
    found = pool.epoch(numpy.random.default_rng(0))
    assert sorted(one.shift for one in found) == [0, 10_000, 20_000, 30_000]  # 1:10000:35001 has four, too


def test_the_shifts_of_mir1k_make_as_many_mixtures_as_in_the_paper():
    folder = os.environ.get("SOTTO_DATA")
    if not folder:
        pytest.skip("SOTTO_DATA is not set: needs the folder of recordings, with mir1k in it")
    pool = Pool([(1.0, mir1k.recordings(Path(folder) / "mir1k", "train"))], 16000, step=10_000)
    assert len(pool.epoch(numpy.random.default_rng(0))) == 2133


def test_dev_is_measured_in_its_middle(data):
    table = Data(dev=[Source(split="dev")], measured=0.5)
    clips = table.measures(data, 16000)
    assert len(clips) == 2 and all(len(one.read(16000)[1]) == 8000 for one in clips)
    whole = clips[0].recording.read(16000)[1]
    assert numpy.array_equal(clips[0].read(16000)[1], whole[8000:16000])


def test_mixtures_keep_the_balance_of_the_recording_if_asked():
    random = numpy.random.default_rng(0)
    music, voice = random.normal(size=(2, 8000)).astype("f4") * numpy.array([[1.0], [0.1]], "f4")
    drawn = variation(Mixing(shift=False, gain=0.0), random, 8000)
    for equal, decibels in ((True, 0.0), (False, -20.0)):
        one, other = varied(music, voice, drawn, equal)
        assert 20 * math.log10(other.std() / one.std()) == pytest.approx(decibels, abs=0.3)


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


@pytest.mark.parametrize("only, expected", [
    (["clip_*"], ["clip_0.wav", "clip_1.wav", "clip_2.wav", "clip_3.wav"]),
    (["*_1.wav", "clip_3*"], ["clip_1.wav", "clip_3.wav"]),
    (["clip_2.wav"], ["clip_2.wav"]),
    (["clip_2.wav", "*2*"], ["clip_2.wav"]),
])  # fmt: skip
def test_only_some_recordings(only, expected, data):
    assert [one.name for one in Source(split="train", only=only).recordings(data)] == expected


def test_in_a_name_only_a_star_means_anything_else(tmp_path):
    for name in ("Why? [Live]", "Whyx L"):
        for stem in ("vocals", "other"):
            write(tmp_path / name / f"{stem}.wav", tone(200, 0.1))
    for only in ("Why? [Live]", "* [Live]", "Why?*"):
        (found,) = Source(kind="stems", only=[only]).recordings(tmp_path)
        assert found.name == "Why? [Live]"
    with pytest.raises(Problem, match=r"only: holds no Whyx \?; has"):
        Source(kind="stems", only=["Whyx ?"]).recordings(tmp_path)


@pytest.mark.parametrize("source, words", [
    ({"kind": "tape"}, "kind: found 'tape', expected one of mir1k"),
    ({"weight": 0.0}, "weight: found 0.0, expected more than 0"),
    ({"stereo": "wide"}, "stereo: found 'wide', expected one of mean, each"),
    ({"kind": "stems", "path": "none"}, "none: not found; expected a folder a song"),
    ({"kind": "musdb18", "split": "dev"}, "split: found 'dev', expected one of train, test"),
    ({"kind": "unpaired", "path": "none"}, "none/voice: not found; expected a folder of sound files"),
    ({"split": "train", "only": ["nobody.wav"]}, "only: holds no nobody.wav; has clip_0.wav"),
    ({"split": "train", "only": ["clip_*", "amy_*"]}, r"only: holds no amy_\*; has clip_0.wav"),
])  # fmt: skip
def test_sources_that_cannot_be_are_refused_by_name(source, words, data):
    with pytest.raises(Problem, match=words):
        Source(**source).recordings(data)


def test_a_song_without_a_voice_is_named(tmp_path):
    write(tmp_path / "Song" / "drums.wav", tone(200, 0.1))
    with pytest.raises(Problem, match=r"Song: found the stems \['drums'\], expected one of vocals, voice"):
        Source(kind="stems").recordings(tmp_path)


@pytest.mark.parametrize("table, words", [
    ({"train": []}, "data: found no source in train"),
    ({"train": [Source(kind="unpaired")]}, "data.excerpts: found 0, expected more"),
    ({"dev": [Source(kind="unpaired")]}, "data.dev: found an unpaired source"),
    ({"seconds": 0.0}, "data: found excerpts 0, seconds 0.0"),
])  # fmt: skip
def test_data_that_cannot_be_is_refused_by_key(table, words):
    with pytest.raises(Problem, match=words):
        Data(**table)


def test_a_file_that_is_no_sound_is_named(tmp_path):
    (tmp_path / "a.wav").write_text("no sound")
    with pytest.raises(Problem, match="a.wav: cannot be read as sound"):
        sound.read(tmp_path / "a.wav", 16000)
    assert Sound(tmp_path / "a.wav").of(numpy.ones((3, 2), "f4")).tolist() == [1, 1, 1]
