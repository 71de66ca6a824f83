#!/bin/sh
# SPDX-License-Identifier: MIT
# Whole daemons, their workers and many clients under ThreadSanitizer: sh tests/threads/run.sh [BUILD]
# BUILD is a build folder of its own (build-threads if left out): sanitizers exclude each other.
set -eu
cd "$(dirname "$0")/../.."

build=${1:-build-threads}
if [ ! -f "$build/build.ninja" ]; then
    meson setup "$build" -Dtests=enabled -Db_sanitize=thread -Db_lundef=false --optimization=1
fi
tests='session/test-mailbox test-daemon test-stations consoles/test-consoles'
for test in $tests; do
    ninja -C "$build" "tests/server/$test"
    TSAN_OPTIONS="halt_on_error=0 exitcode=66" "$build/tests/server/$test"
done
