# SPDX-License-Identifier: MIT
"""The tools of probed's command line before emulated ST-Links, whose boards stay from one call to the next:
test_tools.py PROBE_EMU FIRMWARE.elf STLINK PROBED"""
import json
import os
import re
import subprocess
import sys
import tempfile

from emulator import Program, tool
from daemon import run_tests

probe_emu, firmware, stlink, probed = sys.argv[1:5]
VERSIONS = {"V2J43": "V2J43S7", "V2J24": "V2J24S4", "clone": "V2J37S7", "V2-1": "V2J46M", "V3": "V3J15M7"}
FLASH, KIB = 0x08000000, 1024


class Bench:
    """A folder, and calls one after the other with the same probes plugged in."""

    def __init__(self):
        self.folder = tempfile.TemporaryDirectory(prefix="probed-")
        self.files = {"elf": firmware, "probed": probed}
        for name in ("bin", "ihex", "srec"):
            self.files[name] = self.path("image." + name)
            format_name = {"bin": "binary", "ihex": "ihex", "srec": "srec"}[name]
            subprocess.run(["arm-none-eabi-objcopy", "-O", format_name, firmware, self.files[name]], check=True)
        self.image = self.read("image.bin")

    def path(self, name):
        return os.path.join(self.folder.name, name)

    def read(self, name):
        with open(self.path(name), "rb") as file:
            return file.read()

    def run(self, script, probes=stlink, code=0, **options):
        """{elf}, {bin}.. are files, {dir} the folder; the shell stops at the first call that fails."""
        script = script.format(dir=self.folder.name, **self.files)
        return tool(probe_emu, "sh", "-e", "-c", script, stlink=probes, code=code, **options)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.folder.cleanup()


def list_and_info_agree_with_st_info():
    with Bench() as bench:
        bench.run("{probed} list --json >{dir}/list; {probed} info --json >{dir}/info; st-info --probe >{dir}/st-info")
        probe, = json.loads(bench.read("list"))["probes"]
        info, theirs = json.loads(bench.read("info")), bench.read("st-info").decode()
    assert info["probe"] == probe, (info, probe)
    assert probe["place"] == "usb:1-1" and probe["usable"] and probe["vid"] == 0x483, probe
    assert probe["firmware"].startswith(VERSIONS[stlink]), probe
    assert probe["vtref_mv"] is None if stlink == "clone" else 3200 <= probe["vtref_mv"] <= 3400, probe
    assert re.search(rf"(?i)serial: +{probe['serial']}", theirs), (probe, theirs)
    target = info["target"]
    for name, value in (("flash", target["flash_bytes"]), ("sram", target["ram_bytes"])):
        assert re.search(rf"{name}: +{value}\b", theirs), (name, value, theirs)
    assert int(re.search(r"chipid: +(0x\w+)", theirs).group(1), 16) == target["dev_id"], theirs
    assert target["state"] == "locked up" and "0xffffffff" in target["lockup"], "the chip is blank; info halts nothing"


def the_boards_serial_port_is_found():
    with Bench() as bench:
        text = bench.run("mkdir -p \"$UMOCKDEV_DIR/sys/devices/pci0000:00/0000:00:14.0/usb1/1-1/1-1:1.2/tty/ttyACM3\"\n"
                         "{probed} list")
    assert re.search(r"serial port: +/dev/ttyACM3", text), text


def the_doctor_looks_at_it():
    with Bench() as bench:
        text = bench.run("{probed} list --json >{dir}/list\n{probed} flash {elf} --reset\n{probed} doctor --report --yes\n"
                         "{probed} doctor --json")
        probe, = json.loads(bench.read("list"))["probes"]
    report = text[text.index("probed 0."):text.index("{\n")]
    assert "healthy" in report and probe["product"] in report and probe["firmware"] in report, report
    assert ("probe-copy" in report) == (stlink in ("V2J17", "clone")), report
    assert probe["serial"].lower() not in report.lower() and probe["place"] not in report, report
    with Bench() as bench:
        text = bench.run("{probed} doctor --report || echo sick", board="bluepill,noack")
    assert "silence" in text and text.endswith("sick\n"), text
    assert ("variant A" in text) == (stlink in ("V2J43", "V2J24", "clone")) and ("STDC14" in text) == (stlink == "V3"), text


def what_is_flashed_is_read_back():
    for name, address in (("elf", ""), ("ihex", ""), ("srec", ""), ("bin", "0x08000000")):
        with Bench() as bench:
            text = bench.run("{probed} flash {" + name + "} " + address + " --verify --reset\n"
                             f"{{probed}} read 0x08000000 {len(bench.image)} {{dir}}/back\n"
                             f"st-flash read {{dir}}/theirs 0x08000000 {len(bench.image)}")
            assert "identical" in text and "reset: the core runs" in text, text
            assert bench.read("back") == bench.image == bench.read("theirs"), name


def an_identical_image_is_not_written_again():
    with Bench() as bench:
        text = bench.run("{probed} flash {elf} --reset; echo; echo again; {probed} flash {bin} 0x08000000; "
                         "{probed} info --json >{dir}/info")
        again = text.split("\nagain\n")[1]
        assert "nothing to do" in again and "halted" not in again, text
        assert json.loads(bench.read("info"))["target"]["state"] == "running", "as it was before"
        text = bench.run("{probed} flash {elf}; {probed} flash {elf} --connect under-reset 2>{dir}/again\n"
                         "{probed} info --json >{dir}/info")
        assert b"nothing to do" in bench.read("again") and "the core is halted" in text, text
        assert json.loads(bench.read("info"))["target"]["state"] == "running", "halted only by our way of connecting"


def erase_wipes_what_it_says():
    with Bench() as bench:
        length = len(bench.image)
        text = bench.run(f"{{probed}} flash {{elf}}; {{probed}} erase 0x08000400 1k\n"
                         f"{{probed}} read 0x08000000 {length} {{dir}}/holed\n"
                         "{probed} erase; {probed} read 0x08000000 64k {dir}/blank")
        wanted = bytearray(bench.image)
        wanted[KIB:2 * KIB] = b"\xff" * len(wanted[KIB:2 * KIB])
        assert bench.read("holed") == bytes(wanted), "one sector and no more"
        assert bench.read("blank") == b"\xff" * 64 * KIB
        assert "erasing all flash, 0x08000000-0x0800ffff" in text, text


def other_bytes_stay_unless_erase_is_asked_for():
    with Bench() as bench:
        with open(bench.path("few"), "wb") as file:
            file.write(b"few")
        bench.run("{probed} flash {elf}; {probed} flash {dir}/few 0x08000401\n"
                  f"{{probed}} read 0x08000000 {len(bench.image)} {{dir}}/patched\n"
                  "{probed} flash {dir}/few 0x08000401 --erase; {probed} read 0x08000000 64k {dir}/alone")
        wanted = bytearray(bench.image.ljust(0x404, b"\xff"))
        wanted[0x401:0x404] = b"few"
        assert bench.read("patched") == bytes(wanted)[:len(bench.image)]
        alone = bytearray(b"\xff" * 64 * KIB)
        alone[0x401:0x404] = b"few"
        assert bench.read("alone") == bytes(alone)


def reset_halts_and_lets_go():
    with Bench() as bench:
        assert "the flash is empty" in bench.run("{probed} reset halt")
        text = bench.run("{probed} flash {elf} >/dev/null; {probed} reset halt; {probed} info --json >{dir}/halted\n"
                         "{probed} reset; {probed} info --json >{dir}/running")
        assert re.search(r"halted at 0x0800\w+, before the first instruction$", text, re.M), text
        assert json.loads(bench.read("halted"))["target"]["state"] == "halted"
        assert json.loads(bench.read("running"))["target"]["state"] == "running"


def two_probes_are_told_apart():
    with Bench() as bench:
        text = bench.run("{probed} list; {probed} list --json >{dir}/list", probes="V2J43,V3")
        assert "usb:1-1" in text and "usb:1-2" in text and "several probes" in text, text
        probes = json.loads(bench.read("list"))["probes"]
        for probe in probes:
            found = bench.run(f"{{probed}} info --probe {probe['place']} --json", probes="V2J43,V3")
            assert json.loads(found)["probe"]["place"] == probe["place"], found
            assert json.loads(found)["target"]["dev_id"] == 0x410, found
        for command in ("info", "reset", "erase", "flash {elf}", "read 0x08000000 4 -"):
            text = bench.run("{probed} " + command, probes="V2J43,V3", code=2)
            assert "2 probes are there" in text and text.count("--probe ") == 2 and "erasing" not in text, text


def each_way_to_name_a_probe():
    serial = "52FF69064970495323150967"  # V2J24's comes as bytes; old tools show those above 7F as 3F
    names = {"usb:1-2": "V3", "0483:374e": "V3", "usb:1-1": "V2J24", "0483:3748": "V2J24", serial.lower(): "V2J24",
             serial[8:16]: "V2J24", "523F69064970495323150967": "V2J24"}
    with Bench() as bench:
        for name, firmware in names.items():
            assert firmware in bench.run(f"{{probed}} info --probe {name}", probes="V2J24,V3"), name
        text = bench.run("{probed} info --probe 15", probes="V2J24,V3", code=2)  # a part of both serials
        assert "2 probes" in text and text.count("--probe ") == 2, text


def completion_offers_the_probes_that_are_plugged_in():
    with Bench() as bench:
        text = bench.run("{probed} list --json >{dir}/list; {probed} complete info --probe ''", probes="V2J43,V3")
        probes = json.loads(bench.read("list"))["probes"]
    offered = dict(line.split("\t") for line in text.splitlines() if "\t" in line)
    assert len(probes) == 2
    for probe in probes:
        assert offered[probe["serial"] or probe["place"]] == probe["product"].split(" (")[0], (probe, offered)


def a_name_that_no_probe_has_is_answered_with_those_there():
    with Bench() as bench:
        bench.run("{probed} list --json >{dir}/list", probes="V2J43,V3")
        probes = json.loads(bench.read("list"))["probes"]
        for command in ("info", "reset", "erase", "read 0x08000000 4 -"):
            text = bench.run(f"{{probed}} {command} --probe nobody", probes="V2J43,V3", code=3)
            assert "nobody" in text and "erasing" not in text and "cable" not in text, text
            for probe in probes:
                assert f"{probe['product']} {probe['serial']} at {probe['place']}" in text, text
        text = bench.run("{probed} list --probe nobody", probes="V2J43,V3", code=3)
        assert "nobody" in text and "the 2 that are there" in text, text


def a_speed_that_the_probe_lacks_is_said():
    with Bench() as bench:
        text = bench.run("{probed} read 0x08000000 4 - --speed 1 >{dir}/word")
        assert "SWD runs at 5 kHz: the probe has no speed of 1 kHz, nor a lower one" in text, text
        text = bench.run("{probed} read 0x08000000 4 - --speed 3000 >{dir}/word")
        assert re.search(r"SWD runs at 1[08]00 kHz: the probe has no speed of 3000 kHz$", text, re.M), text
        text = bench.run("{probed} read 0x08000000 4 - --speed 500 >{dir}/word", probes="V2J17")
        assert "SWD runs at 1800 kHz: the probe has no speed of 500 kHz" in text, text
        assert "SWD" not in bench.run("{probed} read 0x08000000 4 - --speed 50 >{dir}/word")


def a_probe_in_use_is_said_to_be():
    with Bench() as bench:
        text = bench.run("{probed} --gdb 0 2>{dir}/log & daemon=$!\n"
                         "until grep -q Listening {dir}/log; do kill -0 $daemon; sleep 0.02; done\n"
                         "{probed} list; {probed} doctor && exit 9; {probed} info && exit 9\nkill $daemon; wait $daemon")
    assert re.search(r"^probe-in-use \(certain\): .*another program", text, re.M), text
    assert re.search(r"not usable: +.*another program", text), text
    assert re.search(r"error: .*another program .*another probed", text), text


def a_locked_chip_is_explained():
    with Bench() as bench:
        text = bench.run("{probed} info --json >{dir}/info; {probed} flash {elf} || test $? = 5\n"
                         "{probed} read 0x08000000 4 {dir}/none || test $? = 5", board="bluepill,locked")
        assert json.loads(bench.read("info"))["target"]["readout_protected"] is True
        assert text.count("error:") == 2 and "erases" in text, text
        assert not os.path.exists(bench.path("none"))


def no_wires_are_explained():
    with Bench() as bench:
        text = bench.run("{probed} info", board="bluepill,noack,vtref=0.05", code=4)
    assert "no chip answers" in text and "VTref" in text and VERSIONS[stlink] in text, text


def long_wires_are_told_by_info():
    with Bench() as bench:
        slowed = bench.run("{probed} info", board="bluepill,wires=500")
        garbled = bench.run("{probed} info", board="bluepill,wires=3", code=4)
    if stlink not in ("V2J17", "clone"):
        assert "SWD is not clean" in slowed, slowed
    assert re.search(r"shorten the wires, connect GND$", garbled, re.M) and "NRST" not in garbled, garbled


def the_button_is_held(*words, board="bluepill"):
    """The tool begins while the reset button is pressed; returns it running."""
    folder = tempfile.TemporaryDirectory(prefix="probed-")
    go = os.path.join(folder.name, "go")
    script = f"until test -e {go}; do sleep 0.02; done; exec {probed} {' '.join(words)}"
    running = Program(probe_emu, "sh", "-c", script, stlink=stlink, board=board)
    running.control("hands nrst press")
    running.stats()  # it is pressed
    open(go, "w").close()
    running.keep = folder
    return running


def a_core_held_in_reset_is_said_to_be():
    for way in ("attach", "under-reset"):
        with the_button_is_held("info", "--connect", way) as running:
            assert running.wait() == 1, running.log
            assert running.log.count("held in reset: NRST is low") == 1, running.log
            assert "under-reset may help" not in running.log and "running" not in running.log, running.log


def a_program_that_resets_itself_at_once_is_no_held_reset():
    # 8: ldr r2, =8000; 1: subs r2, #1; bne 1b; ldr r0, =AIRCR; ldr r1, =SYSRESETREQ; str r1, [r0]; b .
    words = bytes.fromhex("00500020" "09000008" "044a013a" "fdd10448" "04490160" "fee700bf" "00bf00bf" "401f0000"
                          "0ced00e0" "0400fa05")
    with Bench() as bench:
        with open(bench.path("loop"), "wb") as file:
            file.write(words)
        text = bench.run("{probed} flash {dir}/loop 0x08000000 --reset; {probed} info --connect attach")
    assert "held in reset" not in text and "NRST is low" not in text, text
    assert "the program was reset at once" in text and re.search(r"core: +Cortex-M3 r1p1, running\n", text), text


def the_button_gets_into_a_chip_that_switches_swd_off():
    """What is advised where NRST is not wired."""
    with Bench() as bench:
        text = bench.run("{probed} info --connect under-reset", board="bluepill,swj-off,nrst-open", code=4)
    assert "connect NRST, or hold the board's reset button while connecting" in text, text
    with the_button_is_held("info", "--connect", "normal", board="bluepill,swj-off,nrst-open") as running:
        running.read_log("on the reset button, release it now")
        running.control("hands nrst release")
        assert running.wait() == 0, running.log
        assert re.search(r"core: +Cortex-M3 r1p1, halted by a reset", running.log), running.log
        assert "held NRST low" in running.log, running.log


def a_target_lost_in_mid_flash_is_explained():
    for hand, code, said in (("power off", 4, r"error: .*no target answers.*partly programmed\n +try: .*power.*wires"),
                             ("nrst press", 1, r"error: .*held in reset: NRST is low.*partly programmed\n")):
        with Bench() as bench:
            with open(bench.path("big"), "wb") as file:
                file.write(os.urandom(60 * KIB))
            with Program(probe_emu, probed, "flash", bench.path("big"), "0x08000000", "--speed", "125",
                         stlink=stlink) as running:  # slowly, so that there is time to act
                assert running.read_log(r"^programming: +[2-4]\d %"), running.log
                running.control("hands " + hand)
                assert running.wait() == code, running.log
                assert re.search(said, running.log), running.log


def advice_is_told_beside_the_chips_own_warning():
    with Bench() as bench:
        if stlink.startswith("V3"):  # its firmware refuses what is not ST's
            text = bench.run("{probed} reset halt", board="bluepill,clone", code=4)
            assert "no chip answers" in text, text
        else:
            text = bench.run("{probed} reset halt", board="bluepill,swj-off,clone")
            assert re.search(r"warning: .*a copy.*only after a reset", text), text
        text = bench.run("{probed} info --connect under-reset", board="bluepill,swj-off")
        assert "only --connect under-reset gets in" in text, text
        text = bench.run("{probed} info", board="bluepill,vtref=0.1,noack", code=4)
        assert "under-reset" not in text and "under reset" not in text or stlink == "clone", text


def option_bytes_are_left_alone_by_a_probe_without_halfwords():
    if stlink != "V2J24":
        return
    with Bench() as bench:
        text = bench.run("{probed} info >{dir}/before\n"
                         "{probed} --gdb 0 -c 'flash protect 0 2 3 on' -c shutdown || test $? = 1; "
                         "{probed} reset halt; {probed} info")
        assert "cannot do 16-bit accesses" in text, text
        before = bench.read("before").decode()
        for fact in ("protection", "write lock", "options"):
            line = re.search(rf"^ +{fact}: .*\n", before, re.MULTILINE).group()
            assert line in text, f"{line} before, then:\n{text}"


def option_bytes_are_shown():
    if stlink == "V2J24":
        return
    with Bench() as bench:
        bench.run("{probed} info >{dir}/before\n"
                  "{probed} --gdb 0 -c 'flash protect 0 2 3 on' -c 'stm32f1x options_write 0 RSTSTOP' "
                  "-c shutdown\n"
                  "{probed} info >{dir}/stored; {probed} reset halt; {probed} info >{dir}/after\n"
                  "{probed} info --json >{dir}/json\n")
        before, stored, after = (bench.read(name).decode() for name in ("before", "stored", "after"))
        for text in (before, stored):
            assert re.search(r"write lock: +none\n", text), text
            assert re.search(r"options: +watchdog by software, no reset in Stop mode, no reset in Standby", text), text
        assert "others are stored" in stored and "others are stored" not in before + after, stored
        assert re.search(r"write lock: +2 of \d+ blocks \(2-3\): 0x08002000-0x08003fff\n", after), after
        assert re.search(r"options: +watchdog by software, a reset in Stop mode, no reset in Standby", after), after
        target = json.loads(bench.read("json"))["target"]
        assert target["write_protected"] == [{"start": 0x08002000, "bytes": 0x2000}] and target["write_protected_blocks"] == 2, target
        assert target["option_bytes"]["reset_in_stop"] and not target["option_bytes"]["watchdog_by_hardware"], target


TESTS = [list_and_info_agree_with_st_info, the_boards_serial_port_is_found, the_doctor_looks_at_it,
         what_is_flashed_is_read_back,
         an_identical_image_is_not_written_again, erase_wipes_what_it_says, other_bytes_stay_unless_erase_is_asked_for,
         reset_halts_and_lets_go, two_probes_are_told_apart, each_way_to_name_a_probe,
         completion_offers_the_probes_that_are_plugged_in,
         a_name_that_no_probe_has_is_answered_with_those_there, a_speed_that_the_probe_lacks_is_said,
         a_probe_in_use_is_said_to_be,
         a_locked_chip_is_explained, no_wires_are_explained,
         long_wires_are_told_by_info, a_core_held_in_reset_is_said_to_be,
         a_program_that_resets_itself_at_once_is_no_held_reset,
         the_button_gets_into_a_chip_that_switches_swd_off, advice_is_told_beside_the_chips_own_warning,
         a_target_lost_in_mid_flash_is_explained, option_bytes_are_left_alone_by_a_probe_without_halfwords,
         option_bytes_are_shown]
run_tests(TESTS)
