# SPDX-License-Identifier: MIT
"""A chip that no table has, programmed and debugged by a CMSIS-Pack: packs good and bad, as files and as folders.

pack.py PROBED FIRMWARE.elf FOLDER_OF_FLM_FILES"""
import json
import os
import re
import struct
import subprocess
import sys
import tempfile
import zipfile

from daemon import LIMIT, Daemon, run_tests

PROBED, FIRMWARE, ALGORITHMS = sys.argv[1], sys.argv[2], os.path.abspath(sys.argv[3])
FOREIGN = ("--sim", "bluepill,clone=foreign")
FLASH, FAILED, USAGE = 0x08000000, 1, 2
MEMORIES = """<memory id="IROM1" start="0x08000000" size="0x10000" startup="1" default="1"/>
<memory name="SRAM" access="rwx" start="0x20000000" size="0x5000" default="1"/>"""
ALGORITHM = r'<algorithm name="Flash\good.FLM" start="0x08000000" size="0x10000" default="1"/>'


def call(*words, expect=0):
    done = subprocess.run([PROBED, *words], capture_output=True, timeout=LIMIT, stdin=subprocess.DEVNULL, text=True)
    assert done.returncode == expect, (words, done.returncode, done.stdout, done.stderr)
    return done


def flash(*words, expect=0):
    """A program, stack and reset vector first, and some bytes."""
    code = struct.pack("<II", 0x20005000, FLASH + 9) + b"\xfe\xe7" + bytes(i * 7 & 255 for i in range(3000))
    with tempfile.NamedTemporaryFile(suffix=".bin") as file:
        file.write(code)
        file.flush()
        return call("flash", *words, file.name, hex(FLASH), expect=expect).stderr


def description(inside=MEMORIES + ALGORITHM, around=""):
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<package schemaVersion="1.7"><vendor>Tests</vendor><name>Foreign_DFP</name><devices>
<family Dfamily="Foreign Series" Dvendor="Tests:99">{around}<subFamily DsubFamily="FX103">
<device Dname="FX103C4"><memory id="IROM1" start="0x08000000" size="16384"/>
<algorithm name="Flash/good.FLM" start="0x08000000" size="0x4000" default="1"/></device>
<device Dname="FX103C8">{inside}<variant Dvariant="FX103C8Tx"/></device>
</subFamily></family></devices></package>"""


class Pack:
    """A pack in a folder of its own, zipped unless `zipped` is false."""

    def __init__(self, pdsc=None, algorithms=("good",), files=(), zipped=True, names=("Tests.Foreign_DFP.pdsc",)):
        self.folder = tempfile.TemporaryDirectory(prefix="probed-pack-")
        contents = {name: (pdsc or description()).encode() for name in names}
        for name in algorithms:
            with open(os.path.join(ALGORITHMS, name + ".FLM"), "rb") as file:
                contents[f"Flash/{name}.FLM"] = file.read()
        contents.update(files)
        self.path = os.path.join(self.folder.name, "foreign.pack" if zipped else "unpacked")
        (self.zip if zipped else self.unpack)(contents)

    def zip(self, contents):
        with zipfile.ZipFile(self.path, "w", zipfile.ZIP_DEFLATED) as pack:
            for name, data in contents.items():
                pack.writestr(name, data)

    def unpack(self, contents):
        for name, data in contents.items():
            path = os.path.join(self.path, name)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "wb") as file:
                file.write(data)

    def words(self, chip="FX103C8"):
        return ("--pack", self.path, *(("--chip", chip) if chip else ()))


def info(*words):
    return json.loads(call("info", "--json", *FOREIGN, *words).stdout)["target"]


def of_pack(pack, *chip):
    return info(*pack.words(*chip))


# --- what works ---


def test_without_a_pack_it_says_what_would_help():
    said = flash(*FOREIGN, expect=FAILED)
    assert "not known" in said and "--pack FILE.pack --chip NAME" in said, said
    assert "--pack" in info()["warning"]


def test_a_pack_programs_a_chip_that_is_not_known():
    for zipped in (True, False):
        pack = Pack(zipped=zipped)
        assert "checked" in flash(*FOREIGN, *pack.words())


def test_the_chip_is_as_the_pack_says():
    facts = of_pack(Pack())
    assert facts["chip"] == "FX103C8" and facts["flash_bytes"] == 0x10000 and facts["ram_bytes"] == 0x5000, facts
    assert not facts.get("warning"), facts
    facts = of_pack(Pack(), "fx103c4")
    assert facts["chip"] == "FX103C4" and facts["flash_bytes"] == 0x4000, facts


def test_what_is_printed_on_the_chip_is_its_name():
    assert of_pack(Pack(), "FX103C8T6")["chip"] == "FX103C8Tx"


def test_what_is_said_further_outside_counts_unless_it_is_said_again():
    around = '<memory name="SRAM" access="rwx" start="0x20000000" size="0x1000"/>' + ALGORITHM
    flash = '<memory id="IROM1" start="0x08000000" size="0x10000"/>'
    assert of_pack(Pack(description(flash, around)))["ram_bytes"] == 0x1000
    assert of_pack(Pack(description(MEMORIES, around)))["ram_bytes"] == 0x5000


def test_an_algorithm_alone_needs_to_know_the_ram():
    flm = os.path.join(ALGORITHMS, "good.FLM")
    facts = info("--pack", flm, "--chip-ram", "0x20000000:20K")
    assert facts["flash_bytes"] == 0x10000 and facts["ram_bytes"] == 0x5000, facts
    assert "checked" in flash(*FOREIGN, "--pack", flm, "--chip-ram", "0x20000000:20K")


def test_gdb_loads_and_stops_at_main():
    script = ["set confirm off", "load", "monitor reset halt", "tbreak main", "continue", "info symbol $pc",
              "compare-sections", "info mem"]
    pack = Pack()
    with Daemon(PROBED, *FOREIGN, *pack.words(), "--gdb", "0").start() as daemon:
        done = subprocess.run(
            ["gdb-multiarch", "-q", "-nx", "-batch", "-ex", f"target extended-remote localhost:{daemon.port}",
             *(word for line in script for word in ("-ex", line)), FIRMWARE], capture_output=True, text=True,
            timeout=LIMIT, stdin=subprocess.DEVNULL)
    assert re.search(r"^main in section", done.stdout, re.MULTILINE), done.stdout + done.stderr
    assert "matched" in done.stdout and "MIS-MATCHED" not in done.stdout, done.stdout
    assert re.search(r"0x0*8000000\s+0x0*8010000\s+flash blocksize 0x400", done.stdout), done.stdout


def test_a_pack_may_be_used_for_a_chip_that_is_known():
    pack = Pack()
    assert "checked" in flash("--sim", "bluepill", *pack.words())


# --- what is refused, and in which words ---


def refused(code, pattern, *words):
    """One clear line, and nothing on standard output."""
    done = call("info", *words, expect=code)
    errors = [line for line in done.stderr.splitlines() if line.startswith("probed: error: ")]
    assert len(errors) == 1 and re.search(pattern, errors[0]), (words, done.stderr)
    assert not done.stdout, done.stdout


def bad(pattern, pack, *words, code=FAILED):
    refused(code, pattern, *FOREIGN, *(words or pack.words()))


def test_a_chip_that_the_pack_has_not():
    pack = Pack()
    bad("has no chip FX104; alike are FX103C4, FX103C8", pack, *pack.words("FX104"), code=USAGE)


def test_no_chip_named():
    pack = Pack()
    bad("which chip of the pack.*there are 3: FX103C4", pack, *pack.words(None), code=USAGE)


def test_no_pack_named():
    refused(USAGE, "--chip says something of a pack: which", *FOREIGN, "--chip", "FX103C8")


def test_no_zip_file():
    bad("cannot be opened as a CMSIS-Pack", None, "--pack", FIRMWARE, "--chip", "X")
    bad("No such file", None, "--pack", "/nowhere.pack", "--chip", "X")


def test_no_description_or_several():
    bad("has no description", Pack(names=()))
    bad("several descriptions", Pack(names=("a.pdsc", "b.pdsc")))


def test_broken_xml():
    bad("line 1: no description of a CMSIS-Pack", Pack("<package><devices>"))


def test_numbers_beyond_32_bits():
    bad("no number of 32 bits: 0x108000000", Pack(description(MEMORIES.replace("0x0800", "0x10800"))))


def test_memory_that_passes_the_end():
    bad("passes the end of the address space", Pack(description(MEMORIES.replace("0x5000", "0xF0000000"))))


def test_memory_among_peripherals():
    bad("reaches into peripherals", Pack(description(MEMORIES.replace('"0x20000000"', '"0xE0000000"'))))


def strays(name):
    """As an algorithm does that is not made for this chip, on an empty one."""
    pack = Pack(description(MEMORIES + ALGORITHM.replace("good", name)), algorithms=(name,))
    return flash(*FOREIGN, *pack.words(), expect=FAILED)


def test_one_that_goes_astray():
    said = strays("strays")
    assert "ProgramPage for 0x08000000 did not return" in said, said


def test_one_that_needs_more_stack():
    said = strays("deep")
    assert "needs a larger stack" in said, said


def test_an_algorithm_that_is_missing():
    bad(r"has no file Flash/good\.FLM", Pack(algorithms=()))


def test_paths_that_climb():
    for path in ("../good.FLM", "/etc/passwd", r"..\..\good.FLM", "C:/good.FLM", "Flash/../../x"):
        bad("not inside of it", Pack(description(MEMORIES + ALGORITHM.replace(r"Flash\good.FLM", path))))


def test_links_that_lead_out():
    pack = Pack(zipped=False, algorithms=())
    os.makedirs(os.path.join(pack.path, "Flash"), exist_ok=True)
    os.symlink(os.path.join(ALGORITHMS, "good.FLM"), os.path.join(pack.path, "Flash", "good.FLM"))
    bad("unpacked/Flash/good.FLM: Invalid cross-device link", pack)


def test_zip_bombs():
    bad("more than 32 MiB", Pack(algorithms=(), files={"Flash/good.FLM": bytes(64 << 20)}))


def test_algorithms_that_overlap():
    twice = ALGORITHM + ALGORITHM.replace("0x08000000", "0x08008000")
    bad("overlap at 0x0800", Pack(description(MEMORIES + twice)))


def test_algorithms_that_lie():
    bad("table of sectors has no end",
        Pack(description(MEMORIES + ALGORITHM.replace("good", "endless_table")), algorithms=("endless_table",)))
    bad("not an ELF file", Pack(algorithms=(), files={"Flash/good.FLM": b"\x7fELF" + bytes(100)}))


def test_no_ram_at_all():
    pack = Pack(description('<memory id="IROM1" start="0x08000000" size="0x10000"/>' + ALGORITHM))
    assert "checked" in flash(*FOREIGN, *pack.words())  # where the architecture has it


def test_external_loaders_of_sts_are_refused_by_name():
    bad(r"\.stldr.*external loader of ST", None, "--pack", os.path.join(ALGORITHMS, "st_loader.stldr"))


run_tests([test for name, test in list(globals().items()) if name.startswith("test_")])
