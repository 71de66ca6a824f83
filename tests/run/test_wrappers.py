# SPDX-License-Identifier: MIT
"""examples/run as their tools call it: ctest and meson run tests through an emulator, cargo through a runner.
test_wrappers.py PROBED"""

import os
import pathlib
import subprocess
import tomllib

from programs import FOLDER, HERE, PROBED, build
from daemon import LIMIT, run_tests

EXAMPLES = HERE.parent.parent / "examples/run"
# The word "probed" in their files is the one under test, without a board.
BIN = pathlib.Path(FOLDER.name, "bin")
BIN.mkdir()
(BIN / "probed").symlink_to(PROBED)
ENVIRONMENT = {**os.environ, "PATH": f"{BIN}:{os.environ['PATH']}", "PROBED_SIM": "bluepill"}
ENVIRONMENT.pop("MESON_TEST_ITERATION", None)


def call(*words, expect=0, **more):
    done = subprocess.run([*map(str, words)], capture_output=True, text=True, timeout=LIMIT, stdin=subprocess.DEVNULL,
                          env={**ENVIRONMENT, **more})
    assert done.returncode == expect, (words, done.returncode, done.stdout, done.stderr)
    return done.stdout


def ctest_runs_them():
    folder = pathlib.Path(FOLDER.name, "ctest")
    call("cmake", "-S", EXAMPLES / "ctest", "-B", folder, "-DCMAKE_TOOLCHAIN_FILE=bluepill.cmake")
    call("cmake", "--build", folder)
    said = call("ctest", "--test-dir", folder, "-V")
    assert "ok   product: 42" in said and "FAIL text: -12" in said and "100% tests passed, 0 tests failed out of 2" in said, said
    # Without a board they are skipped, not failed.
    said = call("ctest", "--test-dir", folder, PROBED_SIM="bluepill,noack")
    assert said.count("***Skipped") == 2, said


def meson_runs_them():
    folder = pathlib.Path(FOLDER.name, "meson")
    call("meson", "setup", folder, EXAMPLES / "meson", "--cross-file", EXAMPLES / "meson/bluepill.ini")
    said = call("meson", "test", "-C", folder, "--verbose")
    assert "ok   product: 42" in said and "Expected Fail:      1" in said, said


def cargo_would_run_them():
    """Cargo calls the runner's words with the program's path and what stood behind `--`; no Rust for the chip is needed."""
    target = tomllib.loads((EXAMPLES / "cargo/.cargo/config.toml").read_text())
    runner = target["target"][target["build"]["target"]]["runner"]
    elf = build("crate", """
        int main(void)
        {
            static char words[200];
            uint32_t line[] = {(uint32_t)words, sizeof words};
            semihost(0x15, line);
            say(words);
            return 3;
        }""")
    for words in ([], ["--nocapture"], ["name_of_a_test", "--exact"], ["--", "x"]):
        assert call(*runner, elf, *words, expect=3) == " ".join([elf, *words]), words


run_tests([ctest_runs_them, meson_runs_them, cargo_would_run_them])
