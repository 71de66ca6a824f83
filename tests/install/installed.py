# SPDX-License-Identifier: MIT
"""The build under test, installed into a folder of its own: SOURCE BUILD PROBED are the script's words."""

import os
import pathlib
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "gdb"))
from daemon import LIMIT, run_tests  # noqa: E402, F401 (for the scripts)

SOURCE, BUILD, PROBED = (pathlib.Path(word).resolve() for word in sys.argv[1:4])
_folder = tempfile.TemporaryDirectory(prefix="probed-install-")
DESTDIR = pathlib.Path(_folder.name)
PREFIX = DESTDIR / "usr/local"


def call(*words, code=0, **more):
    done = subprocess.run([*map(str, words)], capture_output=True, text=True, timeout=LIMIT, stdin=subprocess.DEVNULL, **more)
    assert done.returncode == code, (words, done.returncode, done.stdout, done.stderr)
    return done.stdout


def install():
    """As `meson install` does, of what is built already."""
    call("meson", "install", "-C", BUILD, "--no-rebuild", "--quiet", env={**os.environ, "DESTDIR": str(DESTDIR)})
