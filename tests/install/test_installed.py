# SPDX-License-Identifier: MIT
"""`meson install` puts down all that a person needs, and `ninja uninstall` takes it away. test_installed.py SOURCE BUILD PROBED"""

import os
import re

from installed import BUILD, DESTDIR, PREFIX, PROBED, SOURCE, call, install, run_tests


def the_program_and_its_other_names_run():
    assert call(PREFIX / "bin/probed", "--version").startswith("probed ")
    links = {path.name: path for path in (PREFIX / "libexec/probed").iterdir()}
    assert sorted(links) == ["ST-LINK_gdbserver", "openocd", "pyocd", "st-util"], links
    for link in links.values():
        assert not os.path.isabs(os.readlink(link)), "a package is built where it does not stay"
        assert link.resolve() == PREFIX / "bin/probed", link
    said = call("sh", "-c", f"{links['openocd']} --version 2>&1")
    assert said.startswith("Open On-Chip Debugger"), said


def udev_finds_rules_for_each_product():
    """Where udev(7) looks: /usr/local/lib/udev/rules.d; before 73-seat-late.rules, which acts on uaccess."""
    rules, = (PREFIX / "lib/udev/rules.d").iterdir()
    assert rules.name.endswith(".rules") and rules.name < "73-seat-late.rules"
    text = rules.read_text()
    products = set(re.findall(r"^\s*\{0x([0-9A-F]{4}), \"ST", (SOURCE / "transport/stlink/wire.c").read_text(), re.M))
    assert len(products) > 10
    for product in products:
        line, = re.findall(rf'^.*ATTR{{idProduct}}=="{product.lower()}".*$', text, re.M)
        for part in ('ATTR{idVendor}=="0483"', 'MODE="0660"', 'GROUP="plugdev"', 'TAG+="uaccess"'):
            assert part in line, line


def docs_and_examples_are_there():
    folder = PREFIX / "share/doc/probed"
    assert (folder / "README.md").read_text() == (SOURCE / "README.md").read_text()
    for name in ("docs", "examples"):
        ours = {path.relative_to(SOURCE) for path in (SOURCE / name).rglob("*") if path.is_file()}
        theirs = {path.relative_to(folder) for path in (folder / name).rglob("*") if path.is_file()}
        assert ours == theirs, ours ^ theirs
    assert os.access(folder / "examples/firmware/common/build.sh", os.X_OK)


def the_picture_of_the_wires_is_what_the_doctor_draws():
    """Made by: probed doctor --sim bluepill,runs --svg docs/wires.svg"""
    call(PROBED, "doctor", "--sim", "bluepill,runs", "--svg", DESTDIR / "wires.svg")
    assert "docs/wires.svg" in (SOURCE / "README.md").read_text()
    assert (DESTDIR / "wires.svg").read_bytes() == (SOURCE / "docs/wires.svg").read_bytes()
    (DESTDIR / "wires.svg").unlink()


def every_list_of_the_libraries_is_the_same():
    """Whoever adds one finds here where else it is named."""
    named = {name: set(re.findall(r"\blib[\w.-]+-dev\b", (SOURCE / name).read_text())) - {"libc6-dev", "libnewlib-dev"}
             for name in ("examples/quickstart.sh", "debian/control", "docs/install.md", "tests/package.sh")}
    assert all(libraries == named["examples/quickstart.sh"] for libraries in named.values()), named
    assert named["examples/quickstart.sh"] <= set(re.findall(r"\blib[\w.-]+-dev\b", (SOURCE / "tests/run.sh").read_text()))


def uninstall_leaves_nothing():
    call("ninja", "-C", BUILD, "uninstall", env={**os.environ, "DESTDIR": str(DESTDIR)})
    left = [path for path in DESTDIR.rglob("*") if not path.is_dir()]
    assert not left, left


install()
run_tests([the_program_and_its_other_names_run, udev_finds_rules_for_each_product, docs_and_examples_are_there,
           the_picture_of_the_wires_is_what_the_doctor_draws, every_list_of_the_libraries_is_the_same,
           uninstall_leaves_nothing])
