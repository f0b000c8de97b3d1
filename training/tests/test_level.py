import math

import pytest
import torch

from sotto_training.features import Input, scaled
from sotto_training.grid import Grid, analyse, magnitudes
from sotto_training.level import LevelKind, LevelTracker, levels, powers

GRID, KIND = Grid(), LevelKind()
GRIDS = [GRID, Grid(hop=128, shape="low-delay"), Grid(hop=64, shape="low-delay")]


def heard(samples, grid=GRID):
    size = magnitudes(analyse(samples, grid), grid)
    return size, levels(size, grid, KIND)


@pytest.mark.parametrize("grid", GRIDS)
def test_power_is_the_mean_square_of_the_windowed_frame(grid):
    samples = torch.randn(1024, dtype=torch.float64)
    windowed = samples * grid.taper
    expected = float((windowed**2).sum() / (grid.taper**2).sum())
    size = magnitudes(analyse(samples, grid), grid)
    assert float(powers(size, grid)[-1]) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("grid", GRIDS)
def test_level_of_steady_noise_is_its_rms(grid):
    samples = 0.1 * torch.randn(16000 * 10, generator=torch.Generator().manual_seed(0))
    assert float(heard(samples, grid)[1][-1]) == pytest.approx(0.1, rel=0.02)


def test_twice_as_loud_gives_the_same_features():
    samples = 0.05 * torch.randn(16000, dtype=torch.float64)
    once, twice = heard(samples), heard(2 * samples)
    assert torch.allclose(2 * once[1], twice[1], rtol=1e-12)
    assert torch.allclose(scaled(*once, Input().scale), scaled(*twice, Input().scale), rtol=1e-12)


def test_a_pause_does_not_move_the_level():
    loud = 0.1 * torch.randn(16000, dtype=torch.float64)
    pause = 1e-5 * torch.randn(32000, dtype=torch.float64)
    size, level = heard(torch.cat([loud, pause]))
    gated = powers(size, GRID) < 1e-6
    assert gated[-100:].all()
    assert (level[gated] == level[~gated][-1]).all()


def test_before_anything_is_heard_the_level_is_the_floor():
    assert heard(torch.zeros(2560))[1].tolist() == [1e-3] * 10


def test_three_seconds_of_memory():
    tracker = LevelTracker(KIND, GRID)
    for _ in range(100_000):
        tracker.step(0.04)
    assert tracker.weight == pytest.approx(1 / (1 - math.exp(-256 / 48000)), rel=1e-9)
    for _ in range(188):  # 3 s
        level = tracker.step(0.01)
    assert level**2 == pytest.approx(0.01 + 0.03 * math.exp(-188 * 256 / 48000), rel=1e-9)
