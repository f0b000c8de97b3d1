"""The edge U-Net over a whole sequence at once: as it is trained, in a third of the time that frame by frame takes."""

import torch
from torch import nn
from torch.nn import functional

from ..network import Network
from .pair_mask import BEYOND

BEFORE, AFTER = 1, 2  # zeros around the bins of every convolution of the way down


class EdgeSequence(nn.Module):
    """Results [batch, 1, 4, frames, bins of the grid] for inputs alike, of the parameters of a network that gives a frame of it.

    Of level n, D of frame t is a convolution of D of the level above at the frames t, t - 2^n, ...: a dilated one along
    time. F is one of three of those and of F and E there, E one of D, F and E.

    framewise           `EdgeUNet`'s network
    every, back, held   of it; when a level's way down begins makes no difference
    """

    def __init__(self, framewise: Network, bins: int, every: list[int], back: list[int], held: int = 1):
        super().__init__()
        self.framewise, self.bins, self.every, self.back, self.held = framewise, bins, every, back, held
        self.shape = framewise.shape
        self.tensors, self.parameter_count, self.initialise = framewise.tensors, framewise.parameter_count, framewise.initialise
        self._of = {layer.name: layer for layer in framewise.layers}

    @property
    def layers(self) -> nn.ModuleList:
        """Those of a frame."""
        return self.framewise.layers

    def standardise(self, batches):
        """As `Network.standardise`, of inputs [sequences, 1, 4, frames, bins]."""
        self.framewise.standardise(inputs[:, 0].movedim(2, 1) for inputs in batches)

    def forward(self, inputs: torch.Tensor, generator: torch.Generator | None = None) -> torch.Tensor:
        """Nothing is left out while training, so `generator` is not drawn from."""
        parts = inputs[:, 0]
        heard = parts[:, :, :: self.held, : self.bins]
        left, right = (torch.linalg.vector_norm(pair, dim=1) for pair in heard.split(2, 1))
        masks = self.masks(torch.stack([left, right], 1)).repeat_interleave(self.held, 2)[:, :, : parts.shape[2]]
        above = masks[..., -BEYOND:].mean(-1, keepdim=True).expand(*masks.shape[:-1], parts.shape[-1] - self.bins)
        return (parts * torch.cat([masks, above], -1).repeat_interleave(2, 1))[:, None]

    def masks(self, magnitudes: torch.Tensor) -> torch.Tensor:
        """Masks [batch, 2, frames, bins] of magnitudes alike."""
        return self._mask(self._up(self._down(magnitudes)))

    def _down(self, magnitudes: torch.Tensor) -> list[tuple[torch.Tensor, torch.Tensor]]:
        """F and E of each level [batch, channels, runs, bins], before the normalisation."""
        first, frames = self._of["down.1"], magnitudes.shape[2]
        before, last = first.weight.shape[2] - 1, first.weight[:, :, :3]
        padded = functional.pad(magnitudes, (BEFORE, AFTER, before, 0))
        found = [(_along(padded, first.weight, first.bias), _along(padded[:, :, 2:], last, first.bias))]
        newest = [self._active(1, one) for one in found[0]]
        # Of the first level D is F, two frames later.
        known = functional.pad(newest[0], (0, 0, 2, 0))[:, :, :frames]
        for level in range(2, len(self.every) + 1):
            layer, every, above = self._of[f"down.{level}"], self.every[level - 1], self.every[level - 2]
            step, spacing, weight = every // above, 2 ** (level - 1) // above, layer.weight
            past = functional.pad(known, (BEFORE, AFTER, 4 * spacing, 0))
            both = functional.pad(torch.cat([one[:, :, ::step] for one in newest], 1), (BEFORE, AFTER))
            now = torch.cat([past[:, :, 4 * spacing :: step], both], 1)
            last = _along(past[:, :, 2 * spacing :], weight[:, :, :3], layer.bias, step, spacing)
            last = last + _along(both, _rows(weight, 3, 4))
            edge = _along(now, _rows(weight, 0, 1, 2), layer.bias)
            found.append((last, edge))
            if level < len(self.every):
                known = self._active(level, _along(past, weight, layer.bias, step, spacing))
                newest = [self._active(level, one) for one in found[-1]]
        return found

    def _up(self, found: list[tuple[torch.Tensor, torch.Tensor]]) -> torch.Tensor:
        """What the masks are of, [batch, 1, frames, bins]."""
        below: list[torch.Tensor] = []
        for level in range(len(self.every), 0, -1):
            layer, runs = self._of[f"up.{level}"], found[level - 1][0].shape[2]
            if below:
                below = [self._known(one, level, runs) for one in below]
            both = torch.cat([part for pair in zip(found[level - 1], below or [found[level - 1][0][:, :0]] * 2) for part in pair], 1)
            # F and E of the level above, of which the first has but one: taps 3 and 4 meet F, 1 and 2 meet E.
            taps = [(3, 1), (4, 2)] if level > 1 else [(3, 1)]
            weight = torch.cat([torch.cat([layer.weight[:, :, i : i + 1] for i in pair]) for pair in taps], 1)
            values = functional.conv_transpose2d(_together(both), weight, stride=(1, 2))[..., BEFORE:-AFTER]
            values = torch.relu(values + torch.cat([layer.bias] * len(taps))[:, None, None])
            below = [self._normal(f"up.{level}.normal", one) for one in values.chunk(len(taps), 1)]
        return below[0]

    def _known(self, values: torch.Tensor, level: int, runs: int) -> torch.Tensor:
        """What the first `runs` of a level have of the one below it, which runs more seldom, and later."""
        every, below = self.every[level - 1], self.every[level]
        later = -(-(self.back[level] - self.back[level - 1]) // (every * self.held))
        return functional.pad(values.repeat_interleave(below // every, 2), (0, 0, later, 0))[:, :, :runs]

    def _mask(self, values: torch.Tensor) -> torch.Tensor:
        layer = self._of["mask"]
        padded = _together(functional.pad(values, (3, 3, 2, 0)))
        return torch.sigmoid(functional.conv2d(padded, layer.weight[:, :, :2], layer.bias, dilation=(2, 2)).float())

    def _normal(self, name: str, values: torch.Tensor) -> torch.Tensor:
        layer = self._of[name]
        scale, shift = (one.to(values.dtype)[:, None, None] for one in (layer.scale, layer.shift))
        return values * scale + shift

    def _active(self, level: int, values: torch.Tensor) -> torch.Tensor:
        return functional.leaky_relu(self._normal(f"down.{level}.normal", values), self._of[f"down.{level}.active"].slope)


def _together(maps: torch.Tensor) -> torch.Tensor:
    """The channels of a place side by side, as the products want them."""
    return maps.contiguous(memory_format=torch.channels_last)


def _along(maps: torch.Tensor, weight: torch.Tensor, bias: torch.Tensor | None = None, step: int = 1, spacing: int = 1):
    """A convolution along time, every `step`-th, of frames `spacing` apart, halving the bins."""
    return functional.conv2d(_together(maps), weight, bias, stride=(step, 2), dilation=(spacing, 1))


def _rows(weight: torch.Tensor, *rows: int) -> torch.Tensor:
    """Rows of the kernel, as channels."""
    return torch.cat([weight[:, :, row : row + 1] for row in rows], 1)
