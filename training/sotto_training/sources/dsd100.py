"""DSD100 (Liutkus et al. 2016): `Mixtures/SPLIT/SONG/mixture.wav`, `Sources/SPLIT/SONG/{vocals,bass,drums,other}.wav`."""

from pathlib import Path

from ..problem import Problem
from . import stems
from .recording import Recording

SPLITS = {"train": "Dev", "test": "Test", "Dev": "Dev", "Test": "Test"}


def recordings(folder: Path, split: str) -> list[Recording]:
    """The songs of a split, `train` being its `Dev`; mixtures are not read, they are what the sources add up to."""
    if split not in SPLITS:
        raise Problem(f"{folder}: split: found {split!r}, expected one of {', '.join(SPLITS)}")
    return stems.recordings(Path(folder) / "Sources", SPLITS[split])
