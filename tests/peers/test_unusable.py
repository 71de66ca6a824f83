# SPDX-License-Identifier: MIT
"""Probes that are there and cannot be used: what is said, by the tools and at the daemon's start:
test_unusable.py PROBE_EMU PROBED"""
import json
import os
import re
import shutil
import sys
import tempfile

from emulator import Program, tool
from daemon import run_tests

probe_emu, probed = sys.argv[1:3]
NODE = "$UMOCKDEV_DIR/dev/bus/usb/001/002"
KINDS = {
    "V1": ("ST-LINK/V1", "0483:3744", "too old"),
    "loader": ("STLINK-V3 loader", "0483:374d", "firmware update mode: unplug and replug"),
    "loader-2": ("STLINK-V3 loader", "0483:3755", "firmware update mode: unplug and replug"),
}


def is_listed_with_advice():
    for stlink, (product, ids, advice) in KINDS.items():
        text = tool(probe_emu, probed, "list", stlink=stlink)
        assert f"{product} ({ids})" in text and "usb:1-1" in text, text
        assert [line for line in text.splitlines() if "not usable:" in line and advice in line], text
        probe, = json.loads(tool(probe_emu, probed, "list", "--json", stlink=stlink))["probes"]
        assert probe["usable"] is False and advice in probe["problem"], probe


def is_refused_in_one_sentence():
    for stlink, (product, _, advice) in KINDS.items():
        for command in (["info"], ["reset"], ["erase"], ["read", "0x08000000", "4", "-"]):
            text = tool(probe_emu, probed, *command, stlink=stlink, code=3)
            assert f"error: {product}: it is " in text and advice in text, text
            assert text.count("error:") == 1 and "erasing" not in text, text


def the_daemon_says_it_and_waits_for_another():
    for stlink, (product, _, advice) in KINDS.items():
        with Program(probe_emu, probed, "--gdb", "0", stlink=f"{stlink},V2J43") as running:
            assert running.read_log("connected: STM32F10"), "the one that can be used was not chosen:\n" + running.log
        with Program(probe_emu, probed, "--gdb", "0", "--probe", "usb:1-1", stlink=f"{stlink},V2J43") as running:
            running.read_log(r"^Listening on \S+ for gdb")
            assert running.read_log(rf"warning: {re.escape(product)}: it is .*{re.escape(advice)}"), running.log
            running.control("unplug 0")
            running.control("unplug 1")
            running.control("plug 1 1")  # the good one, in the place that is meant
            assert running.read_log(r"connected: STM32F10"), running.log
            assert running.end() == 0, running.log


def other_devices_of_the_vendor_are_not_even_opened():
    with Program(probe_emu, probed, "list", stlink="stranger") as running:
        assert running.wait() == 3 and "no debug probe found" in running.log, running.log
        assert running.stats()["opens"] == 0
    with Program(probe_emu, probed, "list", stlink="V2J43") as running:
        assert running.wait() == 0, running.log
        assert running.stats()["opens"] > 0, "what is counted is counted"


class Unprivileged:
    """probed where everybody can run it, and the words that run it as somebody whom the probe's node keeps out."""

    def __enter__(self):
        self.folder = tempfile.TemporaryDirectory(prefix="probed-")
        os.chmod(self.folder.name, 0o755)
        program = shutil.copy(probed, self.folder.name)
        nobody = "setpriv --reuid=65534 --regid=65534 --clear-groups " if os.geteuid() == 0 else ""
        self.words = nobody + program
        return self

    def script(self, *lines):
        return ["sh", "-c", "\n".join([f"chmod -R a+rwX $UMOCKDEV_DIR; chmod 0 {NODE}", *lines])]

    def __exit__(self, *_):
        self.folder.cleanup()


def must_name_the_rules(text):
    assert "no permission" in text and "60-probed.rules" in text and "/etc/udev/rules.d" in text, text


def want_of_permission_names_the_udev_rules():
    for stlink in ("V2J43", "V3"):
        with Unprivileged() as nobody:
            text = tool(probe_emu, *nobody.script(f"{nobody.words} list"), stlink=stlink)
            must_name_the_rules(text)
            assert "usb:1-1" in text, text
            text = tool(probe_emu, *nobody.script(f"{nobody.words} info"), stlink=stlink, code=3)
            must_name_the_rules(text)
            assert text.count("error:") == 1, text


def once_permitted_the_daemon_goes_on():
    with Unprivileged() as nobody:
        script = nobody.script(f"{nobody.words} --gdb 0 & daemon=$!", "read go", f"chmod 666 {NODE}", "wait $daemon")
        fifo = os.path.join(nobody.folder.name, "go")
        os.mkfifo(fifo)
        script[2] = script[2].replace("read go", f"read go <{fifo}")
        with Program(probe_emu, *script) as running:
            assert running.read_log("no permission.*\n"), running.log
            must_name_the_rules(running.log)
            with open(fifo, "w") as go:
                go.write("go\n")
            assert running.read_log(r"connected: STM32F10"), running.log


run_tests([is_listed_with_advice, is_refused_in_one_sentence, the_daemon_says_it_and_waits_for_another,
           other_devices_of_the_vendor_are_not_even_opened, want_of_permission_names_the_udev_rules,
           once_permitted_the_daemon_goes_on])
