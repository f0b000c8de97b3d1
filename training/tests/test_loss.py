import math

import pytest
import torch

from sotto_training.loss import LOSSES, discriminative, estimated
from sotto_training.output import Output

SOURCES, MASK = Output(), Output(kind="mask")
# [accompaniment 1, -2 | voice 3, 2]: masks of the voice 3/4 and 2/4, estimates voice 3, 3 and accompaniment 1, 3
RESULTS = torch.tensor([[1.0, -2.0, 3.0, 2.0]], dtype=torch.float64)
MIXTURE = torch.tensor([[4.0, 6.0]], dtype=torch.float64)
ACCOMPANIMENT = torch.tensor([[2.0, 2.0]], dtype=torch.float64)
VOICE = torch.tensor([[2.5, 5.0]], dtype=torch.float64)


def value(name, results=RESULTS, output=SOURCES, gamma=0.05):
    return float(LOSSES[name](results, output, MIXTURE, ACCOMPANIMENT, VOICE, gamma))


def test_discriminative_by_hand():
    own = (0.5**2 + 2.0**2) + (1.0**2 + 1.0**2)
    other = (1.0**2 + 1.0**2) + (1.5**2 + 2.0**2)
    assert value("discriminative") == pytest.approx(own - 0.05 * other, rel=1e-9)


def test_divergence_by_hand():
    def of(truth, estimate):
        return truth * math.log(truth / (estimate + 1e-3) + 1e-3) - truth + estimate + 1e-3

    own = of(2.5, 3) + of(5, 3) + of(2, 1) + of(2, 3)
    other = of(2, 3) + of(2, 3) + of(2.5, 1) + of(5, 3)
    assert value("divergence") == pytest.approx(own - 0.05 * other, rel=1e-9)


def test_absolute_by_hand():
    mask = torch.tensor([[0.75, 0.5]], dtype=torch.float64)
    assert value("absolute", mask, MASK) == pytest.approx(0.5 + 2.0)
    assert value("absolute") == pytest.approx(0.5 + 2.0), "the same mask from two magnitudes"


def test_logarithmic_by_hand():
    found = torch.tensor([[math.e - 1, 0.0, 0.0, math.e**2 - 1]], dtype=torch.float64)
    logs = [math.log(3.0), math.log(3.0), math.log(3.5), math.log(6.0)]
    expected = (1 - logs[0]) ** 2 + logs[1] ** 2 + logs[2] ** 2 + (2 - logs[3]) ** 2
    assert value("logarithmic", found) == pytest.approx(expected)


def test_entropy_by_hand():
    mask = torch.tensor([[0.75, 0.5]], dtype=torch.float64)
    assert value("entropy", mask, MASK) == pytest.approx(-math.log(0.75) - math.log(0.5)), "the voice wins both bins"


def test_decibels_by_hand():
    mask = torch.tensor([[0.75, 0.5]], dtype=torch.float64)
    wrong = (0.5**2 + 2.0**2) + (1.0**2 + 1.0**2)
    whole = 4.0**2 + 6.0**2
    expected = 10 * math.log10((wrong + 0.001 * whole + 1e-6) / (whole + 1e-6))
    assert value("decibels", mask, MASK) == pytest.approx(expected, rel=1e-9)
    assert value("decibels") == pytest.approx(expected, rel=1e-6), "the same mask from two magnitudes"


def test_decibels_ask_for_thirty_and_for_nothing_of_silence():
    mask, mixture = torch.tensor([[[0.25, 1.0]]]), torch.tensor([[[4.0, 6.0]]])
    found = LOSSES["decibels"](mask, MASK, mixture, torch.tensor([[[3.0, 0.0]]]), torch.tensor([[[1.0, 6.0]]]), 0.0)
    assert float(found) == pytest.approx(-30.0, abs=1e-3)
    silence = torch.zeros(1, 1, 2)
    assert float(LOSSES["decibels"](mask, MASK, silence, silence, silence, 0.0)) == 0.0


def test_decibels_are_the_mean_over_sequences_soft_or_loud():
    generator = torch.Generator().manual_seed(1)
    mask, *rest = (torch.rand(2, 3, 4, generator=generator) for _ in range(4))
    alone = [LOSSES["decibels"](mask[row], MASK, *(one[row] for one in rest), 0.05) for row in (0, 1)]
    found = LOSSES["decibels"](mask, MASK, *rest, 0.05)
    assert float(found) == pytest.approx(float(sum(alone)) / 2, rel=1e-6) and abs(alone[0] - alone[1]) > 0.1
    softer = [one * torch.tensor([0.1, 1.0])[:, None, None] for one in rest]
    assert float(LOSSES["decibels"](mask, MASK, *softer, 0.05)) == pytest.approx(float(found), abs=1e-3)


def test_the_mean_is_over_frames_whatever_the_batch():
    generator = torch.Generator().manual_seed(1)
    parts = [torch.rand(2, 3, size, generator=generator) for size in (8, 4, 4, 4)]
    for name in LOSSES.keys() - {"decibels"}:
        loss = LOSSES[name]
        flat = [part.flatten(0, 1) for part in parts]
        assert torch.allclose(loss(parts[0], SOURCES, *parts[1:], 0.05), loss(flat[0], SOURCES, *flat[1:], 0.05)), name


def test_masks_add_up_to_the_mixture():
    results, mixture = torch.randn(50, 20), torch.rand(50, 10)
    accompaniment, voice = estimated(results, SOURCES, mixture)
    assert torch.allclose(accompaniment + voice, mixture, atol=1e-6)
    assert torch.allclose(voice, SOURCES.voice_mask(results) * mixture, atol=1e-7)


def test_the_mask_of_nothing_is_a_number():
    assert SOURCES.voice_mask(torch.zeros(1, 8)).tolist() == [[0.0] * 4]


def test_masks_by_hand():
    squares = Output(exponent=2.0)
    assert squares.voice_mask(RESULTS)[0].tolist() == pytest.approx([0.9, 0.5])
    assert Output(mask="binary").voice_mask(RESULTS)[0].tolist() == [1.0, 0.0]
    share = torch.tensor([[0.5, 0.51]])
    assert Output(kind="mask", mask="probabilistic").voice_mask(share)[0].tolist() == [0.0, 1.0]


@pytest.mark.parametrize("exponent", [1.0, 2.0])
@pytest.mark.parametrize("name", LOSSES)
def test_every_gradient_against_differences(name, exponent):
    generator = torch.Generator().manual_seed(5)
    results = (torch.rand(3, 8, dtype=torch.float64, generator=generator) + 0.1).requires_grad_()
    others = [torch.rand(3, 4, dtype=torch.float64, generator=generator) for _ in range(3)]
    output = Output(exponent=exponent)
    assert torch.autograd.gradcheck(lambda x: LOSSES[name](x, output, *others, 0.05), (results,), eps=1e-7, atol=1e-5)


@pytest.mark.parametrize("gamma", [0.0, 0.05, 0.3])
def test_gradient_against_differences(gamma):
    generator = torch.Generator().manual_seed(5)
    outputs = torch.randn(3, 8, dtype=torch.float64, generator=generator)
    outputs = (outputs.sign() * outputs.abs().clamp_min(0.1)).requires_grad_()  # away from the corner of |x|
    others = [torch.rand(3, 4, dtype=torch.float64, generator=generator) for _ in range(3)]
    assert torch.autograd.gradcheck(lambda x: discriminative(x, SOURCES, *others, gamma), (outputs,), eps=1e-7, atol=1e-6)


def test_gradient_against_the_published_formula():
    """Huang's back-propagation: with e = (1 - g) y' + g y_other - y, dJ/da1 = sign(a1) (e1 - e2) y2' / (|a1| + |a2|)."""
    gamma, generator = 0.05, torch.Generator().manual_seed(6)
    outputs = torch.randn(5, 8, dtype=torch.float64, generator=generator).requires_grad_()
    mixture, music, voice = (torch.rand(5, 4, dtype=torch.float64, generator=generator) for _ in range(3))
    discriminative(outputs, SOURCES, mixture, music, voice, gamma).backward()
    first, second = outputs.detach().chunk(2, dim=-1)
    estimates = estimated(outputs.detach(), SOURCES, mixture)
    error1 = (1 - gamma) * estimates[0] + gamma * voice - music
    error2 = (1 - gamma) * estimates[1] + gamma * music - voice
    expected = 2 * first.sign() * (error1 - error2) * estimates[1] / (first.abs() + second.abs()) / 5
    assert torch.allclose(outputs.grad[:, :4], expected, atol=1e-9)
