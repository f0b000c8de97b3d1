"""The layers of the weights file, for whole sequences and for training."""

from .activation import Activation
from .arithmetic import Arithmetic, Constant, Product, Reduce, Softmax
from .colour import Colour, ColourInverse
from .convolution import Convolution, TransposedConvolution
from .dense import Dense, Vector
from .history import History
from .layer import Layer
from .normalisation import Affine, BatchNormalisation, LayerNormalisation
from .recurrent import GRU, LSTM, Recurrent
from .shape import Concatenate, Expand, Gather, Pad, Permute, Reshape, Slice
from .unroll import Unroll

KINDS: dict[str, type[Layer]] = {
    layer.kind: layer
    for layer in (
        Activation, Affine, Arithmetic, BatchNormalisation, Colour, ColourInverse, Concatenate, Constant, Convolution,
        Dense, Expand, Gather, GRU, History, LayerNormalisation, LSTM, Pad, Permute, Product, Recurrent, Reduce,
        Reshape, Slice, Softmax, TransposedConvolution, Unroll, Vector,
    )
}  # fmt: skip

__all__ = ["KINDS", "Layer", *sorted(layer.__name__ for layer in KINDS.values())]
