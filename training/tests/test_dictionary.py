import json

import pytest
import torch
from safetensors import safe_open

from sotto_training import dictionary
from sotto_training.command import main


def test_atoms_find_the_spectra_that_a_sound_was_made_of():
    generator = torch.Generator().manual_seed(3)
    made_of = torch.zeros(3, 40)
    for number in range(3):
        made_of[number, 10 * number : 10 * number + 12] = torch.rand(12, generator=generator) + 0.1
    made_of /= made_of.sum(1, keepdim=True)
    played = torch.rand(3, 500, generator=generator) * (torch.rand(3, 500, generator=generator) > 0.6)
    found = dictionary.atoms(made_of.T @ played, 3, 500, generator)
    likeness = torch.nn.functional.cosine_similarity(found[:, None], made_of[None], dim=2)
    assert (likeness.max(0).values > 0.99).all()
    assert torch.allclose(found.sum(1), torch.ones(3), atol=1e-4)
    assert (found >= 0).all()


def test_the_command_writes_a_file_that_describes_itself(data, tmp_path, capsys):
    out = tmp_path / "d.safetensors"
    arguments = ["dictionary", "--data", str(data), "--out", str(out), "--atoms", "5", "--updates", "3"]
    assert main(arguments) == 0
    with safe_open(str(out), framework="pt") as file:
        document = json.loads(file.metadata()["sotto"])
        tensors = {name: file.get_tensor(name) for name in file.keys()}
    assert {name: list(tensor.shape) for name, tensor in tensors.items()} == {
        "voice": [5, 513], "accompaniment": [5, 513],
    }  # fmt: skip
    assert document["kind"] == "dictionary" and document["atoms"] == {"voice": 5, "accompaniment": 5}
    assert document["training"]["seed"] == 1 and "--seed 1" in document["training"]["command"]
    first = out.read_bytes()
    assert main(arguments) == 0
    assert out.read_bytes() == first, "the same command, the same dictionary"


def test_missing_clips_are_a_named_problem(tmp_path, capsys):
    assert main(["dictionary", "--data", str(tmp_path), "--out", str(tmp_path / "d")]) == 1
    assert "train: not found" in capsys.readouterr().err


@pytest.mark.parametrize("count", [1, 4])
def test_silent_frames_say_nothing(count):
    generator = torch.Generator().manual_seed(1)
    values = torch.rand(20, 50, generator=generator)
    values[:, 10:30] = 0
    found = dictionary.atoms(values, count, 20, generator)
    assert torch.isfinite(found).all() and found.shape == (count, 20)
