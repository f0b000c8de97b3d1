import pytest
import torch

from sotto_training.loss import discriminative, masked
from sotto_training.network import voice_mask


def test_by_hand():
    outputs = torch.tensor([[1.0, -2.0, 3.0, 2.0]], dtype=torch.float64)  # [accompaniment 1, -2 | voice 3, 2]
    mixture = torch.tensor([[4.0, 6.0]], dtype=torch.float64)
    accompaniment = torch.tensor([[2.0, 2.0]], dtype=torch.float64)
    voice = torch.tensor([[2.5, 5.0]], dtype=torch.float64)
    # masks of the voice 3/4 and 2/4: estimates voice 3, 3; accompaniment 1, 3
    own = (0.5**2 + 2.0**2) + (1.0**2 + 1.0**2)
    other = (1.0**2 + 1.0**2) + (1.5**2 + 2.0**2)
    value = discriminative(outputs, mixture, accompaniment, voice, 0.05)
    assert float(value) == pytest.approx(own - 0.05 * other, rel=1e-9)


def test_masks_add_up_to_the_mixture():
    outputs, mixture = torch.randn(50, 20), torch.rand(50, 10)
    accompaniment, voice = masked(outputs, mixture)
    assert torch.allclose(accompaniment + voice, mixture, atol=1e-6)
    assert torch.allclose(voice, voice_mask(outputs) * mixture, atol=1e-7)


def test_the_mask_of_nothing_is_a_number():
    assert voice_mask(torch.zeros(1, 8)).tolist() == [[0.0] * 4]


@pytest.mark.parametrize("gamma", [0.0, 0.05, 0.3])
def test_gradient_against_differences(gamma):
    generator = torch.Generator().manual_seed(5)
    outputs = torch.randn(3, 8, dtype=torch.float64, generator=generator)
    outputs = (outputs.sign() * outputs.abs().clamp_min(0.1)).requires_grad_()  # away from the corner of |x|
    others = [torch.rand(3, 4, dtype=torch.float64, generator=generator) for _ in range(3)]
    assert torch.autograd.gradcheck(lambda x: discriminative(x, *others, gamma), (outputs,), eps=1e-7, atol=1e-6)


def test_gradient_against_the_published_formula():
    """Huang's back-propagation: with e = (1 - g) y' + g y_other - y, dJ/da1 = sign(a1) (e1 - e2) y2' / (|a1| + |a2|)."""
    gamma, generator = 0.05, torch.Generator().manual_seed(6)
    outputs = torch.randn(5, 8, dtype=torch.float64, generator=generator).requires_grad_()
    mixture, music, voice = (torch.rand(5, 4, dtype=torch.float64, generator=generator) for _ in range(3))
    discriminative(outputs, mixture, music, voice, gamma).backward()
    first, second = outputs.detach().chunk(2, dim=-1)
    estimates = masked(outputs.detach(), mixture)
    error1 = (1 - gamma) * estimates[0] + gamma * voice - music
    error2 = (1 - gamma) * estimates[1] + gamma * music - voice
    expected = 2 * first.sign() * (error1 - error2) * estimates[1] / (first.abs() + second.abs()) / 5
    assert torch.allclose(outputs.grad[:, :4], expected, atol=1e-9)
