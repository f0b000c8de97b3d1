"""Fewer channels for a network of convolutions: those stay without which its result would be another one."""

from collections.abc import Callable

import torch

from .layers import Concatenate, Convolution, Reshape, TransposedConvolution
from .network import INPUT, Network

ROUNDS = 12  # in which channels go: what a channel is worth depends on which others are left
PROBES = 2
PART = 100  # frames at a time

Channel = tuple[str, int]  # of the result of a layer, or of the input


def narrowed(wide: Network, network: Network, heard: Callable[[], torch.Tensor], seed: int) -> bool:
    """Gives `network` the weights of `wide`, less the channels that it has too few for; whether it is one of these.

    A channel is worth what the result of `wide` would lose in power without it, as far as that is linear, over the
    power of the frame: the square of its gradient along drawn directions (Hutchinson 1990), mean of the frames
    [frames, *shape] that `heard` gives.
    """
    if not _is_narrower(wide, network):
        return False
    came = _channels(wide)
    widths = {layer.name: layer.outputs for layer in network.layers if isinstance(layer, Convolution)}
    left = _chosen(wide, widths, heard(), torch.Generator().manual_seed(seed))
    for layer, own in zip(wide.layers, network.layers):
        if not isinstance(layer, Convolution):
            continue
        outputs = left[layer.name].nonzero().flatten()
        read = [number for number, (name, at) in enumerate(came[layer.name]) if name == INPUT or left[name][at]]
        weight = layer.weight.detach()
        transposed = isinstance(layer, TransposedConvolution)
        weight = weight[read][:, outputs] if transposed else weight[outputs][:, read]
        with torch.no_grad():
            own.weight.copy_(weight)
            if own.bias is not None:
                own.bias.copy_(layer.bias[outputs])
    return True


def _is_narrower(wide: Network, network: Network) -> bool:
    """Whether both are the same layers, convolutions without groups, reshapes and concatenations of channels."""
    if wide.sources != network.sources or wide.shape != network.shape or wide.result != network.result:
        return False
    for layer, own in zip(wide.layers, network.layers):
        if isinstance(layer, Convolution):
            if layer.groups != 1 or own.outputs > layer.outputs or (own.bias is None) != (layer.bias is None):
                return False
        elif not isinstance(layer, Reshape) and not (isinstance(layer, Concatenate) and layer.axis == 0):
            return False
        if layer.entry() != own.entry():
            return False
    return True


def _channels(network: Network) -> dict[str, list[Channel]]:
    """Which channels each convolution reads."""
    given = {INPUT: [(INPUT, number) for number in range(network.shape[0])]}
    read = {}
    for layer, sources in zip(network.layers, network.sources):
        found = [channel for source in sources for channel in given[source]]
        if isinstance(layer, Convolution):
            read[layer.name] = found
            found = [(layer.name, number) for number in range(layer.outputs)]
        given[layer.name] = found
    return read


def _chosen(wide: Network, widths: dict[str, int], inputs: torch.Tensor, generator: torch.Generator) -> dict:
    """Of each convolution which channels stay, as a mask."""
    left = {layer.name: torch.ones(layer.outputs) for layer in wide.layers if layer.name in widths}
    began = {name: len(mask) for name, mask in left.items()}
    power = inputs.flatten(1).norm(dim=1)
    loud = inputs[power > 1e-3 * power.max()]
    for number in range(1, ROUNDS + 1):
        worth = _worth(wide, left, loud, generator)
        for name, mask in left.items():
            goal = began[name] - round((began[name] - widths[name]) * number / ROUNDS)
            order = worth[name].masked_fill(mask == 0, torch.inf).argsort()
            mask[order[: int(mask.sum()) - goal]] = 0
    return left


def _worth(wide: Network, left: dict, inputs: torch.Tensor, generator: torch.Generator) -> dict[str, torch.Tensor]:
    worth = {name: torch.zeros_like(mask) for name, mask in left.items()}
    opened: dict[str, torch.Tensor] = {}

    def gate(layer, _, result):
        return result * opened[layer.name][None, ..., None, None]

    hooks = [layer.register_forward_hook(gate) for layer in wide.layers if layer.name in left]
    try:
        for part in [part for part in inputs.split(PART) for _ in range(PROBES)]:
            opened = {name: mask.repeat(len(part), 1).requires_grad_() for name, mask in left.items()}
            result = wide(part[None])[0].flatten(1)
            signs = torch.randint(0, 2, result.shape, generator=generator) * 2.0 - 1.0
            along = (result * signs / part.flatten(1).norm(dim=1, keepdim=True)).sum()
            for name, slope in zip(opened, torch.autograd.grad(along, list(opened.values()))):
                worth[name] += (slope**2).sum(0)
    finally:
        for hook in hooks:
            hook.remove()
    return worth
