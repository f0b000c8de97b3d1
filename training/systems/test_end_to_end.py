"""Every system from its configuration to its sound: fitted to a few clips, exported, played live, and scored.

Nothing here depends on how fast the machine is: what came too late is not held against a system.
"""

import json
import shutil
import subprocess

import numpy
import pytest
import soundfile
from clips import RATE
from fitting import CONFIGURATIONS
from scipy.signal import resample_poly
from tiny import TINY

from sotto_training.bss import References
from sotto_training.command import main
from sotto_training.mixing import plain

PLAYED, SECONDS = 1, 2.0  # the clip that is played, and how much of it
LEAST = 1.0  # dB of voice GNSDR: what was not trained has up to 0.5 by chance
SUM = -80.0  # dB full scale that stems of single precision may leave of the recording


def preset(method: str, key: str, weights, folder, name: str):
    """Writes the shortest preset that there is, and its weights beside it."""
    shutil.copy(weights, folder)
    words = f'format = 1\ntitle = "{name}"\nsummary = "Fitted to a few clips."\nmethod = "{method}"\n'
    (folder / f"{name}.toml").write_text(f'{words}\n[{method}]\n{key} = "{weights.name}"\n')


def beats_the_mixture(name: str, sounds, live, folder):
    """Plays the preset `name` live and scores it on the clips: the voice has to be nearer to the truth than the mixture."""
    clips = sounds / "mir1k" / "train"
    evaluate = [live.programs / "sotto", "evaluate", clips]
    subprocess.run([*evaluate, "--mixtures", folder], check=True, capture_output=True)
    played = live.play(name, folder / f"{PLAYED}.wav", SECONDS, folder)
    assert played["preset"] == name and played["frames"] > 0
    assert played["latency"]["told"] == played["latency"]["declared"] > 0
    assert played["latency"]["measured"] in (None, played["latency"]["told"])
    assert played["null"] is None or played["null"] < SUM
    heard, rate = soundfile.read(played["voice"])
    assert rate == 48000 and len(heard) == SECONDS * rate and numpy.isfinite(heard).all() and heard.any()
    if played["lateFrames"] == played["disturbances"] == 0:
        assert gained(heard.mean(1), clips / f"{PLAYED}.wav") > 0

    done = subprocess.run(
        [*evaluate, "--preset", name, "--preset-path", live.folder, "--json"], check=True, capture_output=True
    )
    (system,) = json.loads(done.stdout)["systems"]
    found = {score["clip"]: round(score["voice"]["nsdr"], 2) for score in system["scores"]}
    assert len(found) == len(list(clips.iterdir()))
    assert all(nsdr > 0 for nsdr in found.values()) and system["voice"]["nsdr"] > LEAST, found


def gained(voice: numpy.ndarray, clip) -> float:
    """NSDR of the `voice` of what was played of a clip, heard at 48 kHz."""
    estimate = resample_poly(voice, 1, 48000 // RATE)
    accompaniment, truth = (samples[: len(estimate)] for samples in plain(*soundfile.read(clip)[0].T))
    references, mixture = References(numpy.stack([truth, accompaniment])), truth + accompaniment
    sdr, _, _ = references.scores(numpy.stack([estimate, mixture - estimate]))
    return float((sdr - references.alone(mixture))[0])


def test_every_configuration_has_its_tiny_version():
    assert sorted(TINY) == sorted(path.stem for path in CONFIGURATIONS.glob("*.toml"))


@pytest.mark.parametrize("name", TINY)
def test_a_system_is_fitted_exported_played_and_beats_the_mixture(name, sounds, fitting, live, tmp_path):
    fitted = fitting.of(name)
    losses = {key: [row[key] for row in fitted.curve if key in row] for key in ("train_loss", "dev_loss")}
    for values in losses.values():
        assert len(values) > 1 and values[-1] < values[0], losses
    preset("network", "model", fitted.weights, live.folder, name)
    beats_the_mixture(name, sounds, live, tmp_path)


def test_a_dictionary_is_fitted_played_and_beats_the_mixture(sounds, live, tmp_path):
    out = tmp_path / "dictionary.safetensors"
    assert main(["dictionary", f"--data={sounds / 'mir1k'}", f"--out={out}", "--atoms=20", "--updates=50"]) == 0
    preset("nmf", "dictionary", out, live.folder, "dictionary")
    beats_the_mixture("dictionary", sounds, live, tmp_path)
