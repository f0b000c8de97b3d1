"""Accompaniments for training: songs that are MIDI files, played by a band that was not written down.

POP909 (Wang et al. 2020) has a melody, a bridge and a piano. The melody belongs to the singer; some songs keep it on an
instrument, because real ones do. Bass and drums follow from piano and metre; everyone's instrument is drawn.
"""

import io
import shutil
import subprocess
import tempfile
import zipfile
from collections.abc import Iterable
from pathlib import Path

import mido
import numpy
import soundfile

from .problem import Problem
from .sources import sound

SOUNDS = Path("/usr/share/sounds/sf2/FluidR3_GM.sf2")
RATE = 16000
GUIDED = 0.25  # share of songs with an instrument on the melody
KEYS = [0, 0, 1, 2, 4, 5, 6, 7, 11, 16, 24, 25, 26, 27, 46, 48, 50, 88]  # General MIDI: piano to pads
SINGING = [11, 40, 56, 65, 68, 71, 73, 75, 80, 81, 22]
BASSES = [32, 33, 34, 35, 38, 39]
DRUMS = 9  # the channel
KICK, SNARE, HAT, OPEN, CRASH = 36, 38, 42, 46, 49
PATTERNS = [  # of eighths in a bar: kick, snare
    ("x...x...", "..x...x."), ("x.x.x...", "..x...x."), ("x..xx...", "..x...x."), ("x...x.x.", "..x...x."), ("x.....x.", "....x..."),
]  # fmt: skip

Event = tuple[int, mido.Message]  # at so many ticks from the start


def _events(track: mido.MidiTrack) -> list[Event]:
    """Notes of a track."""
    now, found = 0, []
    for message in track:
        now += message.time
        if message.type in ("note_on", "note_off"):
            found.append((now, message.copy(time=0)))
    return found


def _played(events: Iterable[Event], channel: int, program: int, loudness: float) -> list[Event]:
    """The notes on an instrument."""
    found = [(0, mido.Message("program_change", channel=channel, program=program))]
    for now, message in events:
        velocity = min(127, round(message.velocity * loudness))
        found.append((now, message.copy(channel=channel, velocity=velocity)))
    return found


def _bass(piano: list[Event], beat: int) -> list[Event]:
    """The lowest note of every half bar, between E1 and D#2."""
    lowest: dict[int, int] = {}
    for now, message in piano:
        if message.type == "note_on" and message.velocity:
            half = now // (2 * beat)
            lowest[half] = min(lowest.get(half, 127), message.note)
    found = []
    for half, note in lowest.items():
        note = 28 + (note - 28) % 12
        for start in (0, beat):
            at = half * 2 * beat + start
            found.append((at, mido.Message("note_on", note=note, velocity=90)))
            found.append((at + beat - beat // 8, mido.Message("note_off", note=note)))
    return found


def _drums(length: int, beat: int, random: numpy.random.Generator) -> list[Event]:
    """One pattern for the song, with a cymbal every eight bars and no two strokes of the same strength."""
    kick, snare = PATTERNS[random.integers(len(PATTERNS))]
    eighth, found = beat // 2, []

    def stroke(at: int, note: int, strength: float):
        velocity = int(numpy.clip(strength + random.normal(0, 6), 20, 127))
        found.append((at, mido.Message("note_on", channel=DRUMS, note=note, velocity=velocity)))
        found.append((at + eighth // 2, mido.Message("note_off", channel=DRUMS, note=note)))

    for number in range(length // eighth):
        at, place = number * eighth, number % 8
        if kick[place] == "x":
            stroke(at, KICK, 100)
        if snare[place] == "x":
            stroke(at, SNARE, 95)
        stroke(at, OPEN if place == 7 and random.random() < 0.2 else HAT, 60 if place % 2 else 75)
        if number % 64 == 0:
            stroke(at, CRASH, 85)
    return found


def arranged(song: mido.MidiFile, random: numpy.random.Generator) -> mido.MidiFile:
    """The song for a band."""
    tracks = {track.name.strip().upper(): _events(track) for track in song.tracks}
    if not tracks.get("PIANO"):
        raise Problem(f"song: found the tracks {sorted(tracks)}, expected PIANO among them")
    beat, piano = song.ticks_per_beat, tracks["PIANO"]
    parts = [
        _played(piano, 0, KEYS[random.integers(len(KEYS))], random.uniform(0.6, 1.0)),
        _played(tracks.get("BRIDGE", []), 1, [*KEYS, *SINGING][random.integers(len(KEYS) + len(SINGING))], 0.8),
    ]
    if random.random() < 0.5:
        parts.append(_played(piano, 2, KEYS[random.integers(len(KEYS))], random.uniform(0.4, 0.8)))
    if random.random() < 0.8:
        parts.append(_played(_bass(piano, beat), 3, BASSES[random.integers(len(BASSES))], random.uniform(0.8, 1.2)))
    if random.random() < 0.8:
        parts.append(_drums(max(now for now, _ in piano), beat, random))
    if random.random() < GUIDED:
        parts.append(_played(tracks.get("MELODY", []), 4, SINGING[random.integers(len(SINGING))], 0.8))
    made = mido.MidiFile(ticks_per_beat=beat)
    made.tracks.append(song.tracks[0])  # the tempo
    for part in parts:
        track, before = mido.MidiTrack(), 0
        for now, message in sorted(part, key=lambda one: (one[0], one[1].type != "note_off")):
            track.append(message.copy(time=now - before))
            before = now
        made.tracks.append(track)
    return made


def archived(songs: Path) -> dict[str, bytes]:
    """The MIDI files of a zip archive, by name."""
    try:
        with zipfile.ZipFile(songs) as archive:
            names = sorted(name for name in archive.namelist() if name.endswith(".mid"))
            files = {Path(name).stem: archive.read(name) for name in names}
    except (OSError, zipfile.BadZipFile) as error:
        raise Problem(f"{songs}: found {error}, expected a zip archive of MIDI files") from error
    if not files:
        raise Problem(f"{songs}: found no .mid file in it, expected songs in MIDI")
    return files


def write(songs: Path, out: Path, count: int, seed: int, sounds: Path = SOUNDS, say=print):
    """Renders the first `count` songs of a zip archive of MIDI files into `out`, mono at 16 kHz; not what is there already."""
    program = shutil.which("fluidsynth")
    if program is None or not sounds.is_file():
        raise Problem(f"fluidsynth, {sounds}: not found; in Debian: apt install fluidsynth fluid-soundfont-gm")
    out.mkdir(parents=True, exist_ok=True)
    for number, (name, content) in enumerate(list(archived(songs).items())[:count]):
        path = out / f"{name}.flac"
        if path.exists():
            continue
        song = arranged(mido.MidiFile(file=io.BytesIO(content)), numpy.random.default_rng([seed, number]))
        with tempfile.TemporaryDirectory() as folder:
            written, rendered = Path(folder) / "song.mid", Path(folder) / "song.wav"
            song.save(written)
            done = subprocess.run(
                [program, "-ni", "-q", "-g", "0.5", "-r", "48000", "-F", rendered, sounds, written], capture_output=True
            )
            if done.returncode or not rendered.exists():
                raise Problem(f"{name}: fluidsynth ended with status {done.returncode}: {done.stderr.decode()[-300:]}")
            samples = sound.read(rendered, RATE, 0, None).mean(1)
        soundfile.write(path, samples / max(1.0, abs(samples).max()), RATE, subtype="PCM_16")
        say(f"{path.name}: {len(samples) / RATE:.0f} s")
