"""Every system as small as it still learns a few clips within seconds: what is changed of its configuration."""

# The same mixtures in every epoch, so that the losses of two can be compared.
NOTHING_VARIED = [f"mixing.{name}=0" for name in ("gain", "jitter", "remix", "balance", "softer", "speed", "rooms", "pauses")]


def paced(epochs: int, rate: float) -> list[str]:
    """So many epochs, dev measured in the middle and at the end."""
    return [
        *NOTHING_VARIED, f"fit.epochs={epochs}", f"fit.evaluate={epochs // 2}", f"fit.first={rate}",
        f"fit.last={rate / 5}", "fit.average=0.8",
    ]  # fmt: skip


def hidden(width: int, layers: int) -> str:
    """So many layers of one width."""
    return f"network.hidden={[width] * layers}"


DENSE = [*paced(8, 5e-3), hidden(48, 3), "fit.batch=96"]
RECURRENT = [*DENSE, "fit.sequence=20"]
VECTORS = [*DENSE, *paced(8, 1e-3)]
GENERATOR = [*paced(8, 5e-3), hidden(96, 3), "fit.batch=96"]
CAUSAL = "network.channels=[4, 6, 8, 8, 12, 12]"
# One draw of several: with as few channels the rectified estimate of a source may be 0 everywhere, and stay so.
BLOCKS = [*paced(20, 1e-2), "data.measured=1.5", "network.channels=[8, 8, 12, 12, 16]", "fit.batch=66", "fit.seed=2"]

PATHS = [
    *paced(8, 5e-3), "mixing.colour=0", "mixing.formants=0", "network.channels=[8, 12]", "network.units=12",
    "network.blocks=1", "network.dropout=0.0", 'data.train=[{ kind = "mir1k", path = "mir1k", split = "train" }]',
    'data.dev=[{ kind = "mir1k", path = "mir1k", split = "dev" }]', "data.excerpts=0", "data.measured=0.0", "fit.batch=96",
    "fit.sequence=30",
]  # fmt: skip

PAIRS = [
    "grid.rate=16000", "grid.window=1024", "mixing.colour=0", "mixing.formants=0",
    *(f"mixing.{name}=0" for name in ("mono", "aside", "doubled", "spread")),
    'data.train=[{ kind = "mir1k", path = "mir1k", split = "train" }]',
    'data.dev=[{ kind = "mir1k", path = "mir1k", split = "dev" }]', "data.excerpts=0", "data.measured=0.0",
]  # fmt: skip
SPECTRA = [
    *paced(8, 5e-3), *PAIRS, "grid.hop=512", "network.levels=5", "network.depth=2", "network.growth=8", "fit.batch=30",
    "fit.sequence=15",
]  # fmt: skip
EDGE = [
    *paced(10, 2e-3), *PAIRS, "grid.hop=256", "network.channels=[16, 24, 32]", "network.every=[1, 2, 4]", "network.at=[0, 0, 1]",
    "network.bins=512", "fit.batch=60", "fit.sequence=30", "fit.taught=0",
]  # fmt: skip
BLOCK = [
    *paced(10, 2e-3), *PAIRS, "grid.hop=256", "network.channels=[16, 24, 32]", "network.bins=512", "network.frames=64",
    "network.taken=8", "network.future=4", "network.steps=2", "output.delay=12", "fit.batch=64", "fit.sequence=32",
]  # fmt: skip

TINY = {
    "band-split": [
        *paced(6, 1e-2), "network.features=8", "network.units=12", "network.across=8", "network.blocks=1", "grid.hop=512",
        "fit.batch=96", "fit.sequence=30",
    ],
    "causal-unet": [*paced(10, 1e-2), CAUSAL, "grid.hop=512", "fit.batch=60", "fit.sequence=30"],
    "cvpnn": VECTORS,
    "deep-karaoke": [*paced(14, 3e-3), hidden(64, 2), "fit.batch=96"],
    "dnn-1": DENSE,
    "dnn-3": DENSE,
    "dnn-5": DENSE,
    "drnn-1": RECURRENT,
    "drnn-2": RECURRENT,
    "drnn-2-divergence": RECURRENT,
    "drnn-2-plain": RECURRENT,
    "drnn-2-lbfgs": [
        *NOTHING_VARIED, hidden(48, 3), "mixing.step=20000", "fit.epochs=3", "fit.evaluate=1", "fit.iterations=6",
    ],
    "drnn-2-varied": [*RECURRENT, "mixing.colour=0", "mixing.formants=0"],
    "drnn-3": RECURRENT,
    "gru-256": RECURRENT,
    "gru-512x2": [*paced(8, 5e-3), hidden(48, 2), "fit.batch=96", "fit.sequence=20"],
    "lstm-512x3": RECURRENT,
    "lstm-mask": [*paced(8, 5e-3), "network.dense=[48]", hidden(48, 2), "fit.batch=96", "fit.sequence=20"],
    "sotto-wide": SPECTRA,
    "sotto-block": BLOCK,
    "sotto-block-mir1k": BLOCK,
    "sotto": EDGE,
    "sotto-edge-mir1k": EDGE,
    "sotto-narrow": [*SPECTRA, "network.encoders=[6, 8, 8, 8, 8]", "network.decoders=[8, 8, 8, 8, 7]", "fit.taught=0"],
    "sotto-light": PATHS,
    "sotto-backwards": PATHS,
    "sotto-backwards-mir1k": PATHS,
    "sotto-mir1k": PATHS,
    "sotto-24-mir1k": [*PATHS, "fit.batch=240", "fit.sequence=60"],
    "sotto-low": [*PATHS, "fit.batch=480", "fit.sequence=120"],
    "sotto-low-mir1k": [*PATHS, "fit.batch=480", "fit.sequence=120"],
    "srnn": RECURRENT,
    "stoller": BLOCKS,
    "stoller-semi-supervised": [
        *BLOCKS, "fit.epochs=2", "fit.evaluate=1", "data.excerpts=5", "data.seconds=3.0", "critics.iterations=40",
        "critics.updates=1", "critics.channels=[4, 8]", "critics.hidden=8",
    ],
    "svsgan": GENERATOR,
    "svsgan-adversarial": [
        *GENERATOR, *paced(4, 2e-3), "adversarial.hidden=[48, 48]", "adversarial.iterations=20", "adversarial.updates=2",
    ],
    "tdc17-mir1k": SPECTRA,
    "unet": [*paced(4, 1e-2), CAUSAL],
    "unet-16k": [*paced(4, 1e-2), CAUSAL, "input.context.past=63", "grid.hop=768"],
    "wvpnn": VECTORS,
}  # fmt: skip
# The adversarial phase has to start from a supervised one; the semi-supervised one is spared the way there.
STARTS = {"svsgan-adversarial": "svsgan", "stoller-semi-supervised": "stoller"}
