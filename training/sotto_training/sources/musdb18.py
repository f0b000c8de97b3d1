"""MUSDB18 (Rafii et al. 2017) decoded: `train` and `test`, SONG/{mixture,vocals,drums,bass,other}.wav."""

from pathlib import Path

from ..problem import Problem
from . import stems
from .recording import Recording

SPLITS = ("train", "test")


def recordings(folder: Path, split: str) -> list[Recording]:
    """The songs of a split; the accompaniment is drums, bass and other added up."""
    if split not in SPLITS:
        raise Problem(f"{folder}: split: found {split!r}, expected one of {', '.join(SPLITS)}")
    return stems.recordings(folder, split)
