import pytest
import torch

from sotto_training.grid import Grid, analyse, magnitudes, synthesise
from sotto_training.problem import Problem


@pytest.mark.parametrize("window, hop", [(1024, 256), (1024, 512), (64, 16)])
@pytest.mark.parametrize("length", [1, 255, 4096, 5000])
def test_what_is_analysed_comes_back(window, hop, length):
    grid = Grid(window=window, hop=hop)
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


@pytest.mark.parametrize("sizes", [(1024, 800), (1000, 1000), (0, 0), (1001, 250)])
def test_a_grid_that_cannot_add_up_is_refused(sizes):
    with pytest.raises(Problem, match="window"):
        Grid(window=sizes[0], hop=sizes[1])
