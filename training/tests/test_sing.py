"""Speech that is made to sing."""

import zipfile

import mido
import numpy
import pytest
import pyworld
import soundfile

from sotto_training import sing
from sotto_training.command import main

BEAT = 480
RATE = 16000
TUNE = [60, 64, 62, 67, 65, 72]  # a second each, but for the pause of two seconds behind the third


def vowels(pitch: float, seconds: float, seed: int) -> numpy.ndarray:
    """Speech of one pitch that falls by a third, with noise in between, as a consonant is."""
    random, count = numpy.random.default_rng(seed), round(seconds * RATE)
    time = numpy.arange(count) / RATE
    phase = 2 * numpy.pi * numpy.cumsum(pitch * 2 ** (-time / seconds / 3)) / RATE
    voice = sum(numpy.cos(number * phase) / number for number in range(1, 30))
    hushed = (time * 4 % 1) < 0.25
    return numpy.where(hushed, 0.05 * random.normal(size=count), 0.1 * voice)


@pytest.fixture(scope="module")
def speech(tmp_path_factory):
    """Two speakers, an octave apart, of three recordings each."""
    folder = tmp_path_factory.mktemp("speech")
    for name, pitch in (("high", 220.0), ("low", 110.0)):
        (folder / name).mkdir()
        for seed in range(3):
            soundfile.write(folder / name / f"{seed}.wav", vowels(pitch, 2.0, seed), RATE)
    return folder


@pytest.fixture(scope="module")
def songs(tmp_path_factory):
    """A zip of one song."""
    song = mido.MidiFile(ticks_per_beat=BEAT)
    song.tracks.append(mido.MidiTrack([mido.MetaMessage("set_tempo", tempo=1_000_000)]))
    track = mido.MidiTrack([mido.MetaMessage("track_name", name="MELODY")])
    for place, note in enumerate(TUNE):
        track.append(mido.Message("note_on", note=note, velocity=80, time=2 * BEAT if place == 3 else 0))
        track.append(mido.Message("note_off", note=note, time=BEAT))
    song.tracks.append(track)
    folder = tmp_path_factory.mktemp("songs")
    song.save(folder / "one.mid")
    with zipfile.ZipFile(folder / "songs.zip", "w") as archive:
        archive.write(folder / "one.mid", "one.mid")
    return folder / "songs.zip"


def test_everyone_sings_the_melody_in_a_place_that_suits_the_voice(speech, songs, tmp_path):
    assert main(["sing", str(speech), str(songs), str(tmp_path), "--count", "2"]) == 0
    heard = {}
    for path in sorted(tmp_path.glob("*/*.flac")):
        samples, rate = soundfile.read(path)
        assert rate == RATE and len(samples) / rate == pytest.approx(8, abs=0.2)
        pitch, _ = pyworld.harvest(samples, rate, frame_period=10.0)
        begins = [0, 1, 2, 5, 6, 7]
        notes = [pitch[100 * begin + 25 : 100 * begin + 90] for begin in begins]
        found = numpy.array([12 * numpy.log2(numpy.median(one[one > 0]) / 440) + 69 for one in notes])
        shift = numpy.median(found - TUNE)
        assert numpy.abs(found - TUNE - shift).max() < 0.7, f"{path}: {found}"
        assert numpy.abs(samples[round(3.3 * rate) : round(4.7 * rate)]).max() < 0.01 * numpy.abs(samples).max()
        heard[path.parent.name, path.stem] = 440 * 2 ** ((shift + numpy.median(TUNE) - 69) / 12)
    assert len(heard) == 4
    for (name, _), pitch in heard.items():
        spoken = {"high": 196, "low": 98}[name]  # in the middle of what falls by a third
        assert spoken * 2 ** (-3 / 12) < pitch < spoken * 2 ** (10 / 12)


def test_the_same_seed_sings_the_same_and_nothing_is_sung_twice(speech, songs, tmp_path):
    for name in ("one", "two"):
        sing.write(speech, songs, tmp_path / name, 1, 3.0, 7, say=lambda _: None)
    first, second = tmp_path / "one" / "low" / "0.flac", tmp_path / "two" / "low" / "0.flac"
    assert first.read_bytes() == second.read_bytes()
    first.write_bytes(b"mine")
    said = []
    sing.write(speech, songs, tmp_path / "one", 2, 3.0, 7, say=said.append)
    assert first.read_bytes() == b"mine" and sorted(line.split(":")[0] for line in said) == ["high/1.flac", "low/1.flac"]
    assert (tmp_path / "one" / "low" / "1.flac").read_bytes() != second.read_bytes()


def test_a_melody_is_of_one_voice():
    song = mido.MidiFile(ticks_per_beat=BEAT)
    song.tracks.append(mido.MidiTrack([mido.MetaMessage("set_tempo", tempo=1_000_000)]))
    song.tracks.append(mido.MidiTrack([
        mido.MetaMessage("track_name", name="MELODY"),
        mido.Message("note_on", note=60, velocity=80, time=0), mido.Message("note_on", note=64, velocity=80, time=BEAT),
        mido.Message("note_off", note=60, time=BEAT), mido.Message("note_on", note=64, velocity=0, time=BEAT),
    ]))  # fmt: skip
    assert sing.melody(song) == [(0.0, 1.0, 60), (1.0, 3.0, 64)]
    song.tracks.pop()
    with pytest.raises(sing.Problem, match="expected MELODY among them"):
        sing.melody(song)


def test_what_cannot_sing_is_named(speech, songs, tmp_path, capsys):
    with zipfile.ZipFile(tmp_path / "empty.zip", "w"):
        pass
    for arguments, words in (
        ((speech, tmp_path / "empty.zip"), "empty.zip: found no .mid file in it"),
        ((tmp_path / "none", songs), "found no folders; expected one of recordings for each speaker"),
        ((speech, tmp_path / "none.zip"), "expected a zip archive of MIDI files"),
    ):
        assert main(["sing", *map(str, arguments), str(tmp_path / "out")]) == 1
        assert words in capsys.readouterr().err
    (tmp_path / "hush" / "nobody").mkdir(parents=True)
    noise = 0.01 * numpy.random.default_rng(1).normal(size=RATE)
    soundfile.write(tmp_path / "hush" / "nobody" / "0.wav", noise, RATE)
    assert main(["sing", str(tmp_path / "hush"), str(songs), str(tmp_path / "out")]) == 1
    assert "nobody: found no pitch in 1 recordings, expected speech" in capsys.readouterr().err
