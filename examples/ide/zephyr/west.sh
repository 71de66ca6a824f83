# Zephyr: the same runners, with probed in front of them. Each line is one command.
west debug -r openocd --openocd /usr/local/libexec/probed/openocd
west flash -r openocd --openocd /usr/local/libexec/probed/openocd
PATH=/usr/local/libexec/probed:$PATH west debug -r stlink_gdbserver
west debug -r pyocd --pyocd /usr/local/libexec/probed/pyocd
