#!/usr/bin/env python3
"""Runs published models on real sound in ONNX Runtime, and keeps some numbers of what they give.

The sound is presets/demo/everything-is-free.flac from its tenth second on, 24 frames. Each NAME.reference holds, as
32-bit integers, how far the kept numbers lie apart and how many a frame has, then the numbers as 32-bit floats. Needs numpy, soundfile and onnxruntime.

    make_references.py $SOTTO_DATA/models Fixtures
"""

import struct
import sys
from pathlib import Path

import numpy as np
import onnxruntime
import soundfile

FRAMES = 24
SOUND = Path(__file__).parents[2] / "presets" / "demo" / "everything-is-free.flac"


def hann(length):
    return 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(length) / length)


def blocks(window, hop):
    """Frames by channels by samples."""
    sound, rate = soundfile.read(SOUND, dtype="float32", start=480000, frames=window + (FRAMES - 1) * hop)
    return np.stack([sound[i * hop : i * hop + window].T for i in range(FRAMES)]).astype(np.float64)


def tdc17():
    """Real and imaginary part of left and right, bins in rows."""
    spectra = np.fft.rfft(blocks(2048, 1024) * hann(2048))
    planes = np.stack([spectra[:, 0].real, spectra[:, 0].imag, spectra[:, 1].real, spectra[:, 1].imag], 1)
    return planes[..., None]


def gtcrn():
    """Bins, time, real and imaginary part of the left channel."""
    spectra = np.fft.rfft(blocks(512, 256)[:, 0] * np.sqrt(hann(512)))
    return np.stack([spectra.real, spectra.imag], -1)[:, :, None, :]


def dtln_1():
    return np.abs(np.fft.rfft(blocks(512, 128)[:, :1]))


def dtln_2():
    return blocks(512, 128)[:, :1]


MODELS = {
    "tdc17": ("tdc17/tdc17_top1_frame.onnx", tdc17, 37),
    "gtcrn": ("gtcrn/gtcrn_simple.onnx", gtcrn, 5),
    "dtln-1": ("dtln/model_1.onnx", dtln_1, 3),
    "dtln-2": ("dtln/model_2.onnx", dtln_2, 5),
}


def main(models, folder):
    for name, (path, make, stride) in MODELS.items():
        session = onnxruntime.InferenceSession(models / path, providers=["CPUExecutionProvider"])
        first, *states = session.get_inputs()
        values = {state.name: np.zeros(state.shape, np.float32) for state in states}
        kept = []
        for frame in make().astype(np.float32):
            result, *rest = session.run(None, {first.name: frame.reshape(first.shape), **values})
            values = dict(zip(values, rest))
            if name == "gtcrn":
                # Our own order: real parts, then imaginary ones.
                result = np.moveaxis(result, -1, 1)
            kept.append(result.reshape(-1)[::stride])
        kept = np.array(kept, np.float32)
        (folder / f"{name}.reference").write_bytes(struct.pack("<2i", stride, kept.shape[1]) + kept.tobytes())
        print(f"{name}: {kept.shape[1]} numbers a frame, {np.abs(kept).max():.3g} at most")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
