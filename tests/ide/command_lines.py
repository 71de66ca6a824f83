# SPDX-License-Identifier: MIT
"""The stand-ins' command lines beyond what the clients' scripts send: what warns, what is refused, what ends when."""

import os
import re
import subprocess

from mi import ENVIRONMENT, FOLDER, LIMIT, PROBED, Server, program, run_tests

OFF = ["-c", "gdb_port 0; tcl_port disabled; telnet_port disabled"]


def call(name, *words, sim="bluepill"):
    done = subprocess.run([program(name), *words], capture_output=True, text=True, timeout=LIMIT, stdin=subprocess.DEVNULL,
                          env=dict(ENVIRONMENT, PROBED_SIM=sim))
    return done.returncode, done.stdout, done.stderr


def refused(pattern, name, *words):
    code, _, said = call(name, *words)
    assert code == 1 and re.search(pattern, said), (name, words, code, said)
    assert len(said.strip().splitlines()) == 1, said


def what_is_not_here_is_refused_in_one_line():
    tcl = os.path.join(FOLDER, "tcl.cfg")
    with open(tcl, "w") as file:
        file.write("# mine\nadapter speed 100\nproc init_board {} {\n  halt\n}\n")
    refused(r"tcl.cfg:3: 'proc'.*target/stm32f1x.cfg", "openocd", "-f", tcl)
    refused(r"interface/jlink.cfg.*interface/stlink.cfg", "openocd", "-f", "interface/jlink.cfg")
    refused(r"target/nrf52.cfg.*STM32", "openocd", "-f", "target/nrf52.cfg")
    refused(r"/not/there.cfg.*No such file", "openocd", "-f", "/not/there.cfg")
    refused(r"openocd.*: Is a directory", "openocd", "-f", FOLDER)
    refused(r"JTAG", "openocd", "-c", "transport select jtag")
    refused(r"gdb_port.*frog", "openocd", "-c", "gdb_port frog")
    refused(r"not closed", "openocd", "-c", 'echo "x')
    refused(r"gdbserver.*'erase'", "pyocd", "erase", "--chip")
    refused(r"probed list", "ST-LINK_gdbserver", "-q")
    refused(r"-p needs a value", "ST-LINK_gdbserver", "-p")
    refused(r"--frequency.*soon", "ST-LINK_gdbserver", "--frequency", "soon")


def what_is_unknown_warns_and_goes_on():
    with Server([program("st-util"), "-p", "0", "--frob", "-Z", "word"]) as server:
        server.wait_for(r"Listening at \*:\d+\.\.\.\n")
        assert server.stop() == 0
        said = server.text["stderr"]
        for word in ("--frob", "-Z", "word"):
            assert re.search(rf"warning: .*{word}.*ignored", said), said


def a_failing_command_ends_openocd():
    code, _, said = call("openocd", *OFF, "-c", "init", "-c", "mww 0x1 2; frobnicate")
    assert code == 1 and "Listening" not in said, said


def what_has_no_effect_is_said():
    for name, words, warned in (("pyocd", ["gdbserver", "-T", "4444"], "-T: .*gdb's console"),
                                ("pyocd", ["gdbserver", "-R", "5555"], "-R: .*not lent"),
                                ("pyocd", ["gdbserver", "-O", "frob=1"], "-O frob=1: no effect"),
                                ("pyocd", ["gdbserver", "-e", "chip"], "-e chip: .*probed erase"),
                                ("pyocd", ["gdbserver", "--core", "1"], "--core 1: .*found by itself"),
                                ("pyocd", ["gdbserver", "-t", "stm32l475xg"], "stm32l475xg was named, but"),
                                ("ST-LINK_gdbserver", ["-m", "3"], "-m 3: .*found by itself"),
                                ("openocd", ["-l", "/tmp/x"], "-l: the log goes to standard error")):
        port = ["-c", "gdb_port 0; telnet_port disabled; tcl_port disabled"] if name == "openocd" else ["-p", "0"]
        with Server([program(name), *words, *port]) as server:
            server.wait_for(r"(?i)waiting for debugger|listening on port \d+")
            assert server.stop() == 0
            said = server.text["stderr"]
            assert re.search("warning: .*" + warned, said), (name, words, said)


def help_of_the_stand_ins():
    for name in ("st-util", "ST-LINK_gdbserver", "openocd", "pyocd"):
        code, out, _ = call(name, "--help")
        lines = out.splitlines()
        assert code == 0 and all(len(line) <= 80 for line in lines), [line for line in lines if len(line) > 80]
        for at, line in enumerate(lines):
            if line.startswith("  -"):  # beside it or below it stands what it does
                assert re.search(r"\S {2,}\S", line) or lines[at + 1].startswith(" " * 10), line


def messages_have_the_short_name():
    for words in (["-p", "x"], ["--frob", "-p", "x"]):
        _, _, said = call("st-util", *words)
        assert all(line.startswith("probed as st-util: ") for line in said.splitlines()), said


def what_openocd_is_told_of_the_chip():
    """It is asked, and what was said otherwise is not dropped in silence."""
    end = [*OFF, "-c", "shutdown"]
    code, _, said = call("openocd", "-f", "interface/stlink.cfg", "-f", "target/stm32f1x.cfg", *end)
    assert code == 0 and "warning" not in said, said
    for words, warned in ((["-f", "target/stm32f4x.cfg"], r"target/stm32f4x.cfg was named, but .*STM32F101/F102/F103"),
                          (["-f", "board/st_nucleo_l476rg.cfg"], r"st_nucleo_l476rg.cfg was named, but .*STM32F10"),
                          (["-c", "source [find target/stm32h7x.cfg]"], r"target/stm32h7x.cfg was named, but "),
                          (["-c", "set FLASH_SIZE 0x20000", "-f", "target/stm32f1x.cfg"], "FLASH_SIZE has no effect"),
                          (["-c", "set CPUTAPID 0x2ba01477", "-f", "target/stm32f1x.cfg"], "CPUTAPID has no effect"),
                          (["-c", "noinit"], "noinit: .*connected all the same")):
        code, _, said = call("openocd", *words, *end)
        assert code == 0 and re.search("warning: .*" + warned, said), (words, said)


def openocd_tcl_is_refused():
    for command in ("$_TARGETNAME mww 0x20000000 1", "mww $x 1", "mdw [expr 4]", "set x 1", "[target current] halt"):
        refused("Tcl", "openocd", *OFF, "-c", "init", "-c", command, "-c", "shutdown")
        config = os.path.join(FOLDER, "words.cfg")
        with open(config, "w") as file:
            file.write(f"# first\n{command}\n")
        refused(r"words.cfg:2: .*Tcl", "openocd", *OFF, "-f", config, "-c", "shutdown")
        with open(config.replace(".cfg", ".probed"), "w") as file:
            file.write(f"# first\n{command}\nshutdown\n")
        for words in (["-f", file.name], ["-c", command, "-c", "shutdown"]):
            done = subprocess.run([PROBED, "--sim", "bluepill", "--gdb", "off", "--telnet", "off", *words], text=True,
                                  capture_output=True, timeout=LIMIT, stdin=subprocess.DEVNULL)
            assert done.returncode == 1 and "is Tcl, which is not here" in done.stderr, (words, done)


def files_that_name_files():
    inner, outer = os.path.join(FOLDER, "inner.cfg"), os.path.join(FOLDER, "outer.cfg")
    with open(inner, "w") as file:
        file.write("transport select hla_swd ;# comment\nsource [find target/stm32f1x.cfg]\n")
    with open(outer, "w") as file:
        file.write("source [find inner.cfg]\nset WORKAREASIZE 0x2000\ninit\necho {from the file}\nshutdown\n")
    code, out, said = call("openocd", *OFF, "-s", FOLDER, "-f", outer)
    assert code == 0 and "from the file" in said and out == "", (code, said)
    with open(inner, "w") as file:
        file.write(f"source {inner}\n")
    refused(r"too deep", "openocd", *OFF, "-f", inner)


def without_a_target_they_end():
    code, out, _ = call("ST-LINK_gdbserver", "-p", "0", "-cp", "/x", sim="bluepill,noack")
    assert code == 1 and "Error in initializing ST-LINK device." in out, out
    code, out, said = call("st-util", "-p", "0", sim="bluepill,noack")
    assert code == 1 and "Listening" not in out + said, said
    code, out, said = call("openocd", *OFF, sim="bluepill,noack")
    assert code == 1 and "Listening" not in out + said, said


def a_port_in_use_is_said():
    with Server([program("st-util"), "-p", "0"]) as server:
        port = server.wait_for(r"Listening at \*:(\d+)").group(1)
        code, _, said = call("st-util", "-p", port)
        assert code == 1 and re.search(rf"{port}.*in use", said), said


def command_files():
    def run(text, *more):
        path = os.path.join(FOLDER, "x.probed")
        with open(path, "w") as file:
            file.write(text)
        done = subprocess.run([PROBED, "--sim", "bluepill", "--gdb", "0", "--telnet", "off", "-f", path, *more], text=True,
                              capture_output=True, timeout=LIMIT, stdin=subprocess.DEVNULL)
        return done.returncode, done.stderr

    code, said = run("# comment\nreset halt\n  # another\n\nmww 0x20000000 7; mdw 0x20000000\nshutdown\necho never\n")
    assert code == 0 and "0x20000000: 00000007" in said and "never" not in said, (code, said)
    code, said = run("halt\nfrobnicate\necho never\n")
    assert code == 1 and re.search(r"x.probed.*2.*frobnicate", said) and "never" not in said, (code, said)
    code, said = run("echo one\n", "-c", "echo two", "-c", "shutdown")
    assert code == 0 and said.index("one") < said.index("two"), said
    code, said = run("", "-f", "/not/there.probed")
    assert code == 1 and "/not/there.probed: No such file" in said, said


def names():
    done = subprocess.run([PROBED, "--as", "gdbserver"], capture_output=True, text=True, timeout=LIMIT)
    assert done.returncode == 2 and "st-util" in done.stderr and "openocd" in done.stderr, done.stderr
    for name in ("st-util", "ST-LINK_gdbserver", "openocd", "pyocd"):
        code, out, said = call(name, "--version")
        assert code == 0 and f"probed" in out + said and f"as {name}" in out + said, (out, said)
        code, out, _ = call(name, "--help")
        assert code == 0 and "PROBED_SIM" in out, out
    done = subprocess.run([PROBED, "--as", "st-util", "--version"], capture_output=True, text=True, timeout=LIMIT)
    assert "as st-util" in done.stdout, done.stdout


run_tests([what_is_not_here_is_refused_in_one_line, what_is_unknown_warns_and_goes_on, a_failing_command_ends_openocd,
           what_openocd_is_told_of_the_chip, openocd_tcl_is_refused, what_has_no_effect_is_said, help_of_the_stand_ins,
           messages_have_the_short_name, files_that_name_files, without_a_target_they_end, a_port_in_use_is_said, command_files, names])
