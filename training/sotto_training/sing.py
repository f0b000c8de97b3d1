"""Voices for training: speech that is made to sing the melodies of songs in MIDI.

The vocoder WORLD (Morise et al. 2016) takes speech apart into pitch, spectral envelope and breath. Its pitch becomes the
melody's, with the glides, the vibrato and the wander of a singer; voiced stretches last as long as their notes. Each song
is sung by another throat: a longer or shorter, darker or brighter, more or less breathy one than the speaker's.
"""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import mido
import numpy
import scipy.ndimage
import soundfile

from .band import archived
from .problem import Problem
from .sources import sound

FRAME = 0.005  # seconds
CONSONANT = 30  # frames that a stretch without pitch lasts at most
SYLLABLE = 50  # frames of speech that one note gets at most
EDGE = 8  # frames at both ends of a voiced stretch that keep their pace
REST = 0.25  # seconds between two notes that are a pause

Note = tuple[float, float, int]  # begins, ends (seconds), MIDI number


@dataclass
class Spoken:
    """Frames of WORLD, every 5 ms: `pitch` [frames] in hertz, 0 without one; `envelope` and `breath` [frames, bins]."""

    pitch: numpy.ndarray
    envelope: numpy.ndarray
    breath: numpy.ndarray

    def pieces(self) -> Iterator[tuple[int, int, bool]]:
        """(begin, end, voiced) of what is sung on one note, or on none; quiet beginnings and ends left out."""
        loud = self.envelope.sum(1)
        heard = numpy.flatnonzero(loud > 1e-4 * loud.max())
        voiced = scipy.ndimage.binary_opening(self.pitch > 0, numpy.ones(2 * EDGE))
        edges = [heard[0], *(1 + numpy.flatnonzero(numpy.diff(voiced[heard[0] : heard[-1] + 1].astype(int))) + heard[0])]
        for begin, end in zip(edges, [*edges[1:], heard[-1] + 1]):
            parts = -(-(end - begin) // SYLLABLE) if voiced[begin] else 1
            cuts = numpy.linspace(begin, end, parts + 1).astype(int)
            yield from zip(cuts[:-1], cuts[1:], [bool(voiced[begin])] * parts)


def melody(song: mido.MidiFile) -> list[Note]:
    """The notes of the track MELODY, one at a time: where two sound, the later one cuts the earlier."""
    found, sounding, now = [], {}, 0.0
    tracks = {track.name.strip().upper(): track for track in song.tracks}
    if "MELODY" not in tracks:
        raise Problem(f"song: found the tracks {sorted(tracks)}, expected MELODY among them")
    line = mido.MidiFile(ticks_per_beat=song.ticks_per_beat, tracks=[song.tracks[0], tracks["MELODY"]])
    for message in line:
        now += message.time
        if message.type == "note_on" and message.velocity:
            sounding[message.note] = now
        elif message.type in ("note_off", "note_on") and message.note in sounding:
            found.append((sounding.pop(message.note), now, message.note))
    found.sort()
    ends = [begin for begin, _, _ in found[1:]] + [numpy.inf]
    return [(begin, min(end, following), note) for (begin, end, note), following in zip(found, ends) if following > begin]


def paced(begin: int, end: int, length: int, random: numpy.random.Generator) -> numpy.ndarray:
    """Frames [length] of speech from `begin` to `end`, its edges at their own pace, what is between them slower or faster."""
    edge = min(EDGE, (end - begin) // 3, length // 3)
    middle = numpy.linspace(begin + edge, end - edge - 1, length - 2 * edge)
    middle += scipy.ndimage.gaussian_filter1d(random.normal(0, 6, len(middle)), 6)  # no frame stands still
    middle = middle.clip(begin + edge, end - edge - 1)
    return numpy.concatenate([numpy.arange(begin, begin + edge), middle.round(), numpy.arange(end - edge, end)]).astype(int)


def tune(notes: numpy.ndarray, random: numpy.random.Generator) -> numpy.ndarray:
    """Pitches in hertz of MIDI numbers [frames] as a singer has them: glides, a vibrato that sets in late, wander."""
    glide = random.uniform(0.015, 0.05) / FRAME
    starts = numpy.flatnonzero(numpy.diff(notes, prepend=numpy.inf))
    since = (numpy.arange(len(notes)) - starts[numpy.searchsorted(starts, numpy.arange(len(notes)), "right") - 1]) * FRAME
    rate = random.uniform(4.5, 6.8) * (1 + 0.1 * scipy.ndimage.gaussian_filter1d(random.normal(0, 6, len(notes)), 40))
    vibrato = numpy.sin(2 * numpy.pi * numpy.cumsum(rate) * FRAME) * ((since - random.uniform(0.1, 0.4)) / 0.2).clip(0, 1)
    wander = scipy.ndimage.gaussian_filter1d(random.normal(0, 1, len(notes)), 20) * 12
    cents = vibrato * random.choice([0, 25, 50, 90]) * random.uniform(0.5, 1.3) + wander * random.uniform(5, 25)
    smooth = scipy.ndimage.gaussian_filter1d(notes.astype(float), glide, mode="nearest")
    return 440 * 2 ** ((smooth - 69 + cents / 100) / 12)


def other_throat(envelope: numpy.ndarray, rate: int, random: numpy.random.Generator) -> numpy.ndarray:
    """Power spectra [frames, bins] of another throat: formants up to a quarter octave up or down, a tilt, a ripple."""
    bins = numpy.arange(envelope.shape[1])
    moved = (bins * 2 ** random.uniform(-0.25, 0.25)).clip(0, bins[-1])
    low, part = moved.astype(int), moved - moved.astype(int)
    level = numpy.log(envelope + 1e-16)
    level = level[:, low] * (1 - part) + level[:, numpy.minimum(low + 1, bins[-1])] * part
    octaves = numpy.log2((bins * rate / 2 / bins[-1]).clip(200) / 1000)
    ripple = numpy.interp(octaves, numpy.arange(-3, 5, 0.5), random.normal(0, 3, 16))
    return numpy.exp(level + (random.uniform(-3, 3) * octaves + ripple) * numpy.log(10) / 10)


def sung(utterances: Iterator[Spoken], notes: list[Note], rate: int, random: numpy.random.Generator) -> numpy.ndarray:
    """The melody [samples], sung with what is spoken; `utterances` never end."""
    world = _world()
    frames: list[tuple[Spoken, numpy.ndarray]] = []
    numbers: list[numpy.ndarray] = []
    voiced: list[numpy.ndarray] = []

    def put(spoken: Spoken, indices: numpy.ndarray, note: float, sings: bool):
        frames.append((spoken, indices))
        numbers.append(numpy.full(len(indices), note))
        voiced.append(numpy.full(len(indices), sings))

    spoken = next(utterances)
    pieces = spoken.pieces()
    before = notes[0][0]
    for begin, end, note in notes:
        if begin - before > REST:
            put(spoken, numpy.full(min(400, round((begin - before) / FRAME)), -1), note, False)
        before, left = end, max(12, round((end - begin) / FRAME))
        while left > 0:
            piece = next(pieces, None)
            if piece is None:
                spoken = next(utterances)
                pieces = spoken.pieces()
                continue
            first, last, sings = piece
            if sings:
                put(spoken, paced(first, last, left, random), note, True)
                left = 0
            else:
                last = min(last, first + min(CONSONANT, max(4, left // 2)))
                put(spoken, numpy.arange(first, last), note, False)
                left = max(12, left - (last - first))
    sings = numpy.concatenate(voiced)
    envelope, breath = (
        numpy.concatenate([numpy.where(at[:, None] < 0, quiet, getattr(one, name)[at]) for one, at in frames])
        for name, quiet in (("envelope", 1e-16), ("breath", 1.0))
    )
    pitch = numpy.where(sings, tune(numpy.concatenate(numbers), random), 0.0)
    breath = breath ** random.uniform(0.7, 1.5)
    swell = 10 ** (scipy.ndimage.gaussian_filter1d(random.normal(0, 1, len(pitch)), 100) * 14 * random.uniform(1, 4) / 10)
    envelope = other_throat(envelope, rate, random) * swell[:, None]
    made = world.synthesize(pitch, numpy.ascontiguousarray(envelope), numpy.ascontiguousarray(breath), rate, 1000 * FRAME)
    return made / max(1e-9, 2 * numpy.abs(made).max())


def taken_apart(samples: numpy.ndarray, rate: int) -> Spoken:
    """Speech [samples] in frames of WORLD."""
    world = _world()
    rough, times = world.dio(samples, rate, f0_floor=60.0, f0_ceil=500.0, frame_period=1000 * FRAME)
    pitch = world.stonemask(samples, rough, times, rate)
    return Spoken(pitch, world.cheaptrick(samples, pitch, times, rate), world.d4c(samples, pitch, times, rate))


def write(speech: Path, songs: Path, out: Path, count: int, seconds: float, seed: int, say=print):
    """Each speaker, a folder of `speech`, sings `count` melodies for so many `seconds` into `out`/SPEAKER; not what is there.

    songs   zip archive of MIDI files with a track MELODY (POP909)
    """
    _world()
    files = list(archived(songs).values())
    speakers = sorted(path for path in speech.glob("*") if path.is_dir()) if speech.is_dir() else []
    if not speakers:
        raise Problem(f"{speech}: found no folders; expected one of recordings for each speaker")
    for place, folder in enumerate(speakers):
        paths = sound.files_in(folder)
        rate = soundfile.info(paths[0]).samplerate
        (out / folder.name).mkdir(parents=True, exist_ok=True)
        for number in range(count):
            path, random = out / folder.name / f"{number}.flac", numpy.random.default_rng([seed, place, number])
            if path.exists():
                continue
            notes = melody(mido.MidiFile(file=io.BytesIO(files[random.integers(len(files))])))
            begin = random.uniform(notes[0][0], max(notes[0][0], notes[-1][1] - seconds))
            notes = [note for note in notes if begin <= note[0] < begin + seconds]
            spoken = _spoken(paths, rate, random)
            first = next(spoken)
            octaves = numpy.log2(numpy.median(first.pitch[first.pitch > 0]) / 440) * 12 + 69 + random.uniform(-2, 9)
            shift = round(octaves - numpy.median([note for _, _, note in notes]))
            notes = [(start, end, note + shift) for start, end, note in notes]
            soundfile.write(path, sung(spoken, notes, rate, random), rate, subtype="PCM_16")
            say(f"{folder.name}/{path.name}: {soundfile.info(path).duration:.0f} s")


def _spoken(paths: list[Path], rate: int, random: numpy.random.Generator) -> Iterator[Spoken]:
    """What a speaker says, in an order that is drawn, for ever; what holds no voice is left out."""
    silent = 0
    while silent < len(paths):
        for path in random.permutation(numpy.array(paths, dtype=object)):
            found = taken_apart(sound.read(path, rate).mean(1).astype(float), rate)
            silent = silent + 1 if not (found.pitch > 0).any() else 0
            if not silent:
                yield found
    raise Problem(f"{paths[0].parent}: found no pitch in {len(paths)} recordings, expected speech")


def _world():
    """The vocoder, which training alone does not need."""
    try:
        import pyworld
    except ImportError:
        raise Problem("pyworld: not found; pip install pyworld-prebuilt") from None
    return pyworld
