"""Adversarial phases and L-BFGS: formulas, that they do what they are for, exact resume, what the card says."""

import copy
import csv
import json
import math

import numpy
import pytest
import soundfile
import torch
from conftest import RATE, clip, tiny

from sotto_training import checkpoint, export, judges, weights
from sotto_training.adversarial import Adversarial, Critics
from sotto_training.command import main
from sotto_training.configuration import configured
from sotto_training.fit import Run
from sotto_training.layers import Dense
from sotto_training.network import Network
from sotto_training.phases.conditional import fooled
from sotto_training.problem import Problem

ADVERSARIAL = {"iterations": 6, "updates": 2, "hidden": [12, 10]}
CRITICS = {"iterations": 4, "updates": 2, "channels": [4, 4, 4], "hidden": 4, "rate": 1e-3}


def silent(_):
    pass


@pytest.fixture(scope="module")
def supervised(little, tmp_path_factory):
    """A short supervised run, and its weights file."""
    folder = tmp_path_factory.mktemp("supervised")
    run = Run(configured(tiny(), "tests"), little, folder / "run", say=silent)
    run.fit()
    export.export(folder / "run", little, folder / "tiny.safetensors")
    return folder / "run", folder / "tiny.safetensors"


@pytest.fixture(scope="module")
def everything(tmp_path_factory, little):
    """A folder with paired clips in `mir1k`, and voices and accompaniments that are strangers."""
    folder = tmp_path_factory.mktemp("everything")
    (folder / "mir1k").symlink_to(little)
    for seed in range(20, 23):
        for channel, name in enumerate(("accompaniment", "voice")):
            (folder / name).mkdir(exist_ok=True)
            soundfile.write(folder / name / f"{seed}.flac", clip(seed, 1.0)[:, channel], RATE)
    return folder


def adversarial(**changes):
    table = tiny()
    table["fit"] |= {"epochs": 2, "evaluate": 1, "first": 1e-3, "last": 1e-3}
    return table | {"adversarial": ADVERSARIAL | changes}


def semi_supervised(**changes):
    table = tiny()
    table["fit"] |= {"epochs": 2, "evaluate": 1, "sequence": 16, "batch": 64}
    table["data"] = {
        "train": [{"path": "mir1k", "split": "train"}], "dev": [{"path": "mir1k", "split": "dev"}],
        "unpaired": [{"kind": "unpaired"}], "excerpts": 6, "seconds": 0.5,
    }  # fmt: skip
    return table | {"critics": CRITICS | changes}


def full_batch():
    table = tiny()
    table["network"]["dropout"] = 0.0
    table["fit"] |= {"epochs": 4, "optimiser": "lbfgs", "iterations": 3, "history": 4, "first": 1.0, "last": 1.0}
    return table | {"mixing": {"step": 4000, "gain": 0.0}}


def same(one, other):
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    if isinstance(one, (list, tuple)):
        return len(one) == len(other) and all(same(a, b) for a, b in zip(one, other))
    return torch.equal(one, other) if isinstance(one, torch.Tensor) else one == other


def test_the_generators_losses_by_hand():
    odds = torch.tensor([[0.5], [-1.0]], dtype=torch.float64)
    real = [1 / (1 + math.exp(-value)) for value in (0.5, -1.0)]
    assert float(fooled(odds, "minimax")) == pytest.approx(sum(math.log(1 - one) for one in real) / 2)
    assert float(fooled(odds, "non-saturating")) == pytest.approx(-sum(math.log(one) for one in real) / 2)
    assert float(fooled(odds, "wasserstein")) == pytest.approx(0.25)


@pytest.mark.parametrize("slope, expected", [(3.0, 4.0), (1.0, 0.0), (0.2, 0.0)])
def test_the_penalty_by_hand(slope, expected):
    """Of a critic that is linear, so that its gradient is the same everywhere; it is asked for 1 at most."""
    judge = Network([Dense("output", 1)], (4,))
    judge.layers[0].weight.data = torch.tensor([[0.5, -0.5, 0.5, 0.5]]) * slope
    real, fake = torch.rand(5, 2, 4), torch.rand(5, 2, 4)
    found = judges.penalty(judge, real, fake, torch.Generator().manual_seed(1))
    assert float(found.detach()) == pytest.approx(expected, abs=1e-4)


def test_the_gradient_of_the_penalty_against_differences():
    judge = judges.critic(Critics(channels=[2, 3], hidden=3), 8, 17).double()
    judge.initialise(torch.Generator().manual_seed(2))
    with torch.no_grad():
        judge.layers[-1].weight.mul_(50)  # steep enough to be punished
    real, fake = torch.rand(2, 3, 1, 8, 17, dtype=torch.float64, generator=torch.Generator().manual_seed(4)) * 9

    def value(shift):
        moved = copy.deepcopy(judge)
        with torch.no_grad():
            moved.layers[3].weight.add_(shift)
        return moved.layers[3].weight, judges.penalty(moved, real, fake, torch.Generator().manual_seed(3))

    weight, found = value(0.0)
    (slope,) = torch.autograd.grad(found, weight)
    differences = float((value(1e-6)[1] - value(-1e-6)[1]).detach()) / 2e-6
    assert float(slope.sum()) == pytest.approx(differences, rel=1e-4) and abs(differences) > 1e-6


@pytest.mark.parametrize("objective", ["minimax", "non-saturating", "wasserstein"])
def test_a_discriminator_learns_what_is_real(supervised, little, tmp_path, objective):
    """With a generator that stands still, what judges it tells estimates from sources better and better."""
    table = adversarial(objective=objective, iterations=15, updates=4, rate=1e-2)
    table["fit"] |= {"first": 0.0, "last": 0.0, "epochs": 4}
    run = Run(configured(table, "tests"), little, tmp_path, say=silent, start=supervised[0])
    run.fit()
    losses = [row["discriminator_loss"] for row in run.history]
    assert losses[-1] < losses[0]
    frames = next(run.batches(0))
    with torch.no_grad():
        fake = run.phase._estimated(run.results(frames), frames)
        assert run.phase.judge(run.phase._real(frames)).mean() > run.phase.judge(fake).mean()
    begun = checkpoint.load(supervised[0] / "best.pt")["average"]
    assert same(begun, {name: tensor for name, tensor in run.average.state_dict().items()}), "it stood still"


def test_a_generator_learns_to_be_taken_for_real(supervised, little, tmp_path):
    table = adversarial(iterations=40, updates=1, rate=0.0, supervised=0.0)
    table["fit"] |= {"first": 3e-3, "last": 3e-3}
    run = Run(configured(table, "tests"), little, tmp_path, say=silent, start=supervised[0])
    run.fit()
    assert run.history[1]["generator_loss"] < run.history[0]["generator_loss"]


def test_what_is_kept_of_the_supervised_loss_keeps_the_generator(supervised, little, tmp_path):
    figures = {}
    for kept in (0.0, 100.0):
        table = adversarial(iterations=30, supervised=kept)
        run = Run(configured(table, "tests"), little, tmp_path / str(kept), say=silent, start=supervised[0])
        run.fit()
        figures[kept] = run.history[-1]["dev_loss"]
    assert figures[100.0] < figures[0.0]


@pytest.mark.parametrize("kind", [
    "adversarial", "wasserstein", "semi-supervised", "lbfgs", "adversarial on the device", "lbfgs on the device",
])  # fmt: skip
def test_interrupted_and_resumed_equals_uninterrupted_to_the_bit(kind, supervised, everything, little, tmp_path):
    table, data, start = {
        "adversarial": (adversarial(), little, supervised[0]),
        "adversarial on the device": (adversarial(), little, supervised[0]),
        "wasserstein": (adversarial(objective="wasserstein"), little, supervised[1]),
        "semi-supervised": (semi_supervised(), everything, None),
        "lbfgs": (full_batch(), little, None),
        "lbfgs on the device": (full_batch(), little, None),
    }[kind]
    how = {"say": silent, "start": start, "pipeline": "device" if "device" in kind else "host"}
    Run(configured(table, "tests"), data, tmp_path / "whole", **how).fit()
    Run(configured(table, "tests"), data, tmp_path / "parts", **how).fit(stop=1)
    Run.resumed(tmp_path / "parts", data, say=silent).fit()
    whole, parts = (checkpoint.load(tmp_path / name / "last.pt") for name in ("whole", "parts"))
    different = {key for key in whole if not same(whole[key], parts[key])}
    assert different <= {"history", "seconds"}
    for one, other in zip(whole["history"], parts["history"]):
        assert {**one, "seconds": 0} == {**other, "seconds": 0}


def test_a_weights_file_starts_as_the_run_it_came_from(supervised, little, tmp_path):
    runs = [
        Run(configured(adversarial(), "tests"), little, tmp_path / str(number), say=silent, start=start)
        for number, start in enumerate(supervised)
    ]
    figures = [run.origin["before"]["voice_gnsdr"] for run in runs]
    assert figures[0] == pytest.approx(figures[1], abs=1e-3)
    assert figures[0] == pytest.approx(checkpoint.load(supervised[0] / "best.pt")["best"], abs=1e-6)


def test_semi_supervised_training_learns_from_pairs_and_leaves_less_over(everything, tmp_path):
    table = semi_supervised(iterations=25, beta=1e-2)
    table["network"]["output"] = "relu"
    table["fit"] |= {"loss": "logarithmic", "first": 3e-3, "last": 3e-3, "epochs": 3}
    run = Run(configured(table, "tests"), everything, tmp_path, say=silent)
    before = run.measure()["dev_loss"]
    run.fit()
    rows = run.history
    assert rows[-1]["dev_loss"] < before and rows[-1]["added_loss"] < rows[0]["added_loss"]
    names = (tmp_path / "curve.csv").read_text().splitlines()[0].split(",")
    assert {"generator_loss", "discriminator_loss", "added_loss", "voice_gnsdr"} <= set(names)


def test_blocks_are_trained_against_critics(everything, tmp_path):
    from sotto_training import golden, seeded

    table = seeded.found("stoller", golden.SYSTEMS["stoller"]).table()
    table["fit"] |= {"epochs": 1, "sequence": 18, "batch": 72, "evaluate": 1}
    table |= {"data": semi_supervised()["data"], "critics": CRITICS | {"channels": [4], "iterations": 2}}
    run = Run(configured(table, "tests"), everything, tmp_path / "run", say=silent)
    run.fit()
    export.export(tmp_path / "run", everything, tmp_path / "out.safetensors")
    document = weights.read(tmp_path / "out.safetensors")[1]
    assert "unpaired" in document["training"]["data"] and "2 updates of them" in document["training"]["phases"][0]
    assert str(everything) not in json.dumps(document)


def test_lbfgs_lowers_the_same_loss_at_every_step(little, tmp_path):
    run = Run(configured(full_batch(), "tests"), little, tmp_path, say=silent)
    run.fit()
    losses = [row["train_loss"] for row in run.history]
    assert losses == sorted(losses, reverse=True) and losses[-1] < 0.9 * losses[0]
    assert all(row["looks"] >= 3 for row in run.history)


def test_lbfgs_sees_the_same_gradient_however_the_full_batch_is_cut(little, tmp_path):
    found = []
    for batch in (50, 10**6):
        table = full_batch()
        table["fit"] |= {"batch": batch, "epochs": 1, "iterations": 1}
        run = Run(configured(table, "tests"), little, tmp_path / str(batch), say=silent)
        run.fit()
        found.append(run.phase.optimiser.state_dict()["state"][0]["prev_flat_grad"])
    assert torch.allclose(*found, rtol=1e-3, atol=1e-3 * float(found[0].abs().max()))


def test_lbfgs_finds_a_straight_line(little, tmp_path):
    """A layer without a hidden one, fitted to what it can give: far below where Adam gets in as many looks."""
    table = full_batch()
    table["network"] = {"architecture": "dense", "hidden": []}
    figures = {}
    for optimiser, first in (("lbfgs", 1.0), ("adam", 1e-3)):
        table["fit"] |= {"optimiser": optimiser, "first": first, "last": first, "iterations": 8, "epochs": 2, "evaluate": 2}
        run = Run(configured(table, "tests"), little, tmp_path / optimiser, say=silent)
        run.fit()
        figures[optimiser] = run.history[-1]["train_loss"]
    assert figures["lbfgs"] < figures["adam"]


def test_the_command_line_goes_from_phase_to_phase(supervised, little, tmp_path, capsys):
    config = tmp_path / "second.toml"
    lines = ['name = "second"', 'title = "Second"', "[grid]", "window = 256", "hop = 64", "[network]",
             'architecture = "dense"', "hidden = [24, 16]", "dropout = 0.1", "[fit]", "epochs = 2", "evaluate = 1",
             "[adversarial]", "iterations = 3", "updates = 2", "hidden = [8]"]  # fmt: skip
    config.write_text("\n".join(lines))
    data = ["--data", str(little)]
    assert main(["fit", str(config), *data, "--run", str(tmp_path / "none")]) == 1
    assert "starts from a run or a weights file" in capsys.readouterr().err
    run = ["--run", str(tmp_path / "run")]
    start = ["--start", str(supervised[0]), "--pipeline", "device"]
    assert main(["fit", str(config), *data, *run, *start, "--until", "1"]) == 0
    assert main(["resume", *data, *run]) == 0
    out, picture = tmp_path / "second.safetensors", tmp_path / "second.svg"
    assert main(["export", *data, *run, "--out", str(out), "--curve", str(picture)]) == 0
    training = weights.read(out)[1]["training"]
    assert training["phases"] == [
        f"supervised (discriminative), Adam, {training['start']['epoch'] + 1} epochs",
        f"adversarial (non-saturating), a conditional discriminator: {3 * (training['chosen epoch'] + 1)} iterations of "
        "2 updates of it and one of the generator, 0.1 of the supervised loss kept",
    ]  # fmt: skip
    assert "--pipeline device --start START" in training["command"] and "voice_gnsdr" in training["before"]
    text = json.dumps(weights.read(out)[1])
    assert str(tmp_path) not in text and str(supervised[0]) not in text
    assert "discriminator loss" in picture.read_text() and "generator loss" in picture.read_text()
    rows = list(csv.DictReader((tmp_path / "run" / "curve.csv").open()))
    assert len(rows) == 2 and all(math.isfinite(float(row["generator_loss"])) for row in rows)


@pytest.mark.parametrize("change, words", [
    ({"adversarial": {"objective": "best"}}, "adversarial.objective: found 'best', expected one of minimax"),
    ({"adversarial": {"updates": 0}}, "adversarial.updates: found 0, expected 1 or more"),
    ({"adversarial": {"epochs": 2}}, "adversarial: unknown key 'epochs'"),
    ({"adversarial": {"real": 0.4}}, "adversarial.real: found 0.4"),
    ({"critics": CRITICS}, "data.unpaired: found no source"),
    ({"critics": CRITICS, "fit": {"target": "projection"}}, "fit.target: found 'projection', expected 'magnitude' beside critics"),
    ({"fit": {"optimiser": "sgd"}}, "fit.optimiser: found 'sgd', expected 'adam' or 'lbfgs'"),
    ({"fit": {"optimiser": "lbfgs", "precision": "bfloat16"}}, "fit.precision: found 'bfloat16', expected 'float32'"),
    ({"fit": {"optimiser": "lbfgs"}, "adversarial": {}}, "fit.optimiser: found 'lbfgs', expected 'adam'"),
])  # fmt: skip
def test_phases_that_cannot_be_are_refused_by_key(change, words):
    with pytest.raises(Problem, match=words):
        configured(tiny() | change, "tests")


def test_starts_that_do_not_fit_are_refused_by_name(supervised, little, tmp_path):
    with pytest.raises(Problem, match="start: found none; an adversarial phase starts"):
        Run(configured(adversarial(), "tests"), little, tmp_path, say=silent)
    other = adversarial()
    other["network"] = other["network"] | {"hidden": [9]}
    for start in supervised:
        with pytest.raises(Problem, match="expected"):
            Run(configured(other, "tests"), little, tmp_path, say=silent, start=start)
    other = adversarial() | {"grid": {"window": 128, "hop": 64}}
    with pytest.raises(Problem, match="grid: found 16000 Hz over a window of 256, expected 16000 Hz over a window of 128"):
        Run(configured(other, "tests"), little, tmp_path, say=silent, start=supervised[1])
    with pytest.raises(Problem, match="network.dropout: found chance"):
        table = full_batch()
        table["network"]["dropout"] = 0.1
        Run(configured(table, "tests"), little, tmp_path, say=silent)


def test_weights_go_on_to_another_hop(supervised, little, tmp_path):
    """From frames of 64 samples to frames of 32 with little delay: the same weights, trained on."""
    table = adversarial() | {"grid": {"window": 256, "hop": 32, "shape": "low-delay"}}
    run = Run(configured(table, "tests"), little, tmp_path, say=silent, start=supervised[0])
    original = checkpoint.load(supervised[0] / "best.pt")["average"]
    assert all(torch.equal(run.network.state_dict()[name], one) for name, one in original.items())
    run.fit()
    assert math.isfinite(run.history[-1]["train_loss"]) and math.isfinite(run.history[-1]["voice_gnsdr"])


def test_devices_that_cannot_be_are_named(little, tmp_path, monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    for device, words in (("cuda", "device: found 'cuda', but PyTorch"), ("mps", "pipeline: found 'device' on mps")):
        with pytest.raises(Problem, match=words):
            Run(configured(tiny(), "tests"), little, tmp_path, device, silent, pipeline="device")


def test_a_critic_needs_room():
    with pytest.raises(Problem, match="critics.channels: found 4 levels for 8 frames"):
        judges.critic(Critics(), 8, 257)
    assert Adversarial().hidden == [513, 513, 513] and numpy.isclose(Critics().alpha, 1e-3)


def test_a_step_that_is_beyond_measure_is_left_out(tmp_path, little):
    """Gradients that are infinite, or whose norm is, change nothing; long ones are brought to the norm that was asked for."""
    run = Run(configured(tiny(), "tests"), little, tmp_path / "run", say=silent)
    for gradient, expected in ((float("nan"), 0.0), (float("inf"), 0.0), (1e30, 0.0), (1e3, 2.0), (1e-9, None)):
        for one in run.network.parameters():
            one.grad = torch.full_like(one, gradient)
        before = torch.sqrt(sum((one.grad**2).sum() for one in run.network.parameters()))
        run.phase._clip(2.0)
        found = torch.sqrt(sum((one.grad**2).sum() for one in run.network.parameters()))
        assert float(found) == pytest.approx(float(before) if expected is None else expected, rel=1e-3)
