import math

import pytest
import torch

from sotto_training.grid import SHAPES, Grid, analyse, magnitudes, synthesise
from sotto_training.problem import Problem


@pytest.mark.parametrize("window, hop", [(1024, 256), (1024, 512), (64, 16), (1024, 128), (1024, 64), (1024, 384)])
@pytest.mark.parametrize("length", [1, 255, 4096, 5000])
@pytest.mark.parametrize("shape", SHAPES)
def test_what_is_analysed_comes_back(window, hop, length, shape):
    grid = Grid(window=window, hop=hop, shape=shape)
    samples = torch.randn(length, dtype=torch.float64, generator=torch.Generator().manual_seed(length))
    again = synthesise(analyse(samples, grid, flush=True), grid, length)
    assert (again - samples).abs().max() < 1e-12


def test_frame_k_ends_with_hop_k():
    grid = Grid()
    samples = torch.randn(4096, dtype=torch.float64)
    spectra = analyse(samples, grid)
    assert len(spectra) == 16
    first = torch.cat([torch.zeros(768, dtype=torch.float64), samples[:256]])
    assert torch.allclose(spectra[0], torch.fft.rfft(first * grid.taper))
    assert torch.allclose(spectra[9], torch.fft.rfft(samples[9 * 256 + 256 - 1024 : 9 * 256 + 256] * grid.taper))


def test_a_sine_measures_the_same_on_a_finer_grid():
    peaks = []
    for rate, window in ((16000, 1024), (48000, 3072)):
        grid = Grid(rate=rate, window=window, hop=window // 4)
        sine = torch.sin(2 * torch.pi * 1000 * torch.arange(rate, dtype=torch.float64) / rate)
        peaks.append(float(magnitudes(analyse(sine, grid), grid)[40].max()))
    assert peaks[0] == pytest.approx(0.5, rel=1e-3)
    assert peaks[1] == pytest.approx(peaks[0], rel=1e-4)


@pytest.mark.parametrize("shape, power", [("low-delay", 1), ("low-delay-hann", 2)])
@pytest.mark.parametrize("hop", [128, 64, 512])
def test_low_delay_windows_are_those_of_the_engine(hop, shape, power):
    grid, rise = Grid(window=1024, hop=hop, shape=shape), 1024 - hop
    for n, found in enumerate(grid.taper.tolist()):
        angle = n / (2 * rise) if n < rise else 0.5 + (n - rise) / (2 * hop)
        assert found == pytest.approx(math.sin(math.pi * angle) ** power, abs=1e-12)
    assert grid.support == len(grid.synthesis) == 2 * hop
    product = grid.taper[-grid.support :] * grid.synthesis
    assert torch.allclose(product, torch.hann_window(2 * hop, dtype=torch.float64), atol=1e-12)


def test_with_low_delay_a_sample_is_whole_after_two_hops():
    grid = Grid(window=1024, hop=128, shape="low-delay")
    samples = torch.randn(4096, dtype=torch.float64, generator=torch.Generator().manual_seed(1))
    assert grid.frames(4096, flush=True) == grid.frames(4096) + 1
    known = synthesise(analyse(samples, grid), grid, 4096)
    assert (known - samples)[: 4096 - 128].abs().max() < 1e-12


@pytest.mark.parametrize("window, hop", [(1024, 800), (1000, 1000), (0, 0), (1001, 250)])
def test_a_grid_that_cannot_add_up_is_refused(window, hop):
    with pytest.raises(Problem, match="three quarters"):
        Grid(window=window, hop=hop)


def test_with_low_delay_a_hop_is_half_a_window_at_most():
    with pytest.raises(Problem, match="half"):
        Grid(window=1024, hop=513, shape="low-delay")


def test_a_shape_that_nobody_knows_is_refused_with_those_that_are_known():
    with pytest.raises(Problem, match="'hamming', expected one of square-root-hann, hann, low-delay"):
        Grid(shape="hamming")
