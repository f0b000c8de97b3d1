"""Stretches of many clips at once, turned round and played faster or slower, on any device."""

import torch

TAPS = 32


def stretched(
    samples: torch.Tensor, begin: torch.Tensor, start: torch.Tensor, length: torch.Tensor, speed: torch.Tensor, count: int
) -> torch.Tensor:
    """[clips, count]: of each clip, `length` of the flat `samples` from `begin` on, what is heard from `start` on.

    It goes round at its end, and is played `speed` times as fast, band-limited by a windowed sine quotient of `TAPS`
    samples. All but `samples` are [clips], `start` counts samples of the clip.
    """
    if bool((speed == 1).all()):
        return samples[begin[:, None] + (start[:, None] + torch.arange(count, device=samples.device)) % length[:, None]]
    speed = speed.to(samples.device)
    begin, start, length = (one.to(samples.device)[:, None] for one in (begin, start, length))
    places = torch.arange(count, device=samples.device, dtype=torch.float64) * speed.double()[:, None]
    whole = places.floor()
    share = (places - whole).to(samples.dtype)
    whole = whole.long() + start
    cut = (1.0 / speed).clamp_max(1.0).to(samples.dtype)[:, None]  # of the band that is left
    total = torch.zeros_like(share)
    for tap in range(1 - TAPS // 2, TAPS // 2 + 1):
        away = tap - share
        window = torch.cos(away * (torch.pi / (TAPS + 2))) ** 2
        total += samples[begin + (whole + tap) % length] * window * cut * torch.sinc(away * cut)
    return total
