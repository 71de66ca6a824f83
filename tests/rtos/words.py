# SPDX-License-Identifier: MIT
"""What probed says of the tasks of the test programs, by kernel."""

FREERTOS = {"RUNNING": "Running", "READY": "Ready", "NEWBORN": "Ready", "DELAYED": "Blocked until tick 1234",
            "WAITING": "Blocked until tick 17", "WAITING_LONG": "Blocked",
            "SUSPENDED": "Suspended, or waits for a notification", "DELETED": "Deleted"}
THREADX = {"RUNNING": "Running", "READY": "Ready", "NEWBORN": "Ready", "DELAYED": "Sleeping", "WAITING": "Waits for a queue",
           "WAITING_LONG": "Waits for a mutex", "SUSPENDED": "Suspended"}
RTX5 = {"RUNNING": "Running", "READY": "Ready", "NEWBORN": "Ready", "DELAYED": "Delayed, 1234 ticks left",
        "WAITING": "Waits for room for a message, 17 ticks left", "WAITING_LONG": "Waits for a mutex", "SUSPENDED": "Blocked"}
RIOT = {"RUNNING": "Running", "READY": "Ready", "NEWBORN": "Ready", "DELAYED": "Sleeping", "WAITING": "Waits for a message",
        "WAITING_LONG": "Waits for a mutex", "SUSPENDED": "Waits for all flags"}
UCOS3 = {"RUNNING": "Running", "READY": "Ready", "NEWBORN": "Ready", "DELAYED": "Delayed", "WAITING": "Waits with a limit",
         "WAITING_LONG": "Waits", "SUSPENDED": "Suspended"}
ZEPHYR = {"RUNNING": "Running", "READY": "Ready", "NEWBORN": "Ready", "DELAYED": "Sleeping", "WAITING": "Pending",
          "WAITING_LONG": "Pending", "SUSPENDED": "Suspended"}
CHIBIOS = {"RUNNING": "Running", "READY": "Ready", "NEWBORN": "Ready", "DELAYED": "Sleeping",
           "WAITING": "Waits for a semaphore", "WAITING_LONG": "Waits for a mutex", "SUSPENDED": "Suspended"}
NUTTX = {"RUNNING": "Running", "READY": "Ready", "NEWBORN": "Ready", "DELAYED": "Waits for a signal", "WAITING": "Waits",
         "WAITING_LONG": "Waits for a semaphore", "SUSPENDED": "Inactive"}
STATES = {"freertos": FREERTOS, "threadx": THREADX, "rtx5": RTX5, "riot": RIOT, "ucos3": UCOS3, "zephyr": ZEPHYR,
          "chibios": CHIBIOS, "nuttx": NUTTX}


def state(kernel, task, number, defines):
    """Behind the name; `number`: the task's place in the program."""
    text = STATES[kernel][task["role"]]
    pid = {"riot": f", pid {2 * number + 1}", "nuttx": f", pid {3 * number + 1}"}.get(kernel, "")
    return f"({text}{pid}, prio {task['priority']})"


def name(kernel, text):
    return text[:15] if kernel == "freertos" else text
