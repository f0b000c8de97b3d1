"""The systems of the literature, each a list of layers."""

from ..problem import Problem
from ..strict import build
from .architecture import Architecture
from .band_split import BandSplit
from .block_unet import BlockUNet
from .causal_unet import CausalUNet
from .dense import DenseLayers
from .dense_unet import DenseUNet
from .dual_path import DualPath
from .edge_unet import EdgeUNet
from .gated import GatedLayers
from .unet import PatchUNet
from .valid_unet import ValidUNet
from .vector import VectorLayers

ARCHITECTURES: dict[str, type[Architecture]] = {
    one.kind: one
    for one in (
        BandSplit, BlockUNet, CausalUNet, DenseLayers, DenseUNet, DualPath, EdgeUNet, GatedLayers, PatchUNet, ValidUNet, VectorLayers,
    )  # fmt: skip
}


def architecture_of(table, where: str) -> Architecture:
    """The architecture that the table `network` of a configuration names."""
    if not isinstance(table, dict) or table.get("architecture") not in ARCHITECTURES:
        found = table.get("architecture") if isinstance(table, dict) else table
        raise Problem(f"{where}: architecture: found {found!r}, expected one of {', '.join(sorted(ARCHITECTURES))}")
    rest = {key: value for key, value in table.items() if key != "architecture"}
    return build(ARCHITECTURES[table["architecture"]], rest, where)
