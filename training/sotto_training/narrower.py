"""Fewer channels for a network of convolutions: those stay without which its result would be another one."""

import copy
from collections.abc import Callable

import torch
from torch import nn

from .layers import Activation, Affine, Concatenate, Convolution, History, Layer, Reshape, Slice, TransposedConvolution
from .network import INPUT, Network

ROUNDS = 12  # in which channels go: what a channel is worth depends on which others are left
PROBES = 2

Channel = tuple[str, int]  # of the result of a layer


def narrowed(
    wide: Network, network: Network, trained: Callable[[Network], nn.Module], heard: Callable[[], list[torch.Tensor]], seed: int
) -> bool:
    """Gives `network` the weights of `wide`, less the channels that it has too few for; whether it is one of these.

    A channel is worth what the result of `wide` would lose in power without it, as far as that is linear, over the
    power of what comes in: the square of the result's slope by the weights that read the channel, along drawn directions
    (Hutchinson 1990), mean of the inputs that `heard` gives.

    trained   `wide` as it is trained, which is what hears: it may find a sequence sooner than frame by frame
    """
    if not _is_narrower(wide, network):
        return False
    came, given = _channels(wide)
    widths = {layer.name: layer.outputs for layer in network.layers if isinstance(layer, Convolution)}
    left = _chosen(trained(copy.deepcopy(wide)), came, widths, heard(), torch.Generator().manual_seed(seed))
    for layer, own in zip(wide.layers, network.layers):
        with torch.no_grad():
            if isinstance(layer, Convolution):
                outputs, reads = left[layer.name].nonzero().flatten(), _staying(came[layer.name], left)
                transposed = isinstance(layer, TransposedConvolution)
                own.weight.copy_(layer.weight[reads][:, outputs] if transposed else layer.weight[outputs][:, reads])
                if own.bias is not None:
                    own.bias.copy_(layer.bias[outputs])
            elif isinstance(layer, Affine):
                reads = _staying(given[layer.name], left)
                own.scale.copy_(layer.scale[reads])
                if own.shift is not None:
                    own.shift.copy_(layer.shift[reads])
    return True


def _staying(channels: list[Channel], left: dict[str, torch.Tensor]) -> list[int]:
    return [number for number, (name, at) in enumerate(channels) if name not in left or left[name][at]]


def _is_narrower(wide: Network, network: Network) -> bool:
    """Whether both are the same layers, of convolutions without groups and of what leaves their channels apart."""
    if wide.sources != network.sources or wide.shape != network.shape or wide.result != network.result:
        return False
    for number, (layer, own) in enumerate(zip(wide.layers, network.layers)):
        if isinstance(layer, Convolution):
            alike = layer.groups == 1 and own.outputs <= layer.outputs and (own.bias is None) == (layer.bias is None)
        elif _keeps(wide, number):
            alike = True
        else:
            alike = not layer.tensors() and all(wide.shapes[one] == network.shapes[one] for one in wide.sources[number])
        if not alike or _described(layer) != _described(own):
            return False
    return True


def _described(layer: Layer) -> dict:
    """As a file has it, but for how many channels there are and how weights are stored."""
    entry = layer.entry()
    entry.pop("weights", None)
    if isinstance(layer, Reshape):
        entry["shape"] = entry["shape"][1:]
    return entry


def _keeps(network: Network, number: int) -> bool:
    """Whether a layer leaves the channels that it reads where they are, or side by side."""
    layer, sources = network.layers[number], network.sources[number]
    if isinstance(layer, Affine):
        return layer.along == 0
    if isinstance(layer, (History, Slice)):
        return layer.axis > 0
    if isinstance(layer, Reshape):
        return layer.full[0] == network.shapes[sources[0]][0]
    return isinstance(layer, (Activation, Concatenate))


def _channels(network: Network) -> tuple[dict[str, list[Channel]], dict[str, list[Channel]]]:
    """Which channels each convolution reads, and each layer gives along its first axis."""
    given = {INPUT: [(INPUT, number) for number in range(network.shape[0])]}
    read = {}
    for number, (layer, sources) in enumerate(zip(network.layers, network.sources)):
        side_by_side = not isinstance(layer, Concatenate) or layer.axis == 0
        found = [channel for source in (sources if side_by_side else sources[:1]) for channel in given[source]]
        if isinstance(layer, Convolution):
            read[layer.name] = found
        kept = not isinstance(layer, Convolution) and _keeps(network, number)
        own = range(network.shapes[layer.name][0])
        given[layer.name] = found if kept else [(layer.name, number) for number in own]
    return read, given


def _chosen(
    wide: nn.Module, came: dict[str, list[Channel]], widths: dict[str, int], inputs: list[torch.Tensor], generator: torch.Generator
) -> dict[str, torch.Tensor]:
    """Of each convolution which channels stay, as a mask; weights of `wide` that read others become 0."""
    layers = {layer.name: layer for layer in wide.layers if layer.name in widths}
    left = {name: torch.ones(layer.outputs) for name, layer in layers.items()}
    loudest = max(float(part.norm()) for part in inputs)
    loud = [part for part in inputs if part.norm() > 1e-3 * loudest]
    for number in range(1, ROUNDS + 1):
        worth = _worth(wide, layers, came, loud, generator)
        for name, mask in left.items():
            goal = len(mask) - round((len(mask) - widths[name]) * number / ROUNDS)
            order = worth[name].masked_fill(mask == 0, torch.inf).argsort()
            mask[order[: int(mask.sum()) - goal]] = 0
        for name, layer in layers.items():
            gone = [number for number, (source, at) in enumerate(came[name]) if source in left and not left[source][at]]
            with torch.no_grad():
                (layer.weight if isinstance(layer, TransposedConvolution) else layer.weight.transpose(0, 1))[gone] = 0.0
    return left


def _worth(wide, layers: dict, came: dict, inputs: list[torch.Tensor], generator: torch.Generator) -> dict[str, torch.Tensor]:
    worth = {name: torch.zeros(layer.outputs) for name, layer in layers.items()}
    for part in inputs:
        result = wide(part).float() / part.norm()
        for probe in range(PROBES):
            signs = torch.randint(0, 2, result.shape, generator=generator) * 2.0 - 1.0
            weights = [layer.weight for layer in layers.values()]
            slopes = torch.autograd.grad((result * signs).sum(), weights, retain_graph=probe + 1 < PROBES)
            found = {name: torch.zeros_like(one) for name, one in worth.items()}
            for (name, layer), slope in zip(layers.items(), slopes):
                along = (layer.weight.detach() * slope).sum((2, 3))
                along = along.sum(1 if isinstance(layer, TransposedConvolution) else 0).tolist()
                for (source, at), one in zip(came[name], along):
                    if source in found:
                        found[source][at] += one
            for name, slope in found.items():
                worth[name] += slope.square()
    return worth
