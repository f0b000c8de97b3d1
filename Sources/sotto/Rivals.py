"""Runs a network in ONNX Runtime and PyTorch, a frame at a time on one thread, and says how long that takes.

Usage: python3 -c SCRIPT ONNX-SCRIPT TORCH-SCRIPT

Reads requests and writes answers, one JSON object a line. `{"weights", "onnx", "frames", "results"}` names the next
network: its weights file, or an ONNX file that stands for it, with frames to try and what has to come of them.
`{"disturbed", "seconds"}` asks for so many seconds of steps of each rival, with the caches disturbed before each step or
not. Times are the processor's for this thread, so that what else the machine does counts as little as can be.
"""

import importlib.util
import json
import os
import sys
import tempfile
import time

INTEGER = "ONNX Runtime, integer"


class Unwritten(Exception):
    """What no rival is written for."""


class Runtime:
    """ONNX Runtime on a graph whose first input is the frame; the others are states, paired by shape with outputs.

    States change places from step to step, so that nothing is copied.
    """

    def __init__(self, model, frames):
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 3
        options.add_session_config_entry("session.set_denormal_as_zero", "1")
        self.session = onnxruntime.InferenceSession(
            model.SerializeToString(), options, providers=["CPUExecutionProvider"])
        frame, *states = self.session.get_inputs()
        outputs = [output.name for output in self.session.get_outputs()]
        if len(outputs) != 1 + len(states):
            raise Unwritten(f"its {len(states)} states do not pair with its {len(outputs)} outputs")
        shape = [size if isinstance(size, int) else 1 for size in frame.shape]
        self.frames = [self._value(numpy.reshape(values, shape)) for values in frames]
        self.frame, self.turn = frame.name, 0
        before, after = ([self._value(numpy.zeros(state.shape)) for state in states] for _ in range(2))
        self.bindings = []
        for taken, given in ((before, after), (after, before)):
            binding = self.session.io_binding()
            for name, value in zip(states, taken):
                binding.bind_ortvalue_input(name.name, value)
            binding.bind_output(outputs[0])
            for name, value in zip(outputs[1:], given):
                binding.bind_ortvalue_output(name, value)
            self.bindings.append(binding)

    def _value(self, array):
        return onnxruntime.OrtValue.ortvalue_from_numpy(numpy.asarray(array, numpy.float32))

    def prepare(self):
        """What comes before a step and is not measured."""
        self.bindings[self.turn % 2].bind_ortvalue_input(self.frame, self.frames[self.turn % len(self.frames)])

    def step(self):
        self.session.run_with_iobinding(self.bindings[self.turn % 2])
        self.turn += 1

    def result(self):
        return self.bindings[(self.turn - 1) % 2].get_outputs()[0].numpy()


class Eager:
    """PyTorch."""

    def __init__(self, network, frames, shape):
        self.network, self.turn = network, 0
        self.frames = [torch.from_numpy(numpy.reshape(values, shape)) for values in frames]

    def prepare(self):
        """Nothing."""

    def step(self):
        self.found = self.network.step(self.frames[self.turn % len(self.frames)])
        self.turn += 1

    def result(self):
        return self.found.numpy()


def missing(*packages):
    for package in packages:
        if importlib.util.find_spec(package) is None:
            return f"the Python package {package} is not installed"
    return None


ABSENT = {"ONNX Runtime": missing("numpy", "onnx", "onnxruntime"), "PyTorch": missing("numpy", "torch")}
ABSENT[INTEGER] = ABSENT["ONNX Runtime"] or missing("sympy")
if not missing("numpy"):
    import numpy
if not ABSENT["ONNX Runtime"]:
    import onnx
    import onnxruntime

    exec(sys.argv[1])
if not ABSENT["PyTorch"]:
    import torch

    torch.set_num_threads(1)
    torch.set_flush_denormal(True)
    exec(sys.argv[2])


def tensors_of(path):
    """The description and the single-precision tensors of a weights file."""
    with open(path, "rb") as file:
        header = json.loads(file.read(int.from_bytes(file.read(8), "little")))
        data = file.read()
    document = json.loads(header.pop("__metadata__")["sotto"])
    if {entry["dtype"] for entry in header.values()} - {"F32"}:
        raise Unwritten("rivals take weights of single precision")
    return document, {
        name: numpy.frombuffer(data[slice(*entry["data_offsets"])], "<f4").reshape(entry["shape"])
        for name, entry in header.items()
    }


def frame_shape(document):
    bins, given = document["grid"]["window"] // 2 + 1, document["input"]
    shape = [2 * given.get("channels", 1), bins] if given["feature"] == "spectrum" else [bins]
    context = given.get("context", {})
    frames = context.get("past", 0) + 1 + context.get("future", 0)
    return [frames, *shape] if frames > 1 else shape


def integer(model):
    """The model with its weights rounded to 8 bits, activations as they come: ONNX Runtime's dynamic quantisation."""
    from onnxruntime.quantization import quantize_dynamic

    with tempfile.TemporaryDirectory() as folder:
        paths = [os.path.join(folder, name) for name in ("from.onnx", "to.onnx")]
        onnx.save(model, paths[0])
        quantize_dynamic(*paths)
        return onnx.load(paths[1])


def opened(name, request, frames):
    if request.get("onnx"):
        if name == "PyTorch":
            raise Unwritten("the model is an ONNX file")
        model = onnx.load(request["onnx"])
    else:
        document, tensors = tensors_of(request["weights"])
        shape = frame_shape(document)
        if name == "PyTorch":
            return Eager(Network(document["layers"], tensors), frames, shape)
        model = Graph(document["layers"], tensors, shape).model
    return Runtime(integer(model) if name == INTEGER else model, frames)


def compared(rival, results):
    """The greatest difference from the results, relative to the largest number in them."""
    differences = []
    for expected in results:
        rival.prepare()
        rival.step()
        differences.append(float(numpy.abs(rival.result().reshape(-1) - expected).max()))
    return max(differences) / max(float(numpy.abs(results).max()), 1e-30)


def answer_to(request, rivals):
    rivals.clear()
    answers = []
    frames, results = request["frames"], request["results"]
    for name in ("ONNX Runtime", INTEGER, "PyTorch"):
        answer = dict(name=name, missing=ABSENT[name])
        answers.append(answer)
        if answer["missing"]:
            continue
        answer["version"] = (torch if name == "PyTorch" else onnxruntime).__version__
        try:
            arrays = [numpy.array(values, dtype=numpy.float32) for values in frames]
            rival = opened(name, request, arrays)
            answer["difference"] = compared(rival, numpy.array(results))
            # A rival that computes something else is none; what rounding to 8 bits costs is its own affair.
            if not answer["difference"] < (float("inf") if name == INTEGER else 1e-4):
                raise Unwritten(f"its results differ by {answer['difference']:.1e} of the largest")
            for _ in range(5):
                rival.prepare()
                rival.step()
            rivals[name] = rival
        except Exception as error:
            answer["missing"] = str(error).split("\n")[0] or type(error).__name__
    return dict(rivals=answers)


def steps(rival, seconds, disturbance):
    """Processor time of each step in seconds."""
    found, end = [], time.monotonic() + seconds
    while time.monotonic() < end or len(found) < 3:
        if disturbance is not None:
            disturbance[::16] += 1
        rival.prepare()
        begin = time.thread_time_ns()
        rival.step()
        found.append((time.thread_time_ns() - begin) * 1e-9)
    return found


def main():
    rivals, others = {}, None
    for line in sys.stdin:
        request = json.loads(line)
        if "frames" in request:
            answer = answer_to(request, rivals)
        else:
            if request["disturbed"] and others is None and rivals:
                others = numpy.zeros(10 << 20, numpy.float32)
            disturbance = others if request["disturbed"] else None
            answer = dict(seconds={name: steps(rival, request["seconds"], disturbance) for name, rival in rivals.items()})
        print(json.dumps(answer), flush=True)


main()
