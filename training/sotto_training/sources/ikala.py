"""iKala (Chan et al. 2015) as it is distributed: `Wavfile/*.wav`, 44.1 kHz, left the music, right the voice."""

from pathlib import Path

from ..problem import Problem
from . import mir1k
from .recording import Recording
from .sound import files_in

SHARE = 4  # of 252 clips the papers train on 63 and test on 189; which ones is not published


def recordings(folder: Path, split: str) -> list[Recording]:
    """`train` is the first quarter by name, `test` the rest: names begin with the song, so that few songs are in both."""
    inside = Path(folder) / "Wavfile"
    found = files_in(inside if inside.is_dir() else Path(folder))
    count = max(1, len(found) // SHARE)
    parts = {"train": found[:count], "test": found[count:], "": found}
    if split not in parts:
        raise Problem(f"{folder}: split: found {split!r}, expected 'train', 'test', or '' for all clips")
    return [mir1k.recording_of(path) for path in parts[split]]
