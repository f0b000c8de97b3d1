"""Fewer channels: those stay that matter."""

import pytest
import torch

from sotto_training import golden, seeded, weights
from sotto_training.narrower import narrowed
from sotto_training.problem import Problem
from sotto_training.start import started

WIDTHS = ["network.encoders=[2, 3, 4]", "network.decoders=[5, 4, 1]"]


def wide(number=4):
    """A configuration, and its network with drawn weights, all blocks of five channels."""
    configuration = seeded.found("sotto-wide", [*golden.SYSTEMS["sotto-wide"], "network.encoders=[]", "network.decoders=[]"])
    return configuration, seeded.model(configuration, number)


def narrow():
    return seeded.found("sotto-wide", [*golden.SYSTEMS["sotto-wide"], *WIDTHS])


def frames(count=40):
    return torch.randn(count, 4, 33, generator=torch.Generator().manual_seed(5))


def test_channels_that_nobody_needs_go_and_the_result_stays():
    _, model = wide()
    kept = {layer.name: layer.outputs for layer in narrow().built().layers if hasattr(layer, "outputs")}
    random = torch.Generator().manual_seed(6)
    with torch.no_grad():
        for layer in model.network.layers:  # some channels are 0, whatever comes in
            if layer.name in kept and kept[layer.name] < layer.outputs:
                silent = torch.randperm(layer.outputs, generator=random)[: layer.outputs - kept[layer.name]]
                layer.weight[silent], layer.bias[silent] = 0.0, -1.0
    network = narrow().built().eval()
    assert narrowed(model.network, network, frames, 1)
    with torch.no_grad():
        expected, found = (one(frames(7)[None]) for one in (model.network, network))
    assert torch.allclose(found, expected, rtol=1e-4, atol=1e-4)
    assert network.parameter_count() < 0.65 * model.network.parameter_count()


def test_what_stays_is_nearer_than_what_comes_first():
    errors = {"chosen": 0.0, "first": 0.0}
    for number in range(5):
        _, model = wide(number)
        for name, take in (("chosen", lambda *both: narrowed(*both, frames, 1)), ("first", first)):
            network = narrow().built().eval()
            take(model.network, network)
            with torch.no_grad():
                expected, found = (one(frames(30)[None]) for one in (model.network, network))
            errors[name] += float((found - expected).square().sum() / expected.square().sum())
    assert errors["chosen"] < 0.8 * errors["first"]


def first(wide, network):
    """The same sizes, from the first channels on."""
    given = {"input": [True] * wide.shape[0]}
    with torch.no_grad():
        for layer, own, sources in zip(wide.layers, network.layers, wide.sources):
            read = torch.tensor([one for source in sources for one in given[source]])
            given[layer.name] = read.tolist()
            if not hasattr(layer, "outputs"):
                continue
            given[layer.name] = [number < own.outputs for number in range(layer.outputs)]
            transposed = layer.kind == "transposed-convolution"
            weight = layer.weight[read][:, : own.outputs] if transposed else layer.weight[: own.outputs][:, read]
            own.weight.copy_(weight)
            own.bias.copy_(layer.bias[: own.outputs])


def test_a_start_with_more_channels_is_narrowed_and_one_with_fewer_refused(tmp_path):
    configuration, model = wide()
    weights.write(model, seeded.document(model, "wide", "Wide", 4), tmp_path / "wide.safetensors")
    facts = started(narrow().built(), narrow(), tmp_path / "wide.safetensors", frames)
    assert facts["name"] == "wide"
    thin = seeded.model(narrow(), 4)
    weights.write(thin, seeded.document(thin, "thin", "Thin", 4), tmp_path / "thin.safetensors")
    with pytest.raises(Problem, match="thin.safetensors: found the tensors"):
        started(configuration.built(), configuration, tmp_path / "thin.safetensors", frames)
    with pytest.raises(Problem, match="network.encoders: found .*, expected 3 numbers"):
        seeded.found("sotto-wide", [*golden.SYSTEMS["sotto-wide"], "network.encoders=[2, 3]"])
