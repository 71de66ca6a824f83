# Zephyr: the same runners, with probed in front of them. Each line is one command. The runner stlink_gdbserver wants
# STM32_Programmer_CLI of STM32CubeProgrammer in PATH, too: it hands its folder over, which probed does not need.
west debug -r openocd --openocd /usr/local/libexec/probed/openocd
west flash -r openocd --openocd /usr/local/libexec/probed/openocd
PATH=/usr/local/libexec/probed:$PATH west debug -r stlink_gdbserver
west debug -r pyocd --pyocd /usr/local/libexec/probed/pyocd
