# SPDX-License-Identifier: MIT
"""What probed says of the tasks of the test programs, by kernel."""

FREERTOS = {"RUNNING": "Running", "READY": "Ready", "NEWBORN": "Ready", "DELAYED": "Blocked until tick 1234",
            "WAITING": "Blocked until tick 17", "WAITING_LONG": "Blocked",
            "SUSPENDED": "Suspended, or waits for a notification", "DELETED": "Deleted"}
STATES = {"freertos": FREERTOS}


def state(kernel, task):
    return f"({STATES[kernel][task['role']]}, prio {task['priority']})"


def name(kernel, text):
    return text[:15] if kernel == "freertos" else text
