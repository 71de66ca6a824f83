#!/bin/sh
# SPDX-License-Identifier: MIT
# The Debian package from what git knows of this tree: built, looked at by lintian, unpacked by dpkg alone, used from there, and its
# quickstart run. It compiles all of probed once more, so it is no part of tests/run.sh: sh tests/package.sh [FOLDER for the package]
set -eu
cd "$(dirname "$0")/.."
sh examples/install.sh dpkg-dev debhelper lintian gcc libc6-dev pkg-config meson ninja-build scdoc libuv1-dev libusb-1.0-0-dev libhidapi-dev \
    libelf-dev libdw-dev libzip-dev libexpat1-dev libtelnet-dev gdb-multiarch gcc-arm-none-eabi libnewlib-arm-none-eabi man-db

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT INT TERM
mkdir "$work/probed" "$work/root"
git ls-files -z --cached --others --exclude-standard | tar --null -T - -cf - | tar -xf - -C "$work/probed"
(cd "$work/probed" && dpkg-buildpackage -us -uc -b) >"$work/log" 2>&1 || { tail -40 "$work/log" >&2; exit 1; }
lintian --allow-root --fail-on error,warning,info --display-info "$work"/probed_*.changes

# Not installed: dpkg unpacks it, as it would be below /.
dpkg-deb -x "$work"/probed_*.deb "$work/root"
export PATH="$work/root/usr/bin:$PATH" MANPATH="$work/root/usr/share/man" PAGER=cat
[ "$(command -v probed)" = "$work/root/usr/bin/probed" ]
dpkg-deb -f "$work"/probed_*.deb Depends | grep -q libusb
"$work/root/usr/libexec/probed/openocd" --version 2>&1 | grep -q '^Open On-Chip Debugger'
man probed-flash | grep -q 'probed flash blink.elf'
test -f "$work/root/usr/lib/udev/rules.d/60-probed.rules"
cd /
sh "$work/root/usr/share/doc/probed/examples/quickstart.sh" >"$work/quickstart" 2>&1 || { cat "$work/quickstart" >&2; exit 1; }
grep -q 'blinks' "$work/quickstart"
[ $# -eq 0 ] || cp "$work"/probed_*.deb "$1"
echo "package: built, lintian has nothing to say, its quickstart runs"
