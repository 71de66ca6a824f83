# SPDX-License-Identifier: MIT
"""Where only the product's own libraries are, the build is set up without tests, and who asks for them is told what is
missing. test_product_only.py SOURCE BUILD PROBED"""

import os
import pathlib
import re
import subprocess
import tempfile

from installed import SOURCE, call, run_tests

FOLDER = tempfile.TemporaryDirectory(prefix="probed-product-")
ROOM = pathlib.Path(FOLDER.name)
OF_TESTS = ("cmocka", "umockdev", "unicorn")


def without(name, folders, unwanted):
    """A folder of links to all that is in these, but for that."""
    room = ROOM / name
    room.mkdir()
    for folder in folders:
        for path in pathlib.Path(folder).glob("*"):
            if not path.name.startswith(unwanted) and not (room / path.name).is_symlink():
                (room / path.name).symlink_to(path)
    return str(room)


def machine():
    """The environment of one that never saw the tests' packages."""
    places = call("pkg-config", "--variable=pc_path", "pkg-config").strip().split(":")
    path = without("bin", os.environ["PATH"].split(":"), ("arm-none-eabi", "cmake"))
    return {**os.environ, "PATH": path, "PKG_CONFIG_LIBDIR": without("pc", places, OF_TESTS)}


MACHINE = machine()


def it_is_set_up_without_tests():
    said = call("meson", "setup", ROOM / "build", SOURCE, env=MACHINE)
    assert re.search(r"^ *tests *: NO$", said, re.M), said
    targets = call("ninja", "-C", ROOM / "build", "-t", "targets", "all", env=MACHINE)
    assert re.search(r"^probed: ", targets, re.M) and not re.search(r"^tests/", targets, re.M), targets


def who_asks_for_tests_is_told():
    done = subprocess.run(["meson", "setup", ROOM / "asked", SOURCE, "-Dtests=enabled"], capture_output=True, text=True, env=MACHINE)
    assert done.returncode != 0 and 'Dependency "cmocka" not found' in done.stdout, done.stdout


run_tests([it_is_set_up_without_tests, who_asks_for_tests_is_told])
