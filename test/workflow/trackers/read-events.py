"""Reads a file of TensorBoard events without TensorFlow, and prints it as JSON. Written from the description of the formats
(TFRecord, protobuf's wire format), not from our writer; the checksum is computed bit by bit."""

import json
import struct
import sys


def crc32c(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = (crc >> 1) ^ (0x82F63B78 if crc & 1 else 0)
    return crc ^ 0xFFFFFFFF


def masked(data):
    crc = crc32c(data)
    return ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF


def records(data):
    at = 0
    while at < len(data):
        length, = struct.unpack_from("<Q", data, at)
        assert struct.unpack_from("<I", data, at + 8)[0] == masked(data[at : at + 8]), "checksum of a length"
        body = data[at + 12 : at + 12 + length]
        assert len(body) == length, "cut off"
        assert struct.unpack_from("<I", data, at + 12 + length)[0] == masked(body), "checksum of data"
        yield body
        at += 16 + length


def varint(data, at):
    value = shift = 0
    while True:
        byte = data[at]
        value |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if byte < 0x80:
            return value, at


def fields(data):
    at = 0
    while at < len(data):
        tag, at = varint(data, at)
        number, kind = tag >> 3, tag & 7
        if kind == 0:
            value, at = varint(data, at)
        elif kind == 1:
            value, at = struct.unpack_from("<d", data, at)[0], at + 8
        elif kind == 5:
            value, at = struct.unpack_from("<f", data, at)[0], at + 4
        else:
            assert kind == 2, "wire type"
            length, at = varint(data, at)
            value, at = data[at : at + length], at + length
        yield number, value


def event(data):
    found = {"time": None, "version": None, "step": 0, "values": {}}
    for number, value in fields(data):
        if number == 1:
            found["time"] = value
        elif number == 2:
            found["step"] = value
        elif number == 3:
            found["version"] = value.decode()
        elif number == 5:
            for _, entry in fields(value):
                members = dict(fields(entry))
                found["values"][members[1].decode()] = members[2]
    return found


with open(sys.argv[1], "rb") as file:
    print(json.dumps([event(body) for body in records(file.read())]))
