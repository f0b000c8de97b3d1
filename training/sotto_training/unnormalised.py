"""Weights of a network without its normalisations by batches: each is folded into the convolution before it."""

import torch

from .layers import BatchNormalisation, Convolution, TransposedConvolution
from .network import Network


def unnormalised(network: Network) -> dict[str, torch.Tensor]:
    """Tensors by their names, in the order of the layers; a normalisation that is not behind a linear convolution stays."""
    tensors, layers = network.tensors(), {layer.name: layer for layer in network.layers}
    readers = [source for sources in network.sources for source in sources]
    for layer, sources in zip(network.layers, network.sources):
        if not isinstance(layer, BatchNormalisation) or layer.axis != 0 or readers.count(sources[0]) != 1:
            continue
        before = layers.get(sources[0])
        if not isinstance(before, (Convolution, TransposedConvolution)) or before.activation != "linear" or not before.biased:
            continue
        if before.groups != 1:
            continue
        scale, shift, mean, variance = (tensors.pop(f"{layer.name}.{name}") for name in ("weight", "bias", "mean", "variance"))
        scale = scale / (variance + layer.epsilon).sqrt()
        shape = (1, -1, 1, 1) if isinstance(before, TransposedConvolution) else (-1, 1, 1, 1)
        tensors[f"{before.name}.weight"] = tensors[f"{before.name}.weight"] * scale.view(shape)
        tensors[f"{before.name}.bias"] = (tensors[f"{before.name}.bias"] - mean) * scale + shift
    return tensors
