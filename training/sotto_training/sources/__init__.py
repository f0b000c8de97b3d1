"""Where recordings come from: the layouts in which data sets are distributed, one in a file."""

from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from glob import escape
from pathlib import Path

from ..problem import Problem
from . import dsd100, ikala, mir1k, musdb18, stems, unpaired
from .recording import Excerpt, Line, Recording
from .sound import Sound

LAYOUTS = {
    "mir1k": mir1k.recordings,
    "ikala": ikala.recordings,
    "musdb18": musdb18.recordings,
    "dsd100": dsd100.recordings,
    "stems": stems.recordings,
}
STEREO = ("mean", "each", "both")


@dataclass(frozen=True, kw_only=True)
class Source:
    """Recordings of one kind.

    kind           the layout: mir1k, ikala, musdb18, dsd100, stems, or unpaired
    path           its folder, below the folder that the command names
    split          part of it: train, dev, test; a folder of stems may have none
    weight         how often excerpts are drawn from it, beside other sources
    only           names of recordings, where not all are wanted, with * for any letters
    voice, accompaniment   of `unpaired`: folders below `path`
    stereo         of stems with two channels: their `mean`, `each` channel as a recording of its own, or `both` together
    kept           whether its mixtures stay as they are, but for their level: what `teach` has made
    """

    kind: str = "mir1k"
    path: str = "."
    split: str = ""
    weight: float = 1.0
    only: list[str] = field(default_factory=list)
    voice: str = "voice"
    accompaniment: str = "accompaniment"
    stereo: str = "mean"
    kept: bool = False

    def __post_init__(self):
        if self.kind not in (*LAYOUTS, "unpaired"):
            raise Problem(f"kind: found {self.kind!r}, expected one of {', '.join(LAYOUTS)}, unpaired")
        if self.stereo not in STEREO:
            raise Problem(f"stereo: found {self.stereo!r}, expected one of {', '.join(STEREO)}")
        if self.stereo == "both" and self.kind in ("mir1k", "ikala"):
            raise Problem(f"stereo: found 'both' of {self.kind}, whose channels are the sources, expected 'mean'")
        if not self.weight > 0:
            raise Problem(f"weight: found {self.weight}, expected more than 0")
        if self.kept and self.kind == "unpaired":
            raise Problem("kept: found true of an unpaired source, expected one whose voice belongs to its accompaniment")

    def recordings(self, data: Path) -> list[Recording]:
        """Its recordings in the folder `data`, sorted by name."""
        folder = Path(data) / self.path
        if self.kind == "unpaired":
            found = unpaired.recordings(folder, self.voice, self.accompaniment)
        else:
            found = LAYOUTS[self.kind](folder, self.split)
        if self.only:
            wanted = {name: escape(name).replace("[*]", "*") for name in self.only}  # of all signs, only * is special
            missing = sorted(name for name in wanted if not any(fnmatchcase(one.name, wanted[name]) for one in found))
            if missing:
                raise Problem(f"{folder}: only: holds no {', '.join(missing)}; has {', '.join(one.name for one in found)}")
            found = [one for one in found if any(fnmatchcase(one.name, name) for name in wanted.values())]
        if self.stereo == "each":
            names = ("left", "right")
            found = [_heard(one, f"{one.name} {names[channel]}", channel=channel) for one in found for channel in (0, 1)]
        if self.stereo == "both":
            found = [_heard(one, one.name, both=True) for one in found]
        return [replace(one, kept=True) for one in found] if self.kept else found

    def described(self) -> str:
        """What it is, in words, without the folder of a machine."""
        if self.kind == "unpaired":
            what = f"{self.path}: {self.voice} and {self.accompaniment}, mixed at random"
        else:
            what = f"{self.path}" + (f", split {self.split}" if self.split else "")
        what = f"{self.kind} ({what})" + (f", only {', '.join(self.only)}" if self.only else "")
        what += {"mean": "", "each": ", each channel by itself", "both": ", both channels"}[self.stereo]
        return what + (", kept as it is" if self.kept else "") + f", weight {self.weight:g}"


def _heard(recording: Recording, name: str, **channels) -> Recording:
    """The recording, other channels of its sounds."""

    def line(of):
        return Line(tuple(tuple(replace(one, **channels) for one in piece) for piece in of.pieces))

    return replace(recording, name=name, voice=line(recording.voice), accompaniment=line(recording.accompaniment))


__all__ = ["Excerpt", "Line", "Recording", "Sound", "Source"]
