"""Several networks as one: it gives the mean, and refuses what does not fit together."""

import pytest
import torch

from sotto_training import golden, seeded, weights
from sotto_training.mean import mean, of_files
from sotto_training.problem import Problem

NAMES = ("sotto-mir1k", "drnn-2", "sotto-wide")


def written(folder, name, number, *more):
    model = seeded.model(seeded.found(name, [*golden.SYSTEMS[name], *more]), number)
    path = folder / f"{name}-{number}.safetensors"
    weights.write(model, seeded.document(model, name, name, number), path)
    return path


@pytest.mark.parametrize("name", NAMES)
def test_the_result_is_the_mean_of_what_each_gives(tmp_path, name):
    paths = [written(tmp_path, name, number) for number in (1, 2, 3)]
    model, documents = of_files(paths)
    assert len(documents) == 3
    out = tmp_path / "mean.safetensors"
    weights.write(model, weights.description(model, "mean", "Mean", {}, {}, seeded.LICENCE), out)
    again, _ = weights.read(out)
    frames = torch.rand(1, 30, *model.network.shape, generator=torch.Generator().manual_seed(4))
    with torch.no_grad():
        expected = sum(weights.read(path)[0].network(frames) for path in paths) / 3
        found = again.network(frames)
    assert torch.allclose(found, expected, rtol=1e-4, atol=1e-5)
    assert not torch.allclose(found, weights.read(paths[0])[0].network(frames), rtol=1e-2, atol=1e-3)


def test_one_alone_stays_what_it_is(tmp_path):
    network = weights.read(written(tmp_path, "sotto-mir1k", 1))[0].network
    frames = torch.rand(1, 20, *network.shape, generator=torch.Generator().manual_seed(4))
    with torch.no_grad():
        assert torch.equal(mean([network])(frames), network(frames))


def test_networks_that_hear_otherwise_are_refused_by_file_and_key(tmp_path):
    paths = [written(tmp_path, "sotto-mir1k", 1), written(tmp_path, "sotto-mir1k", 2, "input.scale=30")]
    with pytest.raises(Problem, match=r"sotto-mir1k-2.safetensors, input: found .*30.*, expected that of .*sotto-mir1k-1"):
        of_files(paths)
