"""Songs in MIDI, played by a band."""

import shutil
import zipfile

import mido
import numpy
import pytest
import soundfile

from sotto_training import band
from sotto_training.command import main

BEAT = 480


def song(*names: str) -> mido.MidiFile:
    """Two bars: a note a beat on each of the tracks, an octave higher on the next."""
    made = mido.MidiFile(ticks_per_beat=BEAT)
    made.tracks.append(mido.MidiTrack([mido.MetaMessage("set_tempo", tempo=500_000)]))
    for number, name in enumerate(names):
        track = mido.MidiTrack([mido.MetaMessage("track_name", name=name)])
        for beat in range(8):
            note = 48 + 12 * number + beat
            track.append(mido.Message("note_on", note=note, velocity=80, time=0))
            track.append(mido.Message("note_off", note=note, time=BEAT))
        made.tracks.append(track)
    return made


def notes(made: mido.MidiFile) -> list[tuple[int, int]]:
    """(channel, note) of all that begin."""
    return [(m.channel, m.note) for track in made.tracks for m in track if m.type == "note_on" and m.velocity]


def test_the_melody_is_the_singers_as_a_rule():
    kept = 0
    for seed in range(200):
        made = notes(band.arranged(song("MELODY", "BRIDGE", "PIANO"), numpy.random.default_rng(seed)))
        heard = {note for channel, note in made if channel != band.DRUMS}
        assert set(range(72, 80)) <= heard, "the piano plays"
        kept += any(channel == 4 for channel, _ in made)
    assert 20 < kept < 90, "a quarter of the songs keeps it on an instrument"


def test_the_bass_is_the_pianos_lowest_note_low_down():
    (first, *_), piano = band._bass(band._events(song("PIANO").tracks[1]), BEAT), 48
    assert first[1].note == 28 + (piano - 28) % 12 == 36


def test_a_song_without_a_piano_is_named():
    with pytest.raises(band.Problem, match="expected PIANO among them"):
        band.arranged(song("MELODY"), numpy.random.default_rng(1))


def test_what_cannot_be_rendered_is_named(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda name: None)
    assert main(["band", str(tmp_path / "none.zip"), str(tmp_path)]) == 1
    assert "apt install fluidsynth" in capsys.readouterr().err


@pytest.mark.skipif(not shutil.which("fluidsynth") or not band.SOUNDS.is_file(), reason="fluidsynth is not installed")
def test_songs_become_sound_once(tmp_path, capsys):
    song("MELODY", "BRIDGE", "PIANO").save(tmp_path / "one.mid")
    with zipfile.ZipFile(tmp_path / "songs.zip", "w") as archive:
        archive.write(tmp_path / "one.mid", "one.mid")
    command = ["band", str(tmp_path / "songs.zip"), str(tmp_path / "out")]
    assert main(command) == 0 and "one.flac" in capsys.readouterr().out
    samples, rate = soundfile.read(tmp_path / "out" / "one.flac")
    assert rate == 16000 and len(samples) > 4 * rate * 0.9 and abs(samples).max() > 0.01
    assert main(command) == 0 and capsys.readouterr().out == ""
