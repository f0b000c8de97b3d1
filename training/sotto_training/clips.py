"""Reading MIR-1K: short two-channel clips, left the accompaniment, right the voice."""

import math
from pathlib import Path

import numpy
import scipy.signal
import soundfile

from .problem import Problem

SUFFIXES = {".wav", ".flac"}


def clips_of(folder: Path, split: str) -> list[Path]:
    """The clips of `folder`/`split`, sorted by name. Only names are kept: sound is read when it is needed."""
    where = Path(folder) / split
    if not where.is_dir():
        raise Problem(f"{where}: not found; expected a folder of two-channel clips (left accompaniment, right voice)")
    found = sorted(path for path in where.iterdir() if path.suffix.lower() in SUFFIXES)
    if not found:
        raise Problem(f"{where}: holds no {' or '.join(sorted(SUFFIXES))} file")
    return found


def read(path: Path, rate: int) -> tuple[numpy.ndarray, numpy.ndarray]:
    """(accompaniment, voice) of one clip, float32 [n] each, at `rate` hertz, whatever it was recorded at."""
    try:
        samples, found = soundfile.read(path, dtype="float32", always_2d=True)
    except (soundfile.LibsndfileError, OSError) as error:
        raise Problem(f"{path}: cannot be read as sound: {error}") from error
    if samples.shape[1] != 2:
        raise Problem(f"{path}: channels: found {samples.shape[1]}, expected 2 (left accompaniment, right voice)")
    if not len(samples):
        raise Problem(f"{path}: is empty")
    if not numpy.isfinite(samples).all():
        raise Problem(f"{path}: holds samples that are not finite")
    if found != rate:
        common = math.gcd(found, rate)
        samples = scipy.signal.resample_poly(samples, rate // common, found // common, axis=0).astype(numpy.float32)
    return samples[:, 0].copy(), samples[:, 1].copy()
