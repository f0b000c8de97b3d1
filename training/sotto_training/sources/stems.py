"""Folders of stems: SONG/vocals.* (or voice.*), and all other stems added up as the accompaniment."""

from pathlib import Path

from ..problem import Problem
from .recording import Line, Recording
from .sound import SUFFIXES, Sound, folders_in

VOICES = ("vocals", "voice")
WHOLE = ("mixture", "mix")
MEANING = "a folder a song, with vocals or voice and other stems in it"


def recording_of(song: Path) -> Recording:
    """One song; a stem named mixture or mix is left out, and `accompaniment`, where there is one, stands for the rest."""
    stems = {path.stem.lower(): path for path in sorted(song.iterdir()) if path.suffix.lower() in SUFFIXES}
    voices = [stems[name] for name in VOICES if name in stems]
    others = [path for name, path in stems.items() if name not in (*VOICES, *WHOLE)]
    if len(voices) != 1 or not others:
        raise Problem(f"{song}: found the stems {sorted(stems)}, expected one of {', '.join(VOICES)}, and others")
    others = [stems["accompaniment"]] if "accompaniment" in stems else others
    return Recording(song.name, Line(((Sound(voices[0]),),)), Line((tuple(Sound(path) for path in others),)))


def recordings(folder: Path, split: str) -> list[Recording]:
    """The songs of `folder`/`split`, or of `folder` where `split` is empty."""
    return [recording_of(song) for song in folders_in(Path(folder) / split, MEANING)]
