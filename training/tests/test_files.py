import json
import os
from pathlib import Path

import numpy
import pytest
import soundfile
import torch
from conftest import tiny
from safetensors import safe_open
from safetensors.torch import load_file, save_file

from sotto_training import evaluate, export, golden, precision, seeded, smaller, weights
from sotto_training.command import main
from sotto_training.configuration import configuration_of, configured
from sotto_training.fit import Run
from sotto_training.problem import Problem
from sotto_training.sources import mir1k

SVSGAN = Path(__file__).parent.parent / "configurations" / "svsgan.toml"


@pytest.fixture(scope="module")
def exported(data, tmp_path_factory):
    """A run and the weights of its best epoch."""
    folder = tmp_path_factory.mktemp("exported")
    run = Run(configured(tiny(), "tests"), data, folder / "run", say=lambda _: None)
    run.fit(stop=2)
    export.export(folder / "run", data, folder / "tiny.safetensors", folder / "curve.svg")
    return run, folder / "tiny.safetensors"


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
        "kind": "dense", "name": "hidden.1", "activation": "sigmoid",
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
    refused("format: found 9, expected 2", document={**document, "format": 9})
    refused("unknown key 'inputs'", document={**document, "layers": [{**document["layers"][0], "inputs": 3}]})
    refused("weights: found 'tiny'", document={**document, "layers": [{**document["layers"][0], "weights": "tiny"}]})
    refused("hidden.1.weight: found torch.float32, expected torch.int8",
            document={**document, "layers": [{**document["layers"][0], "weights": "integer"}]})  # fmt: skip
    refused("found the tensors .*'stray'.*, expected", {**tensors, "stray": torch.zeros(3)})
    refused("layers: found a result of shape .24., which the output does not take",
            {name: tensor for name, tensor in tensors.items() if name.startswith("hidden.1.")},
            {**document, "layers": document["layers"][:1]})  # fmt: skip
    refused("output: found", document={**document, "output": {**document["output"], "sources": ["voice"]}})
    refused("unknown key 'hops'", document={**document, "grid": {**document["grid"], "hops": 1}})
    bad.write_bytes(path.read_bytes()[:1000])
    with pytest.raises(Problem, match="not a weights file"):
        weights.read(bad)


def test_golden_vectors_fit_together(exported, tmp_path):
    (written,) = golden.of_weights(exported[1], tmp_path / "golden")
    assert written.name == "tiny-golden.safetensors" and written.stat().st_size < 400_000
    model, _ = weights.read(exported[1])
    found = load_file(str(written))
    masks = model.masks(found["magnitudes"], found["levels"].double())
    assert (masks - found["masks"]).abs().max() < 1e-4
    sure = len(found["samples"]) - model.grid.window - model.grid.hop
    assert (model.voice(found["samples"])[:sure] - found["voice"][:sure]).abs().max() < 1e-5
    gated = found["levels"][1:] == found["levels"][:-1]
    assert 5 < gated.sum() < 40, "the signal should have a pause below the gate"


@pytest.mark.parametrize("stored, bound", [("half", 2e-3), ("integer", 0.05)])
def test_smaller_weights_are_nearly_the_same(stored, bound, tmp_path):
    configuration = seeded.found("drnn-2", golden.SYSTEMS["drnn-2"])
    seeded.write(configuration, tmp_path / "single.safetensors")
    seeded.write(configuration, tmp_path / "smaller.safetensors", stored=stored)
    assert (tmp_path / "smaller.safetensors").stat().st_size < (tmp_path / "single.safetensors").stat().st_size
    single, smaller = (weights.read(tmp_path / f"{name}.safetensors")[0] for name in ("single", "smaller"))
    features = torch.rand(40, single.grid.bins)
    outputs = [one.output.share(one.results(features)) for one in (single, smaller)]
    assert 0 < (outputs[0] - outputs[1]).abs().mean() < bound
    with safe_open(str(tmp_path / "smaller.safetensors"), framework="pt") as file:
        types = {name: file.get_tensor(name).dtype for name in file.keys()}
    assert types["hidden.2.recurrent"] == {"half": torch.float16, "integer": torch.int8}[stored]
    assert types["hidden.2.bias"] == torch.float32
    assert ("hidden.2.recurrent.scale" in types) == (stored == "integer")


@pytest.mark.parametrize("stored, share", [("half", 0.5), ("integer", 1.0)])
def test_convolutions_stop_at_half(stored, share, tmp_path):
    configuration = seeded.found("causal-unet", ["network.channels=[16, 16, 32, 32, 64, 64]"])
    seeded.write(configuration, tmp_path / "single.safetensors")
    seeded.write(configuration, tmp_path / "smaller.safetensors", stored=stored)
    sizes = [(tmp_path / f"{name}.safetensors").stat().st_size - 10_000 for name in ("smaller", "single")]
    assert sizes[0] / sizes[1] == pytest.approx(share, abs=0.03)


def test_eight_bits_are_off_by_half_a_step_at_most():
    entries = [{"kind": "dense", "name": "d", "activation": "linear", "weights": "integer"}]
    tensors = {"d.weight": torch.randn(20, 30) * torch.logspace(-3, 3, 20)[:, None], "d.bias": torch.zeros(20)}
    tensors["d.weight"][3] = 0
    small = precision.stored(entries, tensors)
    again = precision.restored(entries, small, "here")
    assert small["d.weight"].dtype == torch.int8 and small["d.weight"].abs().max() == 127
    assert ((again["d.weight"] - tensors["d.weight"]).abs() <= 0.501 * small["d.weight.scale"][:, None]).all()


def test_auto_stays_within_what_dev_may_lose(exported, little):
    model, _ = weights.read(exported[1])
    dev = mir1k.recordings(little, "dev")
    found, cost = smaller.smaller(model, dev, "auto")
    assert set(cost["stored"]) == {"hidden.1", "hidden.2", "output"}
    assert set(cost["stored"].values()) <= {"half", "integer"} and "integer" in cost["stored"].values()
    before, after = (evaluate.means(evaluate.score_all(dev, one))["voice_gnsdr"] for one in (model, found))
    assert before - after < smaller.LOSS
    assert cost["lost"] == pytest.approx(before - after, abs=1e-3)
    assert {layer["name"]: layer["weights"] for layer in found.network.entries()} == cost["stored"]


def test_weights_are_stored_again_with_what_that_costs(exported, little, tmp_path):
    out = tmp_path / "half.safetensors"
    arguments = ["store", "--weights", str(exported[1]), "--data", str(little), "--out", str(out), "--stored", "half"]
    assert main(arguments) == 0
    before, after = weights.read(exported[1])[1], weights.read(out)[1]
    assert after["quality"]["weights"]["stored"] == {name: "half" for name in ("hidden.1", "hidden.2", "output")}
    cost, now = after["quality"]["weights"], after["quality"]["dev"]
    assert cost["voice_gnsdr in single precision"] - cost["lost"] == pytest.approx(now["voice_gnsdr"], abs=2e-3)
    assert now["clips"] == 1 and abs(cost["lost"]) < 0.05
    assert out.stat().st_size < 0.6 * exported[1].stat().st_size + 2000
    assert after["training"] == before["training"]


def test_seeded_systems_are_written_by_name(tmp_path, capsys):
    out = tmp_path / "seeded.safetensors"
    small = ["--set", "grid.window=64", "--set", "grid.hop=16", "--set", "network.hidden=[6]"]
    assert main(["seeded", "lstm-512x3", str(out), "--stored", "half", *small]) == 0
    model, document = weights.read(out)
    assert [layer["kind"] for layer in document["layers"]] == ["lstm", "dense"]
    assert document["training"]["note"] == "not trained"
    assert main(["seeded", "nothing", str(out)]) == 1
    assert "nothing: no such configuration; expected a TOML file or one of band-split, causal-unet, cvpnn" in capsys.readouterr().err


def test_the_command_line_from_fit_to_score(table, data, tmp_path, capsys):
    config = tmp_path / "tiny.toml"
    config.write_text('name = "tiny"\ntitle = "Tiny"\n[grid]\nwindow = 256\nhop = 64\n[network]\narchitecture = "dense"\nhidden = [16]\n'
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
        mir1k.recording_of(tmp_path / "mono.wav").read(16000)
    with pytest.raises(Problem, match="train: not found"):
        mir1k.recordings(tmp_path, "train")
    (tmp_path / "x.toml").write_text(SVSGAN.read_text().replace("gamma", "gama"))
    assert main(["fit", str(tmp_path / "x.toml"), "--data", str(tmp_path), "--run", str(tmp_path / "r")]) == 1
    assert "fit: unknown key 'gama'" in capsys.readouterr().err
    with pytest.raises(Problem, match="fit, seed: found 'a'"):
        configuration_of(SVSGAN, ["fit.seed='a'"])


@pytest.mark.parametrize(
    "change, words",
    [
        ("network.architecture='deep'", "network: architecture: found 'deep', expected one of band-split, block-unet, causal-unet, dense"),
        ("network.width=3", "network: unknown key 'width'"),
        ("network.recurrent=[4]", "network.recurrent: found .4., expected numbers of the hidden layers"),
        ("output.kind='both'", "output.kind: found 'both', expected one of"),
        ("output.delay=-1", "output.delay: found -1, expected 0 or more frames"),
        ("output.delay=3", "fit.sequence: found 1, expected a patch's frames, since a result alone is of 3 frames before"),
        ("fit.loss='sum'", "fit.loss: found 'sum', expected one of decibels, discriminative"),
        ("fit.target='phase'", "fit.target: found 'phase', expected 'magnitude' or 'projection'"),
        ("fit.target='projection'\nfit.loss='logarithmic'", "fit.target: found 'projection', .* with fit.loss 'logarithmic'"),
        ("fit.target='projection'\nfit.loss='divergence'", "fit.target: found 'projection', .* with fit.loss 'divergence'"),
        ("mixing.colour=-5.0", "mixing.colour: found -5.0, expected 0 or more"),
        ("mixing.formants=-0.1", "mixing.formants: found -0.1, expected 0 or more"),
        ("grid.hop=900", "the hop at most three quarters of it"),
    ],
)
def test_configurations_that_cannot_be_are_refused_by_key(change, words):
    with pytest.raises(Problem, match=words):
        configuration_of(SVSGAN, [change])


def test_clips_are_read_at_any_rate(tmp_path):
    time = numpy.arange(44100) / 44100
    tone = 0.5 * numpy.sin(2 * numpy.pi * 1000 * time)
    soundfile.write(tmp_path / "fast.wav", numpy.stack([tone, -tone], 1), 44100, subtype="FLOAT")
    music, voice = mir1k.recording_of(tmp_path / "fast.wav").read(8192)
    expected = 0.5 * numpy.sin(2 * numpy.pi * 1000 * numpy.arange(8192) / 8192)
    assert len(music) == 8192 and numpy.abs(music - expected)[200:-200].max() < 5e-3
    assert numpy.array_equal(voice, -music)


def test_the_shipped_weights_keep_their_figures():
    folder = os.environ.get("SOTTO_DATA")
    shipped = Path(__file__).parents[2] / "presets" / "svsgan.safetensors"
    if not folder:
        pytest.skip("SOTTO_DATA is not set: needs the folder of recordings, with mir1k in it")
    if not shipped.is_file():
        pytest.skip(f"{shipped} is not there")
    model, document = weights.read(shipped)
    figures = evaluate.means(evaluate.score_all(mir1k.recordings(Path(folder) / "mir1k", "dev"), model))
    for name, value in figures.items():
        assert value == pytest.approx(document["quality"]["dev"][name], abs=0.02), name
