"""A JACK server without a sound card and a daemon that plays on it, both of this run's own."""

import json
import os
import subprocess
import time
from pathlib import Path

PATIENCE = 30.0  # seconds that either may take to be there


class Live:
    """Plays sound through presets of `folder`, in real time, beside any other server and daemon of the machine.

    What it started it ends: use it in a `with`.
    """

    def __init__(self, programs: Path, presets: Path, folder: Path):
        self.programs, self.presets, self.folder = programs, presets, folder
        self.name = f"sotto-systems-{os.getpid()}"
        self.socket = folder / "control.sock"
        self.children = []

    def __enter__(self) -> "Live":
        try:
            self._begin("jackd", "--name", self.name, "-d", "dummy", "--rate", "48000", "--period", "1024")
            self._await("jack_wait", "--check", "--server", self.name, shows="\nrunning")
            self._begin(
                self.programs / "sottod", "--server", self.name, "--name", "systems", "--socket", self.socket,
                "--preset", "passthrough", "--preset-path", self.folder, "--preset-path", self.presets,
            )  # fmt: skip
            self._await(self.programs / "sotto", "status", "--json", "--socket", self.socket, shows='"state":"running"')
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        for child in reversed(self.children):
            child.terminate()
            try:
                child.wait(10)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()

    def play(self, preset: str, sound: Path, seconds: float, output: Path) -> dict:
        """Changes to `preset`, plays the beginning of `sound` and gives what the rehearsal says; the stems are in `output`."""
        self._ask("reload")
        self._ask("use", preset, "--wait")
        return json.loads(self._ask("rehearse", sound, "--seconds", seconds, "--output", output, "--json"))

    def _ask(self, *words) -> str:
        command = [str(word) for word in (self.programs / "sotto", *words, "--socket", self.socket)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, f"{' '.join(command)}: {done.returncode}, {done.stderr}\n{self.said()}"
        return done.stdout

    def said(self) -> str:
        """The last that server and daemon said."""
        return "".join(path.read_text()[-2000:] for path in sorted(self.folder.glob("*.log")))

    def _begin(self, *command):
        with open(self.folder / f"{len(self.children)}.log", "w") as log:
            surroundings = {**os.environ, "XDG_STATE_HOME": str(self.folder)}
            words = [str(word) for word in command]
            self.children.append(subprocess.Popen(words, stdout=log, stderr=subprocess.STDOUT, env=surroundings))

    def _await(self, *command, shows: str):
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end and self.children[-1].poll() is None:
            done = subprocess.run([str(word) for word in command], capture_output=True, text=True, timeout=PATIENCE)
            if shows in "\n" + done.stdout:
                return
            time.sleep(0.05)
        raise RuntimeError(f"{self.children[-1].args[0]} does not start:\n{self.said()}")
