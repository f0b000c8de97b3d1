"""A folder of voices and one of accompaniments that do not belong together: mixed while training runs."""

from pathlib import Path

from .recording import Line, Recording
from .sound import Sound, files_in


def recordings(folder: Path, voice: str, accompaniment: str) -> list[Recording]:
    """One recording: all files below each folder, one behind the other, so that every second is as likely."""

    def line(name):
        return Line(tuple((Sound(path),) for path in files_in(Path(folder) / name, below=True)))

    return [Recording(f"{voice} + {accompaniment}", line(voice), line(accompaniment), paired=False)]
