"""What training hears: recordings of a voice and an accompaniment, and excerpts of them, read when they are needed."""

from bisect import bisect_right
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate

import numpy

from . import sound
from .sound import Sound

Decoded = dict  # what one call has read already, so that a file with both sources is decoded once


@dataclass(frozen=True, eq=False)
class Line:
    """Sounds along time: `pieces` one behind the other, the sounds of a piece added up."""

    pieces: tuple[tuple[Sound, ...], ...]

    def length(self, rate: int) -> int:
        """Samples at `rate` hertz."""
        return _ends(self, rate)[-1]

    def whole(self, rate: int, decoded: Decoded) -> numpy.ndarray:
        """All of it, [n], or [2, n] of sounds of two channels."""
        return numpy.concatenate([_added(piece, rate, 0, None, decoded) for piece in self.pieces]).T

    def stretch(self, rate: int, start: int, count: int, decoded: Decoded) -> numpy.ndarray:
        """`count` samples from `start` on; behind the end it begins anew."""
        ends, found, have = _ends(self, rate), [], 0
        while have < count:
            at = (start + have) % ends[-1]
            number = bisect_right(ends, at)
            begin = at - (ends[number - 1] if number else 0)
            part = _added(self.pieces[number], rate, begin, min(count - have, ends[number] - at), decoded)
            missing = min(count - have, ends[number] - at) - len(part)
            # A file may hold less than it says.
            found.append(numpy.pad(part, [(0, missing)] + [(0, 0)] * (part.ndim - 1)))
            have += len(found[-1])
        return numpy.concatenate(found).T


@dataclass(frozen=True, eq=False)
class Recording:
    """A voice and an accompaniment.

    paired   whether they belong together; otherwise each is drawn by itself
    kept     whether nothing but the mixture's level is to be varied
    backwards   whether excerpts of it are heard from their end
    """

    name: str
    voice: Line
    accompaniment: Line
    paired: bool = True
    kept: bool = False
    backwards: bool = False

    def length(self, rate: int) -> int:
        """Samples at `rate` hertz of what both have."""
        return min(self.voice.length(rate), self.accompaniment.length(rate))

    def read(self, rate: int) -> tuple[numpy.ndarray, numpy.ndarray]:
        """(accompaniment, voice), float32 at `rate` hertz, whatever they were recorded at; [n] or [2, n], as long where they are
        paired."""
        decoded = {}
        accompaniment, voice = (line.whole(rate, decoded) for line in (self.accompaniment, self.voice))
        count = min(accompaniment.shape[-1], voice.shape[-1]) if self.paired else None
        return accompaniment[..., :count], voice[..., :count]


@dataclass(frozen=True)
class Excerpt:
    """A recording, or `count` samples of it at `rate`: of the voice from `voice` on, likewise the accompaniment.

    shift   by how many samples the accompaniment is turned round; None leaves that to chance
    """

    recording: Recording
    voice: int = 0
    accompaniment: int = 0
    count: int | None = None
    shift: int | None = None

    @property
    def name(self) -> str:
        """The recording's."""
        return self.recording.name

    def mixes_with(self, other: "Excerpt") -> bool:
        """Whether its voice may be set against the other's accompaniment."""
        return not (self.recording.kept or other.recording.kept)

    def read(self, rate: int) -> tuple[numpy.ndarray, numpy.ndarray]:
        """(accompaniment, voice), float32 [n] each, or [2, n]."""
        if self.count is None:
            accompaniment, voice = self.recording.read(rate)
        else:
            decoded = {}
            accompaniment = self.recording.accompaniment.stretch(rate, self.accompaniment, self.count, decoded)
            voice = self.recording.voice.stretch(rate, self.voice, self.count, decoded)
        if self.recording.backwards:
            accompaniment, voice = accompaniment[..., ::-1], voice[..., ::-1]
        return numpy.ascontiguousarray(accompaniment), numpy.ascontiguousarray(voice)


@lru_cache(maxsize=None)
def _ends(line: Line, rate: int) -> list[int]:
    return list(accumulate(max(sound.length(one.path, rate) for one in piece) for piece in line.pieces))


def _added(piece: tuple[Sound, ...], rate: int, start: int, count: int | None, decoded: Decoded) -> numpy.ndarray:
    total = None
    for one in piece:
        key = (one.path, start, count)
        if key not in decoded:
            decoded[key] = sound.read(one.path, rate, start, count)
        samples = one.of(decoded[key])
        if total is None:
            total = samples
        else:
            both = min(len(total), len(samples))
            total = total[:both] + samples[:both]
    return total
