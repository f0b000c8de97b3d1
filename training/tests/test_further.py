"""Weights between and beyond those of two networks."""

import pytest
import torch

from sotto_training import golden, seeded, weights
from sotto_training.further import further, write
from sotto_training.problem import Problem


def model(number, *more):
    return seeded.model(seeded.found("sotto-wide", [*golden.SYSTEMS["sotto-wide"], *more]), number)


@pytest.mark.parametrize("times", [0.0, 0.5, 1.0, 1.5])
def test_so_many_times_the_way(times):
    start, end, moved = model(1).network, model(2).network, model(2).network
    further(start, moved, times)
    for name, tensor in moved.tensors().items():
        old, new = start.tensors()[name], end.tensors()[name]
        assert torch.allclose(tensor, (1 - times) * old + times * new, atol=1e-6)


def test_networks_of_other_shapes_are_refused_by_both_files(tmp_path):
    paths = []
    for number, more in ((1, []), (2, ["network.growth=3"])):
        one = model(number, *more)
        paths.append(tmp_path / f"{number}.safetensors")
        weights.write(one, seeded.document(one, "one", "One", number), paths[-1])
    with pytest.raises(Problem, match="2.safetensors: found weights of other shapes than .*1.safetensors"):
        write(*paths, 1.5, tmp_path, tmp_path / "out.safetensors")
