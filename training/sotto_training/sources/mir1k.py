"""MIR-1K (Hsu and Jang): short clips of two channels, left the accompaniment, right the voice, in folders `train`, `dev`."""

from pathlib import Path

from ..problem import Problem
from .recording import Line, Recording
from .sound import SUFFIXES, Sound

MEANING = "left accompaniment, right voice"


def recording_of(path: Path) -> Recording:
    """One clip."""
    accompaniment, voice = (Line(((Sound(path, channel, 2, MEANING),),)) for channel in (0, 1))
    return Recording(path.name, voice, accompaniment)


def recordings(folder: Path, split: str) -> list[Recording]:
    """The clips of `folder`/`split`, sorted by name. Only names are kept: sound is read when it is needed."""
    where = Path(folder) / split
    if not where.is_dir():
        raise Problem(f"{where}: not found; expected a folder of two-channel clips ({MEANING})")
    found = sorted(path for path in where.iterdir() if path.suffix.lower() in SUFFIXES)
    if not found:
        raise Problem(f"{where}: holds no {' or '.join(sorted(SUFFIXES))} file")
    return [recording_of(path) for path in found]
