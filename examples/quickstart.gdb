# The session of quickstart.sh. Each command is printed before it runs.
set pagination off
set confirm off
set width 0
set height 0
set style enabled off

python
import gdb

SESSION = [
    ("target extended-remote 127.0.0.1:{port}", "connect; the core is halted now"),
    ("load", "write the program into flash"),
    ("monitor reset halt", "start from the reset vector"),
    ("break main", ""),
    ("continue", "run to main"),
    ("backtrace", "how did we get here"),
    ("next", ""),
    ("next", "over a function call"),
    ("print period", "a local variable"),
    ("watch blinks", "stop when this global changes"),
    ("continue", "the SysTick interrupt counts, the LED blinks, the watchpoint fires"),
    ("backtrace", ""),
    ("print blinks", ""),
    ("info registers pc sp lr", ""),
    ("disassemble $pc,+8", ""),
    ("monitor stats", "what it cost on the simulated wire"),
    ("detach", "the program runs on"),
]

class Quickstart(gdb.Command):
    """Runs the session against the port given."""
    def __init__(self):
        super().__init__("quickstart", gdb.COMMAND_USER)

    def invoke(self, port, _tty):
        try:
            for command, why in SESSION:
                command = command.format(port=port)
                gdb.write(f"(gdb) {command}{'    # ' + why if why else ''}\n")
                gdb.flush()
                gdb.execute(command)
            gdb.flush()
        except gdb.error as error:
            gdb.write(f"failed: {error}\n", gdb.STDERR)
            gdb.execute("quit 1")

Quickstart()
end
