# SPDX-License-Identifier: MIT
"""The tools of the command line (list, info, flash, read, erase, reset) on the simulated board, which is a new one
in every process. What needs a board that stays is in tests/peers/test_tools.py.

tools.py PROBED"""
import json
import os
import pty
import re
import signal
import struct
import subprocess
import sys
import tempfile

from daemon import LIMIT, run_tests

PROBED = sys.argv[1]
FLASH, RAM, KIB = 0x08000000, 0x20000000, 1024
BLANK, FAILED, USAGE, NO_PROBE, NO_TARGET, PROTECTED = b"\xff", 1, 2, 3, 4, 5


def call(*words, expect=0):
    done = subprocess.run([PROBED, *words], capture_output=True, timeout=LIMIT, stdin=subprocess.DEVNULL)
    done.text, done.said = done.stdout.decode(errors="replace"), done.stderr.decode()
    assert done.returncode == expect, (words, done.returncode, done.text, done.said)
    return done


def refused(code, pattern, *words):
    """One clear line (and one on what to try, perhaps); nothing on standard output."""
    done = call(*words, expect=code)
    errors = [line for line in done.said.splitlines() if line.startswith("probed: error: ")]
    assert len(errors) == 1 and re.search(pattern, errors[0]), (words, done.said)
    assert not done.text, done.text


def program(address=FLASH, stack=0x20005000, reset=None, code=b"\xfe\xe7", length=3000):
    """Stack, reset vector, `b .` (or other code), and some bytes."""
    head = struct.pack("<II", stack, (address + 8) | 1 if reset is None else reset) + code
    return head + bytes((i * 7 + i // 256) & 255 for i in range(len(head), length))


class Files:
    """A folder of program files that hold the same bytes: a program that runs, unless others are given."""

    def __init__(self, length=3000, address=FLASH, data=None):
        self.folder = tempfile.TemporaryDirectory(prefix="probed-")
        self.address = address
        self.data = data or program(address, length=length)

    def path(self, name):
        return os.path.join(self.folder.name, name)

    def write(self, name, data):
        with open(self.path(name), "wb") as file:
            file.write(data)
        return self.path(name)

    def binary(self, name="image.bin"):
        return self.write(name, self.data)

    def hex(self, name="image.hex"):
        lines = [record(b"\x02\x00\x00\x04" + struct.pack(">H", self.address >> 16))]
        for at in range(0, len(self.data), 16):
            part = self.data[at:at + 16]
            lines.append(record(struct.pack(">BHB", len(part), (self.address + at) & 0xFFFF, 0) + part))
        return self.write(name, "".join(lines + [":00000001FF\n"]).encode())

    def srec(self, name="image.s19"):
        lines = []
        for at in range(0, len(self.data), 16):
            part = self.data[at:at + 16]
            body = struct.pack(">BI", len(part) + 5, self.address + at) + part
            lines.append("S3" + (body + bytes([~sum(body) & 255])).hex().upper() + "\n")
        return self.write(name, "".join(lines + ["S70500000000FA\n"]).encode())

    def elf(self, name="image.elf"):
        header = struct.pack("<4s5B7x2H5I6H", b"\x7fELF", 1, 1, 1, 0, 0, 2, 40, 1, self.address | 1, 52, 0, 0, 52, 32, 1,
                             0, 0, 0)
        segment = struct.pack("<8I", 1, 84, self.address, self.address, len(self.data), len(self.data), 5, 4)
        return self.write(name, header + segment + self.data)

    def uf2(self, family, name="image.uf2"):
        parts = [self.data[at:at + 256] for at in range(0, len(self.data), 256)]
        blocks = [struct.pack("<8I", 0x0A324655, 0x9E5D5157, 0x2000, self.address + 256 * i, len(part), i, len(parts), family)
                  + part.ljust(476, b"\0") + struct.pack("<I", 0x0AB16F30) for i, part in enumerate(parts)]
        return self.write(name, b"".join(blocks))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.folder.cleanup()


def record(body):
    return ":" + (body + bytes([-sum(body) & 255])).hex().upper() + "\n"


# --- list and info ---

def list_shows_the_simulated_board_when_asked():
    text = call("list", "--sim").text
    assert "simulated Blue Pill" in text and re.search(r"VTref: +3\.30 V", text) and "sim:0" in text, text
    probes = json.loads(call("list", "--sim", "--json").text)["probes"]
    mine = [probe for probe in probes if probe["place"] == "sim:0"]
    assert len(mine) == 1 and mine[0]["vtref_mv"] == 3300 and mine[0]["usable"] is True, probes


def list_without_probes_says_what_to_try():
    done = call("list", "--probe", "no-such-serial", expect=NO_PROBE)
    assert "no debug probe found" in done.said and "cable" in done.said and "udev" in done.said, done.said
    told = json.loads(call("list", "--json", "--probe", "no-such-serial", expect=NO_PROBE).text)
    assert told["probes"] == [] and told["problem"] == "no debug probe found", told


def info_tells_a_reset_loop_by_its_cause():
    causes = set()
    for board in ("bluepill", "f031", "blackpill-f411", "nucleo-l476", "nucleo-u575"):
        for seed in range(4):
            text = call("info", "--sim", f"{board},reset-loop,still,seed={seed}").text
            told = re.search(r"resets: +the chip resets again and again: its (.*?)[;:,(]", text)
            assert told, (board, seed, text)
            causes.add(told.group(1))
        for well in ("runs", "sleep"):
            assert "again and again" not in call("info", "--sim", f"{board},{well},still").text
    assert causes == {"independent watchdog ", "program resets itself"}, causes
    target = json.loads(call("info", "--json", "--sim", "bluepill,reset-loop,still").text)["target"]
    assert "again and again" in target["reset_loop"], target


def json_says_what_is_wrong():
    """Whatever it is, what is on standard output can be read by a program."""
    for words, code, problem in ((["info"], NO_PROBE, "no debug probe found"), (["list"], NO_PROBE, "no debug probe found"),
                                 (["info", "--sim", "bluepill,noack"], NO_TARGET, "no chip answers"),
                                 (["info", "--sim", "bluepill,nofault"], USAGE, "nofault"), (["list", "x"], USAGE, "usage"),
                                 (["info", "--simm"], USAGE, "--simm")):
        for line in (["--json", *words], [*words, "--json"]):
            done = call(*line, *([] if "--sim" in line or code == USAGE else ["--probe", "no-such-serial"]), expect=code)
            told = json.loads(done.text)
            assert problem in told["problem"] and problem in done.said, (line, done.text)
            assert not told.get("probes") and not told.get("target"), told
    assert json.loads(call("list", "--sim", "--json").text)["problem"] is None


def words_in_any_order():
    with Files(300) as files:
        path, output = files.binary(), files.path("out.bin")
        for words in (["flash", path, "0x08000000"], ["flash", "0x08000000", path]):
            for at in range(len(words) + 1):
                for sim in (["--sim"], ["--sim", "bluepill"], ["--sim=bluepill"]):
                    line = words[:at] + sim + words[at:]
                    assert "300 bytes in" in call(*line).said, line
        for words in (["read", "0x08000000", "64", output], ["read", output, "0x08000000", "64"],
                      ["read", "0x08000000", output, "64"]):
            for at in range(len(words) + 1):
                call(*words[:at], "--sim", *words[at:])
                assert os.path.getsize(output) == 64, words
                os.remove(output)
        for line in (["--sim", "erase", "0x08000000", "1k"], ["erase", "--sim", "0x08000000", "1k"]):
            assert "erasing 0x08000000-0x080003ff" in call(*line).said, line
        assert "halted" in call("reset", "--sim", "halt").said
        assert "halted" in call("--log", "error", "reset", "halt", "--sim").said
        assert json.loads(call("--json", "--sim", "info").text)["problem"] is None
        refused(USAGE, r"no simulated board 'redpill'; there is: bluepill [a-z0-9 -]* \.\. \(--help lists all\)\)$", "info",
                "--sim", "redpill")
        refused(USAGE, r"no simulated board 'bluepil'; there is, with that in its name: bluepill\)?$", "flash", "--sim", "bluepil", path,
                "0x08000000")
        refused(USAGE, r"--gdb is for serving gdb", "--gdb", "0", "info", "--sim")
        refused(USAGE, r"--options is not for probed flash", "flash", "--options", path)


def info_lists_every_option_byte():
    """The lines are those of `probed options`, and there only if they are asked for."""
    lines = call("options", "--sim").text.splitlines()[1:]
    assert len(lines) > 3 and any("RDP" in line for line in lines), lines
    assert call("info", "--sim", "--options").text.splitlines()[-len(lines):] == lines
    assert lines[0] not in call("info", "--sim").text


def a_uf2_file_says_what_it_is_for():
    with Files() as files:
        assert "checked" in call("flash", "--sim", files.uf2(0x5EE21072)).said
        refused(FAILED, r"made for STM32F4 \(UF2 family 0x57755a57\), and this chip is another one \(STM32F101", "flash",
                "--sim", files.uf2(0x57755A57))
        refused(FAILED, "made for RP2040 ", "flash", "--sim", files.uf2(0xE48BFF56))
        said = call("flash", "--sim", files.uf2(0x12345678)).said
        assert said.count("UF2 family 0x12345678 is not known") == 1 and "checked" in said, said


def info_tells_what_the_chip_is():
    text = call("info", "--sim").text
    for fact in (r"chip: +STM32F10", r"core: +Cortex-M3 r1p1, locked up", r"lockup: +the vectors at 0x08000000 read 0xffffffff", r"flash: +64 KiB at 0x08000000",
                 r"RAM: +20 KiB at 0x20000000", r"0x410", r"0x20036410", r"0x411fc231", r"0x1ba01477",
                 r"unique id: +[0-9a-f]{8}-", r"protection: +none", r"breakpoints: +6, and 4 watchpoints"):
        assert re.search(fact, text), (fact, text)
    assert "warning" not in text, text


def info_is_json_too():
    info = json.loads(call("info", "--sim", "bluepill,locked", "--json").text)
    assert info["problem"] is None and info["probe"]["serial"] == "SIM0", info
    target = info["target"]
    assert target["dev_id"] == 0x410 and target["state"] == "locked up" and target["ram_bytes"] == 20 * KIB, target
    assert "read-protected" in target["lockup"], "the core cannot read the flash either"
    assert target["readout_protected"] is True and "protected" in target["warning"], target


def info_without_a_target_still_tells_of_the_probe():
    done = call("info", "--sim", "bluepill,noack,vtref=0.1", expect=NO_TARGET)
    assert "0.10 V" in done.text and "no supply is seen" in done.said, (done.text, done.said)
    info = json.loads(call("info", "--json", "--sim", "bluepill,noack", expect=NO_TARGET).text)
    assert info["target"] is None and "no chip answers" in info["problem"], info


def info_resets_only_when_it_may():
    done = call("info", "--sim", "bluepill,swj-off", expect=NO_TARGET)
    assert "under-reset" in done.said, done.said
    done = call("info", "--sim", "bluepill,swj-off", "--connect", "under-reset", "--json")
    assert json.loads(done.text)["target"]["dev_id"] == 0x410, done.text
    assert "no longer answers" in done.said, "its program was let go again, and switched SWD off"


def a_program_that_switches_swd_off_can_be_replaced():
    with Files() as files:
        said = call("flash", "--sim", "bluepill,swj-off", files.elf(), "--connect", "under-reset", "--reset").said
        assert "programmed, checked" in said and "reset: the core runs" in said, said
    assert "no longer answers" in call("reset", "--sim", "bluepill,swj-off").said


def warnings_are_told():
    done = call("info", "--sim", "bluepill,clone")
    assert "copy" in done.text and not done.said, "once, among the facts"
    assert "copy" in call("reset", "halt", "--sim", "bluepill,clone").said
    text = call("info", "--sim", "bluepill,flash-size=0").text
    assert re.search(r"flash: +64 KiB at 0x08000000, size guessed", text) and "reads 0: 64 KiB assumed" in text, text


# --- flash ---

def every_format_is_programmed_and_read_back():
    with Files() as files:
        for path in (files.elf(), files.hex(), files.srec()):
            said = call("flash", "--sim", "bluepill", path, "--verify", "--reset").said
            assert re.search(r"2\.9 KiB in .*/s\).*programmed, checked", said), said
            assert "read back, identical" in said and "reset: the core runs" in said, said
        said = call("flash", files.binary(), "0x08000000", "--verify", "--sim").said
        assert "identical" in said and "the core is halted" in said, said


def progress_is_whole_lines_away_from_a_terminal():
    with Files(20 * KIB) as files:
        said = call("flash", "--sim", "bluepill", files.elf()).said
    assert "\r" not in said and "\033" not in said, said
    assert [line for line in said.splitlines() if re.match(r"programming: +\d+ %, ", line)], said


def progress_is_one_line_on_a_terminal():
    with Files(20 * KIB) as files:
        master, slave = pty.openpty()
        command = [PROBED, "flash", "--sim", "bluepill", files.elf(), "--speed", "7", "--verify", "nonsense", "x"]
        subprocess.run(command, stderr=slave, env=dict(os.environ, TERM="xterm"), timeout=LIMIT)
        said = os.read(master, 4096).decode()
        assert "\033[1;31merror: \033[0m" in said, said
        subprocess.run(command[:5] + ["--verify"], stderr=slave, env=dict(os.environ, TERM="xterm"), timeout=LIMIT,
                       check=True)
        os.close(slave)
        said = b""
        try:
            while chunk := os.read(master, 4096):
                said += chunk
        except OSError:  # the other end is closed
            pass
        os.close(master)
    lines = said.decode().replace("\r\n", "\n").split("\n")
    assert any(line.count("\r") > 1 and "programming" in line and "[###" in line for line in lines), lines
    assert lines[-2] == "the core is halted; probed reset starts the program", lines


def a_ram_program_is_written_to_ram():
    with Files(512, RAM) as files:
        said = call("flash", "--sim", "bluepill", files.elf(), "--verify").said
        assert "RAM: 512 bytes written; a reset starts what is in the flash" in said and "identical" in said, said
        assert "probed reset starts" not in said, said


def wrong_files_are_refused():
    with Files() as files:
        refused(USAGE, r"plain binary.*probed flash .*image\.bin 0x08000000", "flash", "--sim", "bluepill", files.binary())
        refused(USAGE, r"ELF.*says itself", "flash", "--sim", "bluepill", files.elf(), "0x08000000")
        refused(USAGE, r"'here' is no address", "flash", "--sim", "bluepill", files.binary(), "here")
        refused(FAILED, r"No such file", "flash", "--sim", "bluepill", files.path("none.elf"))
        refused(FAILED, r"broken\.hex", "flash", "--sim", "bluepill", files.write("broken.hex", b"no hex at all"))
        refused(FAILED, r"broken\.elf.*not an ELF", "flash", "--sim", "bluepill", files.write("broken.elf", b"\x7fEL"))
        refused(FAILED, r"nothing to load", "flash", "--sim", "bluepill", files.write("empty.bin", b""), "0x08000000")
        refused(FAILED, r"0x08010000 is neither", "flash", "--sim", "bluepill", files.binary(), "0x0800f800")
    with Files(100, 0x60000000) as files:
        refused(FAILED, r"0x60000000 is neither in flash nor in RAM", "flash", "--sim", "bluepill", files.elf())


def containers_are_refused_by_name():
    with Files() as files:
        for name, data, why in (("a.zip", b"PK\3\4\x14\0\0\0", "zip archive.*unpack"),
                                ("a.gz", b"\x1f\x8b\x08\0\0\0\0\0", "gzip"), ("lib.a", b"!<arch>\n" + bytes(60), "library"),
                                ("main.c", b"int main(void)\n{\n}\n", "text.*ends in .bin")):
            refused(FAILED, why, "flash", "--sim", "bluepill", files.write(name, data), "0x08000000")


def two_hex_files_in_one_are_both_written():
    with Files(600) as boot, Files(500, FLASH + 0x4000) as app:
        with open(boot.hex(), "rb") as one, open(app.hex(), "rb") as two:
            both = boot.write("both.hex", one.read() + two.read())
        said = call("flash", "--sim", "bluepill", both, "--verify").said
        assert re.search(r"warning: .*both\.hex goes on behind the end record in line 40", said), said
        assert re.search(r"flash: 1\.0 KiB in", said) and "identical" in said, said


def a_uf2_file_says_where_it_belongs():
    with Files(512) as files:
        blocks = b"".join(struct.pack("<8I476sI", 0x0A324655, 0x9E5D5157, 0x2000, FLASH + at, 256, at // 256, 2, 0x5EE21072,
                                      files.data[at:at + 256], 0x0AB16F30) for at in (0, 256))
        uf2 = files.write("a.uf2", blocks)
        assert "identical" in call("flash", "--sim", "bluepill", uf2, "--verify").said
        refused(USAGE, "UF2 and says itself", "flash", "--sim", "bluepill", uf2, "0x08000000")


def what_is_too_large_is_said_with_its_size():
    with Files(87 * KIB) as files:
        for path, *address in ((files.elf(),), (files.binary(), "0x08000000")):
            refused(FAILED, "87 KiB do not fit: ends at 0x08015bff, flash ends at 0x0800ffff", "flash", "--sim", "bluepill",
                    path, *address)
    with Files(21 * KIB, RAM) as files:
        refused(FAILED, "21 KiB do not fit: ends at 0x200053ff, RAM ends at 0x20004fff", "flash", "--sim", "bluepill",
                files.elf())


def a_locked_board_is_explained():
    with Files() as files:
        refused(PROTECTED, r"(?i)protect.*erases", "flash", "--sim", "bluepill,locked", files.elf())
    refused(PROTECTED, r"0x08000000.*protected against reading", "read", "--sim", "bluepill,locked", "0x08000000", "1k",
            "/dev/null")


def a_lost_probe_is_told_with_the_state_of_the_flash():
    with Files(40 * KIB) as files:
        done = call("flash", "--sim", "bluepill,vanish=3000", files.elf(), expect=NO_PROBE)
        assert re.search(r"error: the simulated probe is unplugged; flash: 0x08000000-0x0800.* partly programmed\n"
                         r" +try: plug the probe in again and repeat the command\n", done.said), done.said


def ctrl_c_stops_between_pages():
    with Files(60 * KIB) as files:
        running = subprocess.Popen([PROBED, "flash", "--sim", "bluepill,realtime", "--speed", "200", files.elf()],
                                   stderr=subprocess.PIPE, stdin=subprocess.DEVNULL)
        said = b""
        while b"programming" not in said:
            chunk = os.read(running.stderr.fileno(), 4096)
            assert chunk, said
            said += chunk
        running.send_signal(signal.SIGINT)
        said = (said + running.stderr.read()).decode()
        assert running.wait(LIMIT) == FAILED, said
        running.stderr.close()
        assert re.search(r"error: interrupted; flash: 0x08000000-0x0800\w+ programmed", said), said
        assert "the same command again" in said, said


# --- read, erase, reset ---

def reading_gives_what_is_there():
    with Files() as files:
        path = files.path("read.bin")
        said = call("read", "--sim", "bluepill", "0x1ffff7e0", "2", path).said
        assert re.search(r"read: 2 bytes in .*/s\) to .*read\.bin", said), said
        with open(path, "rb") as file:
            assert file.read() == b"\x40\x00", "the flash size register"
        assert call("read", "--sim", "bluepill", "134217728", "1k", "-").stdout == BLANK * KIB
        assert call("read", "--sim", "bluepill", "0x0800F000", "0x1000", "-").stdout == BLANK * 4096


def a_failed_read_leaves_no_file():
    with Files() as files:
        path = files.path("read.bin")
        refused(FAILED, r"0x08010000.*not known to have memory there; probed info", "read", "--sim", "bluepill",
                "0x0800ff00", "1k", path)
        assert not os.path.exists(path)
        refused(FAILED, r"No such file", "read", "--sim", "bluepill", "0x08000000", "4", files.path("no/read.bin"))
    if os.path.exists("/dev/full"):
        refused(FAILED, r"/dev/full.*[Nn]o space", "read", "--sim", "bluepill", "0x08000000", "4", "/dev/full")


def erase_says_what_it_wipes():
    said = call("erase", "--sim").said
    assert re.search(r"erasing all flash, 0x08000000-0x0800ffff: 64 KiB in 64 sectors", said), said
    said = call("erase", "--sim", "bluepill", "0x08000401", "1k").said
    assert re.search(r"erasing 0x08000400-0x08000bff: 2 KiB in 2 sectors", said), said
    refused(FAILED, r"no flash at 0x20000000", "erase", "--sim", "bluepill", "0x20000000", "1k")
    said = call("erase", "--sim", "bluepill", "0x0800fc01", "1k", expect=FAILED).said
    assert "not all in flash" in said and "erasing" not in said, said


def reset_runs_or_halts():
    assert call("reset", "--sim", "bluepill,sleep").said == "reset: the core runs\n"
    said = call("reset", "--sim", "bluepill,sleep", "halt").said
    assert said == "reset: halted at 0x08000010, before the first instruction\n", said


def a_reset_without_a_program_is_no_run():
    refused(FAILED, r"no program runs: the core is locked up: the vectors at 0x08000000 read 0xffffffff", "reset", "--sim")
    refused(FAILED, r"no program runs: the core is locked up: the flash is read-protected", "reset", "--sim",
            "bluepill,locked")
    said = call("reset", "--sim", "bluepill", "halt").said
    assert re.search(r"halted at 0xfffffffe, .*: the vectors at 0x08000000 read 0xffffffff", said), said


def what_keeps_a_program_from_running_is_named():
    rows = [(program(FLASH + 0x2000), FLASH + 0x2000, r"the program begins at 0x08002000 and needs its boot loader"),
            (program(FLASH + 0x10000 - 0x3000), FLASH + 0xD000, r"read 0xffffffff: the flash is empty, or its program begins elsewhere"),
            (program(reset=0x08012345), FLASH, r"0x08012344 is behind the end of the flash: is the program made for a larger chip\?"),
            (program(reset=0x08000008), FLASH, r"bit 0 of a reset vector has to be set"),
            (program(reset=0x08005001), FLASH, r"the flash at 0x08005000 is erased"),
            (program(reset=0x40021001), FLASH, r"there is no code at 0x40021000"),
            (bytes(range(1, 200)), FLASH, r"the vectors at 0x08000000 are 0x04030201 \(stack\), 0x08070605 \(reset\)")]
    for data, address, reason in rows:
        with Files(address=address, data=data) as files:
            done = call("flash", "--sim", "bluepill", files.elf(), "--reset", expect=FAILED)
            assert "programmed, checked" in done.said and "the core runs" not in done.said, done.said
            assert re.search(r"error: reset, but no program runs: the core is locked up: .*" + reason, done.said), done.said


def a_stack_outside_of_a_copys_ram_is_looked_at_again():
    """A copy may have more RAM than ST's chip: its file is taken, and what came of it seen behind the reset."""
    copy, said = "bluepill,clone=apm32", r"the stack begins at 0x2000ff00, but RAM ends at 0x20004fff: .*larger"
    with Files(data=program(stack=0x2000FF00, code=b"\x00\xb5\xfe\xe7")) as files:
        done = call("flash", "--sim", copy, files.elf(), "--reset", expect=FAILED)
        assert re.search("warning: the file's vectors at 0x08000000: " + said, done.said), done.said
        assert re.search("error: reset, but no program runs: the core is locked up: .*" + said, done.said), done.said
    with Files(data=program(stack=0x2000FF00)) as files:  # it uses none
        refused(FAILED, said + r" chip\? Nothing was written", "flash", "--sim", "bluepill", files.elf(), "--reset")
        told = call("flash", "--sim", copy, files.elf(), "--reset").said
        assert re.search("warning: the core runs, but .*RAM ends at 0x20004fff", told) and "reset: the core runs" in told, told


def a_program_that_faults_at_once_is_told_of():
    """udf; HardFault's vector leads to `b .` behind it."""
    data = struct.pack("<IIII", 0x20005000, FLASH + 0x11, 0, FLASH + 0x13) + b"\x00\xde\xfe\xe7"
    with Files(data=data) as files:
        said = call("flash", "--sim", "bluepill", files.elf(), "--reset").said
        assert re.search("warning: the program stopped at once: HardFault: undefined instruction.*0x08000010", said), said
        assert "reset: the core runs" in said, "its own handler does"


# --- words ---

def wrong_words_get_one_clear_line():
    refused(USAGE, r"'flsh'; did you mean probed flash\?", "flsh")
    refused(USAGE, r"'--verfy'; did you mean --verify\?", "flash", "--sim", "bluepill", "x.elf", "--verfy")
    refused(USAGE, r"'--sped'; did you mean --speed\?", "flash", "--sim", "bluepill", "x.elf", "--sped")
    refused(USAGE, r"--verify is not for probed reset; see probed reset --help", "reset", "--verify")
    refused(USAGE, r"--gdb is for serving gdb", "flash", "--gdb", "0")
    refused(USAGE, r"usage: probed flash FILE", "flash", "--sim")
    refused(USAGE, r"'b' is no address, and no file", "flash", "a", "b", "c")
    refused(USAGE, r"usage: probed read", "read", "0", "1")
    refused(USAGE, r"usage: probed list; probed list --help", "list", "all")
    refused(USAGE, r"redpill.*bluepill", "info", "--sim", "redpill")
    refused(USAGE, r"redpill.*bluepill", "list", "--sim", "redpill")
    refused(USAGE, r"--sim and --probe", "info", "--sim", "--probe", "x")
    refused(USAGE, r"--speed", "info", "--sim", "--speed", "fast")
    refused(USAGE, r"an address needs a length", "erase", "--sim", "bluepill", "0x08000000")
    refused(USAGE, r"probed reset halt", "reset", "--sim", "bluepill", "stop")
    for length in ("0", "1x", "k", "0x", "", "5000M", "99999999999999999999"):
        refused(USAGE, r"length", "read", "--sim", "bluepill", "0x08000000", length, "/dev/null")
    refused(USAGE, r"unknown option '-1'", "read", "--sim", "bluepill", "0x08000000", "-1", "/dev/null")
    refused(USAGE, r"past the last address", "read", "--sim", "bluepill", "0xfffffff0", "17", "/dev/null")


def help_teaches():
    main = call("--help").text
    for name in ("list", "info", "doctor", "flash", "read", "erase", "reset"):
        assert re.search(rf"^  {name}\b", main, re.M), name
        text = call(name, "--help").text
        assert f"probed {name}" in text and "--probe" in text and "--connect" in text, text
    text = call("flash", "--help").text
    for word in ("--erase", "--verify", "--reset", "0x08000000", "Intel HEX", "Ctrl-C"):
        assert word in text, word


def common_options_work():
    with Files() as files:
        wire = files.path("wire")
        call("info", "--sim", "bluepill", "--speed", "1000", "--connect", "normal", "--log", "debug", "--wire-log", wire)
        assert os.path.getsize(wire) > 100
    refused(FAILED, r"/nonexistent/file", "reset", "--sim", "bluepill", "--wire-log", "/nonexistent/file")
    refused(NO_PROBE, r"no debug probe found", "info", "--probe", "no-such-serial")


run_tests([list_shows_the_simulated_board_when_asked, list_without_probes_says_what_to_try, info_tells_a_reset_loop_by_its_cause,
           json_says_what_is_wrong, words_in_any_order,
           info_lists_every_option_byte, a_uf2_file_says_what_it_is_for,
           info_tells_what_the_chip_is, info_is_json_too, info_without_a_target_still_tells_of_the_probe,
           info_resets_only_when_it_may, a_program_that_switches_swd_off_can_be_replaced, warnings_are_told, every_format_is_programmed_and_read_back,
           progress_is_whole_lines_away_from_a_terminal, progress_is_one_line_on_a_terminal,
           a_ram_program_is_written_to_ram, wrong_files_are_refused,
           containers_are_refused_by_name, two_hex_files_in_one_are_both_written, a_uf2_file_says_where_it_belongs,
           what_is_too_large_is_said_with_its_size,
           a_locked_board_is_explained, a_lost_probe_is_told_with_the_state_of_the_flash, ctrl_c_stops_between_pages,
           reading_gives_what_is_there, a_failed_read_leaves_no_file, erase_says_what_it_wipes, reset_runs_or_halts,
           a_reset_without_a_program_is_no_run, what_keeps_a_program_from_running_is_named,
           a_stack_outside_of_a_copys_ram_is_looked_at_again, a_program_that_faults_at_once_is_told_of,
           wrong_words_get_one_clear_line, help_teaches, common_options_work])
