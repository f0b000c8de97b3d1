"""Reading sound files: every format of libsndfile (wav, flac, Opus and more), whole or a stretch, at any rate."""

import math
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy
import scipy.signal
import soundfile

from ..problem import Problem
from . import opus

SUFFIXES = {".wav", ".flac", ".ogg", ".oga", ".opus", ".aif", ".aiff", ".mp3"}
OPUS = {".opus"}
REACH = 10  # samples on either side that scipy's resampling filter hears, at the lower of both rates


@dataclass(frozen=True)
class Sound:
    """One channel of a file, or the mean of all where `channel` is None, or the first two of them.

    both       whether it has two channels, of a mono file the same one twice
    channels   how many the file has to have, and `meaning`, what they are; None takes any
    """

    path: Path
    channel: int | None = None
    channels: int | None = None
    meaning: str = ""
    both: bool = False

    def of(self, samples: numpy.ndarray) -> numpy.ndarray:
        """This sound [n], or [n, 2], in its file's `samples` [n, channels]."""
        found = samples.shape[1]
        if self.channels is not None and found != self.channels:
            raise Problem(f"{self.path}: channels: found {found}, expected {self.channels} ({self.meaning})")
        if self.both:
            return samples[:, [0, min(1, found - 1)]]
        if self.channel is not None:
            return samples[:, min(self.channel, found - 1)].copy()  # a mono file is its own left and right
        return samples[:, 0].copy() if found == 1 else samples.mean(axis=1, dtype=numpy.float32)


@lru_cache(maxsize=None)
def length(path: Path, rate: int) -> int:
    """Samples of a file at `rate` hertz."""
    with _opened(path) as file:
        return -(-file.frames * rate // file.samplerate)


def read(path: Path, rate: int, start: int = 0, count: int | None = None) -> numpy.ndarray:
    """Samples [n, channels] at `rate` hertz, float32, from `start` on, `count` of them or all; fewer at the end.

    What is read of a file is as long as what is asked for, and a stretch equals the same stretch of the whole.
    """
    with _opened(path) as file:
        common = math.gcd(file.samplerate, rate)
        up, down = rate // common, file.samplerate // common
        # Whole steps of both rates, so that the filter meets the same samples wherever it begins.
        margin = REACH * max(up, down) // (up * down) + 2
        first = max(0, start // up - margin) if up != down else start
        wanted = -1
        if count is not None:
            wanted = (-(-(start + count) // up) + margin - first) * down if up != down else count
        begin = min(first * down, file.frames)
        left = file.frames - begin
        samples = None
        if path.suffix.lower() in OPUS:  # which libsndfile may refuse in the middle, or read from a wrong place
            samples = opus.read(path, file.samplerate, begin, left if wanted < 0 else min(wanted, left))
        if samples is None:
            try:
                file.seek(begin)
                samples = file.read(wanted, dtype="float32", always_2d=True)
            except soundfile.LibsndfileError as error:
                raise Problem(f"{path}: cannot be read as sound: {error}") from error
    if not len(samples):
        raise Problem(f"{path}: is empty")
    if not numpy.isfinite(samples).all():
        raise Problem(f"{path}: holds samples that are not finite")
    if up != down:
        samples = scipy.signal.resample_poly(samples, up, down, axis=0).astype(numpy.float32)
        samples = samples[start - first * up :]
    return samples if count is None else samples[:count]


def files_in(folder: Path, below: bool = False) -> list[Path]:
    """The sound files of a folder, sorted by name; with `below`, of the folders in it, too."""
    if not folder.is_dir():
        raise Problem(f"{folder}: not found; expected a folder of sound files")
    found = sorted(path for path in folder.glob("**/*" if below else "*") if path.suffix.lower() in SUFFIXES)
    if not found:
        raise Problem(f"{folder}: holds no {', '.join(sorted(SUFFIXES))} file")
    return found


def folders_in(folder: Path, meaning: str) -> list[Path]:
    """The folders of a folder, sorted by name."""
    if not folder.is_dir():
        raise Problem(f"{folder}: not found; expected {meaning}")
    found = sorted(path for path in folder.iterdir() if path.is_dir())
    if not found:
        raise Problem(f"{folder}: holds no folder; expected {meaning}")
    return found


def _opened(path: Path) -> soundfile.SoundFile:
    try:
        return soundfile.SoundFile(path)
    except (soundfile.LibsndfileError, OSError) as error:
        raise Problem(f"{path}: cannot be read as sound: {error}") from error
