"""Gains behind a network: in the graph they are what was learned, and they keep quiet what is no voice."""

import pytest
import torch

from sotto_training import checkpoint, golden, presence, seeded, weights
from sotto_training.presence import BANDS, MOST, Powers, bands, behind, gains, learned, loss
from sotto_training.problem import Problem

RATE = 44100


def drawn(network, number=3):
    for layer in network.layers[2:]:
        layer.initialise(torch.Generator().manual_seed(number))
    return network.eval()


def test_every_bin_is_of_one_band_and_every_band_has_bins():
    which = bands(1025, RATE)
    assert which.shape == (BANDS, 1025) and torch.equal(which.sum(0), torch.ones(1025))
    assert (which.sum(1) >= 3).all() and (which.argmax(0).diff() >= 0).all()


def test_the_graph_gives_the_voice_times_the_gains_of_its_bands():
    model = seeded.model(seeded.found("sotto-wide", golden.SYSTEMS["sotto-wide"]), 4)
    learnt, bins = drawn(gains()), model.grid.bins
    whole = behind(model.network, learnt, bins, RATE)
    frames = torch.randn(1, 12, *model.network.shape, generator=torch.Generator().manual_seed(5))
    with torch.no_grad():
        voice = model.network(frames)
        which = bands(bins, RATE)
        power = [one.square().sum(2) @ which.T for one in (frames, voice)]
        expected = voice * (MOST * learnt(torch.cat(power, -1)) @ which)[:, :, None]
        found = whole(frames)
    assert torch.allclose(found, expected, rtol=1e-4, atol=1e-5)
    assert not torch.allclose(found, voice, rtol=1e-2)


def test_a_file_in_blocks_is_remembered_across_them():
    model = seeded.model(seeded.found("sotto-wide", golden.SYSTEMS["sotto-wide"]), 4)
    network = behind(model.network, drawn(gains()), model.grid.bins, RATE)
    frames = torch.randn(1, 23, *network.shape, generator=torch.Generator().manual_seed(6))
    with torch.no_grad():
        whole = network(frames)
        for block in (1, 5, 23, 64):
            assert torch.allclose(network.in_blocks(frames, block), whole, rtol=1e-4, atol=1e-5)
        apart = torch.cat([network(part) for part in frames.split(5, 1)], 1)
    assert not torch.allclose(apart, whole, rtol=1e-3, atol=1e-4), "the memory matters"


@pytest.mark.parametrize("name", ["drnn-2", "sotto-light", "gru-256", "stoller"])
def test_every_network_gives_in_blocks_what_it_gives_at_once(name):
    model = seeded.model(seeded.found(name, golden.SYSTEMS[name]), 2)
    frames = torch.rand(20, *model.network.shape, generator=torch.Generator().manual_seed(7))
    with torch.no_grad():
        expected = model.network(frames[None])
        assert torch.allclose(model.network.in_blocks(frames[None], 6), expected, rtol=1e-4, atol=1e-5)


def clip(sung: bool, number: int, frames: int = presence.FRAMES) -> Powers:
    """A mixture of which a half is found to be voice: in the lower bands, where that is true, and else in the upper."""
    random = torch.Generator().manual_seed(number)
    mixture = 0.5 + torch.rand(frames, BANDS, generator=random)
    own = (torch.arange(BANDS) < BANDS // 2) == sung
    found = mixture * torch.where(own, 0.8, 0.01)
    voice = found if sung else torch.zeros_like(found)
    return Powers(mixture, found, voice, voice)


def test_what_is_no_voice_becomes_quiet_and_what_is_stays():
    clips = [clip(number % 2 == 0, number) for number in range(8)]
    network = learned(clips, 1, 150, say=lambda _: None)
    for sung, least, most in ((True, 0.9, 1.1), (False, 0.0, 0.15)):
        other = clip(sung, 100)
        with torch.no_grad():
            found = MOST * network(torch.cat([other.mixture, other.found], -1)[None])[0, 50:]
        own = other.found[50:] > 0.1
        assert least <= found[own].mean() <= most, f"{found[own].mean()}"


def test_the_loss_is_the_wrong_power_in_decibels_of_the_mixture():
    one, silent = clip(True, 3), clip(False, 4)
    columns = [part[None] for part in one.stretch(0, presence.FRAMES)]
    # The voice in halves: a quarter of its power is wrong, in both estimates.
    found = torch.full((1, presence.FRAMES, BANDS), 0.5)
    share = (one.voice.view(-1, presence.STRETCH, BANDS).sum((1, 2)) / one.mixture.view(-1, presence.STRETCH, BANDS).sum((1, 2)))
    sung = 10 * torch.log10(2 * 0.25 * share + 1e-2)
    assert torch.isclose(loss(found, *columns), sung.mean(), atol=1e-3)
    # What is found where nobody sings is wrong whatever is let through of it, and counts for a quarter of that.
    pair = [torch.stack(both) for both in zip(one.stretch(0, presence.FRAMES), silent.stretch(0, presence.FRAMES))]
    share = silent.found.view(-1, presence.STRETCH, BANDS).sum((1, 2)) / silent.mixture.view(-1, presence.STRETCH, BANDS).sum((1, 2))
    left = 10 * torch.log10(2 * 0.25 * share + 1e-2)
    assert torch.isclose(loss(found.repeat(2, 1, 1), *pair), (4 * sung.mean() + left.mean()) / 5, atol=1e-3)


def test_how_loud_it_is_plays_no_part():
    network = drawn(gains())
    powers = 1.0 + torch.rand(1, 30, 2 * BANDS, generator=torch.Generator().manual_seed(9))
    with torch.no_grad():
        assert torch.allclose(network(powers), network(1e3 * powers), atol=1e-4)


def test_what_was_found_is_read_again_for_the_same_weights_and_mixtures_only(tmp_path):
    kept, of = tmp_path / "kept", {"configuration": {"fit": {"seed": 1}}, "weights": ["a"]}
    checkpoint.save({**of, "clips": [vars(clip(True, 1))]}, kept)
    assert torch.equal(presence._kept(kept, of)[0].found, clip(True, 1).found)
    with pytest.raises(Problem, match="kept, weights: found .'a'., expected .'b'."):
        presence._kept(kept, of | {"weights": ["b"]})
    kept.write_text("a text")
    with pytest.raises(Problem, match="kept: not a checkpoint"):
        presence._kept(kept, of)


def test_networks_of_masks_and_clips_too_short_are_refused(tmp_path):
    configuration = seeded.found("sotto-light", golden.SYSTEMS["sotto-light"])
    model = seeded.model(configuration, 1)
    path = tmp_path / "light.safetensors"
    weights.write(model, seeded.document(model, "light", "Light", 1), path)
    with pytest.raises(Problem, match="light.safetensors: found grid, input and output"):
        presence.write(path, [], configuration, tmp_path, tmp_path / "out.safetensors", "out", "Out")
    with pytest.raises(Problem, match="data.seconds: found no excerpt of 400 frames"):
        learned([clip(True, 1, 100)], 1)
