"""A few clips of the demo recording, in which somebody sings, as the configurations want them."""

from pathlib import Path

import numpy
import soundfile
from scipy.signal import resample_poly

DEMO = Path(__file__).parents[2] / "presets" / "demo"
RATE = 16000
STARTS, LENGTH = (0.5, 4.0, 8.0, 12.0, 15.0), 3.0  # seconds
DEV = 1  # the clip that is measured while fitting


def write(folder: Path):
    """`mir1k` with `train` and `dev`, left the accompaniment, right the voice; and in `voice` and `accompaniment` either."""
    song, voice = (
        resample_poly(soundfile.read(DEMO / f"everything-is-free{part}.flac")[0].mean(1), 1, 3) for part in ("", ".voice")
    )
    for part in ("mir1k/train", "mir1k/dev", "voice", "accompaniment"):
        (folder / part).mkdir(parents=True)
    for number, start in enumerate(STARTS):
        inside = slice(int(start * RATE), int((start + LENGTH) * RATE))
        stems = {"accompaniment": (song - voice)[inside], "voice": voice[inside]}
        for name, samples in stems.items():
            soundfile.write(folder / name / f"{number}.wav", samples, RATE)
        for split in ("train", "dev") if number == DEV else ("train",):
            soundfile.write(folder / "mir1k" / split / f"{number}.wav", numpy.stack(list(stems.values()), 1), RATE)
