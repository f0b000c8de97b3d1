"""The same weights on another hop, and in layers that run at other frames."""

import pytest
import torch

from sotto_training import golden, seeded, weights
from sotto_training.arranged import arranged
from sotto_training.problem import Problem


@pytest.fixture
def path(tmp_path):
    configuration = seeded.found("sotto", [*golden.SYSTEMS["sotto"], "network.held=1", "network.back=[]"])
    model = seeded.model(configuration, 3)
    document = seeded.document(model, "slow", "Slow", 3) | {"training": {"configuration": configuration.table()}}
    for entry in document["layers"]:
        if entry["name"] == "down.2":
            entry["weights"] = "half"
    weights.write(model, document, tmp_path / "slow.safetensors")
    return tmp_path / "slow.safetensors"


def test_the_numbers_stay_while_hop_and_layers_change(path, tmp_path):
    model, document = arranged(path, ["grid.hop=32", "network.held=2"])
    weights.write(model, document, tmp_path / "soon.safetensors")
    (before, _), (after, described) = weights.read(path), weights.read(tmp_path / "soon.safetensors")
    assert (before.grid.hop, after.grid.hop) == (64, 32)
    assert before.network.tensors().keys() == after.network.tensors().keys()
    for name, tensor in after.network.tensors().items():
        assert torch.equal(tensor, before.network.tensors()[name])
    assert [one["name"] for one in described["layers"] if one.get("weights") == "half"] == ["down.2"]
    # Two frames of the grid are one that it hears.
    values = torch.randn(1, 12, *before.network.shape, generator=torch.Generator().manual_seed(6))
    with torch.no_grad():
        slow, soon = before.network(values[:, ::2]), after.network(values)
    assert torch.allclose(soon[:, ::2], slow, atol=1e-6) and not torch.allclose(soon[:, 1:-1:2], slow[:, 1:], atol=1e-3)


def test_changes_add_up(path, tmp_path):
    weights.write(*arranged(path, ["grid.hop=32", "network.held=2"]), tmp_path / "soon.safetensors")
    model, document = arranged(tmp_path / "soon.safetensors", ["network.back=[0, 0, 3]"])
    assert model.grid.hop == 32 and {layer.name: layer.at for layer in model.network.layers}["up.3"] == 3
    trained = document["training"]["configuration"]
    assert trained["grid"]["hop"] == 64 and trained["network"]["held"] == 1
    assert document["training"]["arranged"] == ["grid.hop=32", "network.held=2", "network.back=[0, 0, 3]"]


@pytest.mark.parametrize("change, words", [
    ("network.hold=2", "slow.safetensors, network.*hold"),
    ("network.held=", "network.held=: not TOML"),
    ("network.channels=[3, 4, 6]", "its tensors are those of another network"),
])  # fmt: skip
def test_what_it_cannot_be_is_refused(path, change, words):
    with pytest.raises(Problem, match=words):
        arranged(path, [change])


def test_weights_that_were_not_trained_here_are_refused(path, tmp_path):
    model, document = weights.read(path)
    weights.write(model, document | {"training": {}}, tmp_path / "bare.safetensors")
    with pytest.raises(Problem, match="bare.safetensors, training: found no configuration"):
        arranged(tmp_path / "bare.safetensors", [])
