/* SPDX-License-Identifier: MIT */
/* The serial port below a USB device, found in a folder made to look like sysfs. */
#include "cli/serial_port.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static char root[64];

/* Every folder on the way, as mkdir -p. */
static void make(const char *path)
{
    char whole[300];

    snprintf(whole, sizeof whole, "%s/%s", root, path);
    for (char *at = whole + strlen(root) + 1; *at; at++) {
        if (*at != '/')
            continue;
        *at = '\0';
        mkdir(whole, 0700);
        *at = '/';
    }
    assert_int_equal(mkdir(whole, 0700), 0);
}

static int up(void **state)
{
    (void)state;
    snprintf(root, sizeof root, "/tmp/probed-sys-XXXXXX");
    return mkdtemp(root) ? 0 : -1;
}

static int down(void **state)
{
    char command[100];

    (void)state;
    snprintf(command, sizeof command, "rm -r %s", root);
    return system(command);
}

static void assert_port(const char *place, const char *expected)
{
    char device[64] = "";

    assert_int_equal(serial_port_find(root, place, device, sizeof device), expected[0] != '\0');
    assert_string_equal(device, expected);
}

static void a_cdc_port_is_found(void **state)
{
    (void)state;
    make("bus/usb/devices/1-2.3/1-2.3:1.0");
    make("bus/usb/devices/1-2.3/1-2.3:1.2/tty/ttyACM7");
    assert_port("usb:1-2.3", "/dev/ttyACM7");
}

static void an_adapters_port_is_found(void **state)
{
    (void)state;
    make("bus/usb/devices/1-2/1-2:1.0/ttyUSB3");
    assert_port("usb:1-2", "/dev/ttyUSB3");
}

static void of_two_the_first_is_taken(void **state)
{
    (void)state;
    make("bus/usb/devices/1-2/1-2:1.3/tty/ttyACM5");
    make("bus/usb/devices/1-2/1-2:1.1/tty/ttyACM9");
    assert_port("usb:1-2", "/dev/ttyACM9");
}

static void without_one_nothing_is_said(void **state)
{
    (void)state;
    make("bus/usb/devices/1-2/1-2:1.0");
    assert_port("usb:1-2", "");
    assert_port("usb:1-9", "");
    assert_port("sim:0", "");
    assert_port("", "");
}

/* Port 1-2 is not port 1-2.1 behind the hub that is plugged in there. */
static void a_neighbours_port_is_not_ours(void **state)
{
    (void)state;
    make("bus/usb/devices/1-2.1/1-2.1:1.2/tty/ttyACM0");
    make("bus/usb/devices/1-2/1-2.1/1-2.1:1.2/tty/ttyACM0");
    assert_port("usb:1-2", "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_cdc_port_is_found, up, down),
        cmocka_unit_test_setup_teardown(an_adapters_port_is_found, up, down),
        cmocka_unit_test_setup_teardown(of_two_the_first_is_taken, up, down),
        cmocka_unit_test_setup_teardown(without_one_nothing_is_said, up, down),
        cmocka_unit_test_setup_teardown(a_neighbours_port_is_not_ours, up, down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
