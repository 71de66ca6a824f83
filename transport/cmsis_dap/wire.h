/* SPDX-License-Identifier: MIT */
/* The words of CMSIS-DAP: commands, what DAP_Info tells, bits of transfers. Source: ARM-software,
 * CMSIS-DAP, "CMSIS-DAP Commands" and the reference firmware 2.1. Numbers are little endian; a
 * reply begins with the number of its command. */
#ifndef PROBED_CMSIS_DAP_WIRE_H
#define PROBED_CMSIS_DAP_WIRE_H

enum {
    DAP_INFO = 0x00,
    DAP_HOST_STATUS = 0x01,
    DAP_CONNECT = 0x02,
    DAP_DISCONNECT = 0x03,
    DAP_TRANSFER_CONFIGURE = 0x04,
    DAP_TRANSFER = 0x05,
    DAP_TRANSFER_BLOCK = 0x06,
    DAP_SWJ_PINS = 0x10,
    DAP_SWJ_CLOCK = 0x11,
    DAP_SWJ_SEQUENCE = 0x12,
    DAP_SWD_CONFIGURE = 0x13,
    DAP_SWO_TRANSPORT = 0x17,
    DAP_SWO_MODE = 0x18,
    DAP_SWO_BAUDRATE = 0x19,
    DAP_SWO_CONTROL = 0x1A,
    DAP_SWO_STATUS = 0x1B,
    DAP_SWO_DATA = 0x1C,
    DAP_SWD_SEQUENCE = 0x1D,
    DAP_UNKNOWN = 0xFF, /* what a probe answers to a command that it does not know */
};

/* Of DAP_INFO. */
enum {
    DAP_INFO_SERIAL = 0x03,
    DAP_INFO_PROTOCOL = 0x04,
    DAP_INFO_FIRMWARE = 0x09,
    DAP_INFO_CAPABILITIES = 0xF0,
    DAP_INFO_SWO_BUFFER = 0xFD,
    DAP_INFO_PACKET_COUNT = 0xFE,
    DAP_INFO_PACKET_SIZE = 0xFF,
};

#define CMSIS_CAN_SWD 0x01u
#define CMSIS_CAN_SWO_UART 0x04u
#define CMSIS_CAN_SWO_STREAM 0x40u

enum { DAP_LED_CONNECTED = 0, DAP_LED_RUNNING = 1 };
enum { DAP_PORT_SWD = 1 };

/* Bits of DAP_SWJ_PINS. */
enum { DAP_PIN_NRST = 0x80 };

/* A request of DAP_TRANSFER: bit 0 AP, 1 read, 2 and 3 the register's address.. */
#define DAP_REQUEST_AP 0x01u
#define DAP_REQUEST_READ 0x02u
#define DAP_REQUEST_REGISTER 0x0Cu
#define DAP_REQUEST_MATCH 0x10u /* ..a read until what follows is found: no data.. */
#define DAP_REQUEST_MASK 0x20u  /* ..a write that sets which bits count for that */

/* How a transfer ended: the ACK in the low bits. */
#define DAP_RESPONSE_ACK 0x07u
#define DAP_RESPONSE_PROTOCOL_ERROR 0x08u
#define DAP_RESPONSE_MISMATCH 0x10u

#endif
