# SPDX-License-Identifier: MIT
"""The protocol itself, by a raw client: what gdb would never send, and what it relies on.

wire_protocol.py PROBED"""
import sys

from daemon import Client, Daemon, run_tests

daemon = Daemon(sys.argv[1], "--sim", "bluepill", "--gdb", "0").start()


def client(**options):
    return Client(daemon.port, **options)


def is_error(reply):
    return reply[:1] == b"E" and (len(reply) == 3 or reply[1:2] == b".")


def supported_features_are_offered():
    with client(no_ack=False) as c:
        reply = c.ask("qSupported:multiprocess+;swbreak+;hwbreak+;xmlRegisters=i386;nonsense+;x=1").decode()
        features = reply.split(";")
        for name in ("qXfer:features:read+", "qXfer:memory-map:read+", "qXfer:threads:read+",
                     "QStartNoAckMode+", "vContSupported+", "swbreak+", "hwbreak+"):
            assert name in features, (name, reply)
        size = [f for f in features if f.startswith("PacketSize=")]
        assert int(size[0][11:], 16) >= 0x1000
        assert "multiprocess+" not in features


def unknown_packets_get_the_empty_reply():
    with client() as c:
        for packet in ("vMustReplyEmpty", "vUnknown", "qNonsense", "QNonsense:1", "y", "qTStatus", "vFile:open:"):
            assert c.ask(packet) == b"", packet


def bad_checksum_is_refused_and_the_resent_packet_taken():
    with client(no_ack=False) as c:
        c.ask("qSupported:")
        c.send_raw(b"$qC#00")
        assert c._byte() == b"-"
        assert c.ask("qC").startswith(b"QC")


def nack_gets_the_last_reply_again():
    with client(no_ack=False) as c:
        first = c.ask("qC")
        c.send_raw(b"-")
        assert c.receive() == first


def packets_may_be_split_anywhere():
    with client() as c:
        packet = b"$m20000000,4#%02x" % (sum(b"m20000000,4") & 255)
        whole = c.ask("m20000000,4")
        for at in range(1, len(packet)):
            c.send_raw(packet[:at])
            c.send_raw(packet[at:])
            assert c.receive() == whole, at


def several_packets_in_one_segment():
    with client() as c:
        packet = b"$qC#%02x" % (sum(b"qC") & 255)
        c.send_raw(packet * 20)
        for _ in range(20):
            assert c.receive().startswith(b"QC")


def malformed_arguments_are_errors():
    with client() as c:
        c.ask("?")
        for packet in ("m", "m,", "m20000000", "mxyz,4", "m20000000,", "m20000000,4,5", "m20000000,-4",
                       "m123456789,4", "M20000000,4:12", "M20000000,4", "M20000000,2:zzzz", "M,:", "X20000000", "X,",
                       "P0=123", "P0", "P=1", "Pff=00000000", "p", "pzz", "pff", "G", "G12", "Gzzzzzzzz",
                       "Z", "Z0", "Z0,", "Z0,8000000", "Z1,zz,2", "Z1,8000000,99", "Z2,20000000,0",
                       "vCont;", "vCont;x", "vCont;s:zz", "vCont;r8000000", "vCont;r8000000,",
                       "vFlashErase:", "vFlashErase:8000000", "vFlashWrite:", "vFlashErase:zz,1",
                       "qCRC:", "qCRC:0", "qSearch:memory:", "qSearch:memory:20000000;0;", "qRcmd,1", "qRcmd,zz",
                       "qXfer:features:read:target.xml:", "qXfer:features:read:target.xml:0",
                       "qXfer:features:read:other.xml:0,100", "Tzz"):
            assert is_error(c.ask(packet)), (packet, c)
        assert c.ask("qC").startswith(b"QC")


def lengths_are_bounded():
    with client() as c:
        c.ask("?")
        assert len(c.ask("m20000000,6400000")) == 0x4000, "as much as a packet holds"
        assert is_error(c.ask("m20000000,ffffffff")), "an address that wraps"
        assert is_error(c.ask("mfffffffe,8")), "an address that wraps"
        assert is_error(c.ask("Mfffffffe,8:0011223344556677"))


def oversized_packet_is_an_error_and_the_next_one_works():
    with client() as c:
        c.send("m" + "0" * 100000 + "20000000,4")
        assert is_error(c.receive())
        assert c.ask("qC").startswith(b"QC")


def endless_packet_grows_nothing():
    before = memory_of(daemon.process.pid)
    with client() as c:
        c.send_raw(b"$")
        for _ in range(500):
            c.send_raw(b"m" * 20000)
        c.send_raw(b"#00")
    assert memory_of(daemon.process.pid) - before < 8 << 20
    with client() as c:
        assert c.ask("qC").startswith(b"QC")


def memory_of(pid):
    with open(f"/proc/{pid}/statm") as statm:
        return int(statm.read().split()[1]) * 4096


def registers_are_checked():
    with client() as c:
        c.ask("?")
        registers = c.ask("g")
        assert len(registers) % 2 == 0
        assert is_error(c.ask(b"G" + registers[:-2]))
        others = b"11223344" * 4 + registers[32:]
        assert others != registers and c.ask(b"G" + others) == b"OK"
        assert c.ask("g") == others
        assert c.ask(b"G" + registers) == b"OK" and c.ask("g") == registers


def unreadable_memory_is_never_zeros():
    with client() as c:
        c.ask("?")
        assert is_error(c.ask("m60000000,4"))
        assert is_error(c.ask("x60000000,4"))
        assert len(c.ask("m20004ffc,10")) == 8, "the readable prefix"


def binary_reads_and_writes():
    with client() as c:
        c.ask("?")
        data = bytes(range(256))
        escaped = b"".join(bytes([0x7D, b ^ 0x20]) if b in b"#$}*" else bytes([b]) for b in data)
        assert c.ask(b"X20000100,100:" + escaped) == b"OK"
        assert c.ask("m20000100,100") == data.hex().encode()
        reply = c.ask("x20000100,100")
        assert reply[:1] == b"b"
        plain, index = b"", 1
        while index < len(reply):
            if reply[index] == 0x7D:
                index += 1
                plain += bytes([reply[index] ^ 0x20])
            else:
                plain += reply[index:index + 1]
            index += 1
        assert plain == data
        assert is_error(c.ask(b"X20000100,4:abc")), "fewer bytes than announced"
        assert c.ask(b"X20000100,0:") == b"OK"


def xfer_windows_are_exact():
    with client() as c:
        whole = read_xfer(c, "features:read:target.xml", 0x1000)
        for size in (1, 7, 100, 0xFFF):
            assert read_xfer(c, "features:read:target.xml", size) == whole
        assert c.ask(f"qXfer:features:read:target.xml:{len(whole):x},10") == b"l"
        assert is_error(c.ask(f"qXfer:features:read:target.xml:{len(whole) + 1:x},10"))
        assert b"<memory-map>" in read_xfer(c, "memory-map:read:", 0x1000)
        assert b"<thread " in read_xfer(c, "threads:read:", 0x1000)


def read_xfer(c, what, size):
    data = b""
    while True:
        reply = c.ask(f"qXfer:{what}:{len(data):x},{size:x}")
        assert reply[:1] in (b"l", b"m"), reply
        data += reply[1:].replace(b"}\x03", b"#").replace(b"}\x04", b"$").replace(b"}]", b"}").replace(b"}\n", b"*")
        if reply[:1] == b"l":
            return data


def crc_is_gdbs():
    with client() as c:
        c.ask("?")
        c.ask("M20000000,40:" + "08000000" + "080000df" * 4 + "00" * 44)
        data = bytes.fromhex("08000000" + "080000df" * 4 + "00" * 44)
        crc = 0xFFFFFFFF
        for byte in data:
            crc ^= byte << 24
            for _ in range(8):
                crc = (crc << 1 ^ (0x04C11DB7 if crc & 1 << 31 else 0)) & 0xFFFFFFFF
        assert c.ask("qCRC:20000000,40") == b"C%08x" % crc
        assert is_error(c.ask("qCRC:60000000,4"))


def search_memory():
    with client() as c:
        c.ask("?")
        c.ask("M20000100,200:" + "00" * 0x200)
        c.ask("M20000200,8:0102030405060708")
        assert c.ask(b"qSearch:memory:20000100;400;\x05\x06\x07") == b"1,20000204"
        assert c.ask(b"qSearch:memory:20000200;6;\x07\x08") == b"0"


def flash_outside_flash_is_a_memory_type_error():
    with client() as c:
        c.ask("?")
        reply = c.ask("vFlashErase:20000000,400")
        assert is_error(reply), reply
        c.ask("vFlashErase:08000000,00000400")
        assert c.ask(b"vFlashWrite:20000000:abcd") == b"E.memtype"


def watch_kinds_beyond_the_comparators():
    with client() as c:
        c.ask("?")
        for number in range(4):
            assert c.ask(f"Z2,{0x20000000 + 4 * number:x},4") == b"OK"
        assert is_error(c.ask("Z2,20000100,4"))
        for number in range(4):
            assert c.ask(f"z2,{0x20000000 + 4 * number:x},4") == b"OK"
        assert c.ask("Z2,20000100,4") == b"OK"
        assert c.ask("z2,20000100,4") == b"OK"
        assert c.ask("Z5,20000100,4") == b""


def an_interrupt_of_what_stands_has_no_reply():
    with client() as c:
        c.ask("?")
        c.send_raw(b"\x03\x03")
        assert c.ask("qC").startswith(b"QC")
        c.send_raw(b"\x03")
        assert c.ask("qC").startswith(b"QC")


def interrupt_while_running_is_answered_by_a_stop():
    with client() as c:
        c.ask("?")
        loop_in_ram(c)
        for packet in ("c", "vCont;c", "vCont;c:1", "vCont;c:-1"):
            c.send(packet)
            c.send_raw(b"\x03")
            assert c.receive().startswith(b"T02"), packet


def loop_in_ram(c):
    """b . at 0x20000400, pc there."""
    assert c.ask("M20000400,4:fee7fee7") == b"OK"
    assert c.ask("Pf=00040020") == b"OK"


def leftmost_action_wins():
    with client() as c:
        c.ask("?")
        loop_in_ram(c)
        c.ask("M20000400,4:00bf00bf")
        assert c.ask("vCont;s:1;c").startswith(b"T05")
        assert c.ask("pf") == b"02040020"
        assert c.ask("vCont;s:-1;c").startswith(b"T05")
        assert c.ask("pf") == b"04040020"


def range_step_stops_at_breakpoints_and_interrupts():
    with client() as c:
        c.ask("?")
        c.ask("M20000400,8:00bf00bf00bffce7")  # three nops, back to the second
        c.ask("Pf=00040020")
        c.ask("Z0,20000404,2")
        assert c.ask("vCont;r20000400,20000408:1;c").startswith(b"T05")
        assert c.ask("pf") == b"04040020"
        c.ask("z0,20000404,2")
        c.send("vCont;r20000400,20000408:1;c")  # never leaves by itself
        c.send_raw(b"\x03")
        assert c.receive()[:3] == b"T02"


def http_is_refused_and_closed():
    for request in (b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n",
                    b"POST / HTTP/1.1\r\nHost: 127.0.0.1:3333\r\n\r\n$k#6b", b"OPTIONS * HTTP/1.1\r\n\r\n"):
        with client(no_ack=False) as c:
            c.send_raw(request)
            assert c.closed(), request
    with client() as c:
        assert c.ask("qC").startswith(b"QC")


def no_browser_gets_a_packet_through():
    """A page chooses a body, a path, a header; under DNS rebinding the method; of TLS the session id and ticket."""
    write = b"M20000000,4:deadbeef"
    packet = b"$" + write + b"#%02x" % (sum(write) & 255)
    host = b"Host: evil.example:3333\r\n"
    with client() as watch:
        for request in (b"patch / HTTP/1.1\r\n" + host + b"\r\n" + packet,
                        b"PATCH /" + packet + b" HTTP/1.1\r\n" + host,
                        b"PATCH / HTTP/1.1\r\nA: " + packet + b"\r\n" + host, packet + b" / HTTP/1.1\r\n" + host,
                        b"$k#6b / HTTP/1.1\r\n" + host, b"\r\n" + packet,
                        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"R" * 32 + b" " + packet,
                        b"\x00\x50\x00\x01\x00\x40\x21\x12\xa4\x42" + packet):
            watch.ask("M20000000,4:00000000")
            with client(no_ack=False) as c:
                c.send_raw(request)
                assert c.closed(), request
            assert watch.ask("m20000000,4") == b"00000000", request


def hundred_clients_at_once():
    many = []
    for _ in range(100):
        many.append(Client(daemon.port, no_ack=False))
    served = 0
    for c in many:
        try:
            served += c.ask("qC").startswith(b"QC")
        except (EOFError, OSError):
            pass
    assert served >= 8, served
    for c in many:
        c.close()
    with client() as c:
        assert c.ask("qC").startswith(b"QC")


def client_that_never_reads_harms_nobody():
    before = memory_of(daemon.process.pid)
    deaf = client()
    deaf.ask("?")
    deaf.socket.settimeout(2)
    try:
        for _ in range(3000):
            deaf.send("m08000000,2000")
    except OSError:
        pass  # the daemon stopped reading: that is the point
    with client() as c:
        assert c.ask("qC").startswith(b"QC")
    assert memory_of(daemon.process.pid) - before < 16 << 20
    deaf.close()


def half_a_packet_and_gone():
    for part in (b"$", b"$m2000", b"$m20000000,4#", b"$m20000000,4#8", b"\x03$", b"$vFlashWrite:8000000:\x00}"):
        with client(no_ack=False) as c:
            c.send_raw(part)
    with client() as c:
        assert c.ask("qC").startswith(b"QC")


def daemon_ends_cleanly():
    assert daemon.end() == 0, daemon.log


run_tests([supported_features_are_offered, unknown_packets_get_the_empty_reply,
           bad_checksum_is_refused_and_the_resent_packet_taken, nack_gets_the_last_reply_again,
           packets_may_be_split_anywhere, several_packets_in_one_segment, malformed_arguments_are_errors,
           lengths_are_bounded, oversized_packet_is_an_error_and_the_next_one_works,
           endless_packet_grows_nothing, registers_are_checked, unreadable_memory_is_never_zeros,
           binary_reads_and_writes, xfer_windows_are_exact, crc_is_gdbs, search_memory,
           flash_outside_flash_is_a_memory_type_error, watch_kinds_beyond_the_comparators,
           an_interrupt_of_what_stands_has_no_reply, interrupt_while_running_is_answered_by_a_stop,
           leftmost_action_wins, range_step_stops_at_breakpoints_and_interrupts,
           http_is_refused_and_closed, no_browser_gets_a_packet_through,
           hundred_clients_at_once, client_that_never_reads_harms_nobody,
           half_a_packet_and_gone, daemon_ends_cleanly])
