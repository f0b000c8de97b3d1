import json
import os
from pathlib import Path

import numpy
import pytest
import soundfile
import torch
from safetensors import safe_open
from safetensors.torch import load_file, save_file

from sotto_training import clips, export, golden, weights
from sotto_training.command import main
from sotto_training.configuration import configuration_of
from sotto_training.fit import Run
from sotto_training.problem import Problem

SVSGAN = Path(__file__).parent.parent / "configurations" / "svsgan.toml"


@pytest.fixture
def exported(configuration, data, tmp_path):
    run = Run(configuration, data, tmp_path / "run", say=lambda _: None)
    run.fit(stop=2)
    export.export(tmp_path / "run", data, tmp_path / "tiny.safetensors", tmp_path / "curve.svg")
    return run, tmp_path / "tiny.safetensors"


def test_exported_weights_do_what_the_trained_ones_did(exported):
    run, path = exported
    model, document = weights.read(path)
    samples = golden.signal(model.grid, 300)
    assert torch.equal(model.voice(samples), run.model().voice(samples))
    assert document["quality"]["dev"]["voice_gnsdr"] == pytest.approx(run.best, abs=1e-3)


def test_metadata_says_everything(exported):
    with safe_open(str(exported[1]), framework="np") as file:
        metadata, names = file.metadata(), set(file.keys())
    document = json.loads(metadata["sotto"])
    assert list(metadata) == ["sotto"]
    assert names == {f"{n}.{k}" for n in ("hidden.1", "hidden.2", "output") for k in ("weight", "bias")}
    assert document["grid"] == {"rate": 16000, "window": 256, "hop": 64, "shape": "square-root-hann"}
    assert document["input"]["level"] == {"kind": "running-rms", "seconds": 3.0, "floor": -60.0}
    assert document["layers"][0] == {
        "kind": "dense", "name": "hidden.1", "inputs": 129, "outputs": 24, "activation": "sigmoid",
    }  # fmt: skip
    assert document["output"]["sources"] == ["accompaniment", "voice"]
    for key in ("commit", "seed", "epochs", "seconds", "torch", "loss", "gamma", "command", "split"):
        assert key in document["training"], key
    assert set(document["licence"]) == {"code", "weights", "data"}


def test_damaged_weights_are_refused_by_name(exported, tmp_path):
    path, bad = exported[1], tmp_path / "bad.safetensors"
    document = weights.read(path)[1]
    tensors = load_file(str(path))

    def refused(words, tensors=tensors, document=document):
        save_file(tensors, str(bad), metadata={"sotto": json.dumps(document)})
        with pytest.raises(Problem, match=words):
            weights.read(bad)

    refused("bad.safetensors, hidden.1.bias: found .*expected", {**tensors, "hidden.1.bias": torch.zeros(3)})
    refused("output.bias: holds values that are not finite",
            {**tensors, "output.bias": torch.full_like(tensors["output.bias"], float("nan"))})  # fmt: skip
    refused("format: found 9, expected 1", document={**document, "format": 9})
    refused("unknown key 'hops'", document={**document, "grid": {**document["grid"], "hops": 1}})
    bad.write_bytes(path.read_bytes()[:1000])
    with pytest.raises(Problem, match="not a weights file"):
        weights.read(bad)


def test_golden_vectors_fit_together(exported, tmp_path):
    written = golden.write(exported[1], tmp_path / "golden")
    assert [path.name for path in written] == [
        "tiny-golden.safetensors", "context-model.safetensors", "context-golden.safetensors",
    ]  # fmt: skip
    assert all(path.stat().st_size < 400_000 for path in written)
    for weights_path, golden_path in ((exported[1], written[0]), (written[1], written[2])):
        model, _ = weights.read(weights_path)
        found = load_file(str(golden_path))
        masks = model.masks(found["magnitudes"], found["levels"].double())
        assert (masks - found["masks"]).abs().max() < 1e-4
        sure = len(found["samples"]) - model.grid.window - model.grid.hop
        assert (model.voice(found["samples"])[:sure] - found["voice"][:sure]).abs().max() < 1e-5
        gated = found["levels"][1:] == found["levels"][:-1]
        assert 5 < gated.sum() < 40, "the signal should have a pause below the gate"


def test_the_command_line_from_fit_to_score(table, data, tmp_path, capsys):
    config = tmp_path / "tiny.toml"
    config.write_text('name = "tiny"\ntitle = "Tiny"\n[grid]\nwindow = 256\nhop = 64\n[network]\nhidden = [16]\n'
                      "[fit]\nepochs = 2\n")  # fmt: skip
    run, out = tmp_path / "run", tmp_path / "tiny.safetensors"
    assert main(["fit", str(config), "--data", str(data), "--run", str(run), "--set", "fit.seed=5", "--until", "1"]) == 0
    assert main(["resume", "--data", str(data), "--run", str(run)]) == 0
    assert main(["fit", str(config), "--data", str(data), "--run", str(run)]) == 1
    assert "holds a run already" in capsys.readouterr().err
    assert main(["export", "--run", str(run), "--data", str(data), "--out", str(out), "--golden", str(tmp_path)]) == 0
    capsys.readouterr()
    assert main(["score", "--weights", str(out), "--data", str(data), "--json"]) == 0
    figures = json.loads(capsys.readouterr().out)
    assert len(figures["clips"]) == 2 and numpy.isfinite(figures["voice_gnsdr"])
    text = json.dumps(weights.read(out)[1])
    assert "--data DATA --run RUN --set fit.seed=5" in text
    assert str(tmp_path) not in text and str(data) not in text, "a model file names no folder of a machine"


def test_problems_name_file_and_expectation(tmp_path, capsys):
    soundfile.write(tmp_path / "mono.wav", numpy.zeros(100), 16000)
    with pytest.raises(Problem, match=r"mono\.wav: channels: found 1, expected 2"):
        clips.read(tmp_path / "mono.wav", 16000)
    soundfile.write(tmp_path / "fast.wav", numpy.zeros((100, 2)), 44100)
    with pytest.raises(Problem, match=r"fast\.wav: sample rate: found 44100 Hz, expected 16000 Hz"):
        clips.read(tmp_path / "fast.wav", 16000)
    with pytest.raises(Problem, match="train: not found"):
        clips.clips_of(tmp_path, "train")
    (tmp_path / "x.toml").write_text(SVSGAN.read_text().replace("gamma", "gama"))
    assert main(["fit", str(tmp_path / "x.toml"), "--data", str(tmp_path), "--run", str(tmp_path / "r")]) == 1
    assert "fit: unknown key 'gama'" in capsys.readouterr().err
    with pytest.raises(Problem, match="fit, seed: found 'a'"):
        configuration_of(SVSGAN, ["fit.seed='a'"])


def test_the_shipped_weights_keep_their_figures():
    folder = os.environ.get("SOTTO_DATA")
    shipped = Path(__file__).parents[2] / "presets" / "svsgan.safetensors"
    if not folder:
        pytest.skip("SOTTO_DATA is not set: needs the folder of recordings, with mir1k in it")
    if not shipped.is_file():
        pytest.skip(f"{shipped} is not there")
    from sotto_training import evaluate

    model, document = weights.read(shipped)
    figures = evaluate.means(evaluate.score_all(clips.clips_of(Path(folder) / "mir1k", "dev"), model))
    for name, value in figures.items():
        assert value == pytest.approx(document["quality"]["dev"][name], abs=0.02), name
