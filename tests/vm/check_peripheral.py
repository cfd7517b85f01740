#!/usr/bin/env python3
"""Holds the simulated sensors against their descriptions, byte by byte, without a VM: Bumble is the host here too.

    check_peripheral.py [RECORDING]

Run it with the Python that build-vm.sh made (`$(tests/vm/build-vm.sh --print-dir)/python/bin/python`). About 15 s.
"""
import argparse
import asyncio
import pathlib
import struct
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE / 'peripheral'))

from bumble.att import ATT_Error
from bumble.core import UUID
from bumble.device import Device, Peer
from bumble.hci import Address
from bumble.host import Host
from bumble.transport.common import AsyncPipeSink

import backcoach
import movement
import polar

ADDRESS = 'F0:0D:BA:CC:0A:C4'


def options(**more):
    defaults = dict(
        log='/dev/null', seed=1, hidden=False, battery=83, name=None, address=ADDRESS, adapter_address='02:00:00:00:00:01',
        mtu=517, loss=0, drift=0, burst_ms=0, offset=5, rate=100, rates='50,100,200', latency=None, no_gyro=False,
        stays_on=False,
    )  # fmt: skip
    return argparse.Namespace(**{**defaults, **more})


class Central:
    """A host with one connection; what comes in is kept by characteristic."""

    def __init__(self, sensor):
        self.sensor = sensor
        near = sensor.near
        self.device = Device(name='host', address=Address('02:00:00:00:00:01'), host=Host(near, AsyncPipeSink(near)))

    async def connect(self):
        if not self.device.powered_on:
            await self.device.power_on()
        self.connection = await self.device.connect(Address(ADDRESS, Address.RANDOM_DEVICE_ADDRESS))
        self.peer = Peer(self.connection)
        await self.peer.request_mtu(self.sensor.args.mtu)
        await self.peer.discover_all()
        self.came = {}

    def find(self, uuid):
        return self.peer.get_characteristics_by_uuid(uuid)[0]

    async def subscribe(self, uuid):
        self.came[str(uuid)] = []
        await self.find(uuid).subscribe(lambda value: self.came[str(uuid)].append(bytes(value)))

    def take(self, uuid):
        came, self.came[str(uuid)] = self.came[str(uuid)], []
        return came

    async def ask(self, uuid, request):
        self.take(uuid)
        await self.find(uuid).write_value(request, with_response=True)
        for _ in range(100):
            if self.came[str(uuid)]:
                return self.take(uuid)[0]
            await asyncio.sleep(0.01)
        raise AssertionError(f'no answer to {request.hex()}')


def equal(got, wanted, what):
    if got != wanted:
        raise AssertionError(f'{what}: {got!r}, expected {wanted!r}')


async def started(family, recording, **more):
    sensor = family(options(**more), movement.read(recording))
    await sensor.power_on()
    central = Central(sensor)
    await central.connect()
    return sensor, central


async def open_protocol(recording):
    sensor, central = await started(backcoach.Backcoach, recording)
    info = await central.find(backcoach.INFO).read_value()
    pieces = movement.pieces(info)
    equal(info[:4].hex(), '01020100', 'Info begins with the protocol')
    equal(sorted(pieces), [1, 2, 3, 4, 5, 6, 7, 8, 9, 10], 'pieces of Info')
    generation = pieces[7][0]
    for uuid in (backcoach.STATUS, backcoach.CONTROL, backcoach.DATA):
        await central.subscribe(uuid)
    await refusals(central, generation)
    await a_run(sensor, central, generation)
    await a_new_run(sensor, central)
    await anything(sensor, central)


async def refusals(central, generation):
    try:
        await central.find(backcoach.CONTROL).write_value(b'\x02', with_response=True)
        raise AssertionError('a request of one byte was taken')
    except ATT_Error as error:
        equal(error.error_code, 0x0D, 'refusal of one byte')
    cases = {
        '63 01': '63 01 01', '02 02 00': '02 02 02', '04 03 02 01 00 04 00 e8 03': '04 03 03',
        '05 04 64 00': '05 04 00 64 00', '06 05 02': '06 05 03', '08 06 04 01 ff 01 64 00': '08 06 01',
        '08 07 01 07 ff 01 64 00': '08 07 03', '08 08 01 01 ff 00 64 00': '08 08 03', '08 09 03 03 c8 02 58 02': '08 09 00',
        '03 0a': '03 0a 00', '07 0b 01': '07 0b 00',
    }  # fmt: skip
    for request, reply in cases.items():
        got = await central.ask(backcoach.CONTROL, bytes.fromhex(request))
        equal(got.hex(' '), reply, f'reply to {request}')
    config = await central.ask(backcoach.CONTROL, bytes.fromhex('01 0c'))
    equal((config[:3].hex(), config[3], len(config)), ('010c00', generation, 19), 'get config')
    sync = await central.ask(backcoach.CONTROL, bytes.fromhex('09 0d 0102030405060708'))
    t2, t3 = struct.unpack('<II', sync[11:])
    equal((sync[:11].hex(), len(sync), 0 <= t3 - t2 < 3277), ('090d000102030405060708', 19, True), 'time sync')
    calibrating = await central.ask(backcoach.CONTROL, bytes.fromhex('06 0e 01'))
    equal(calibrating.hex(), '060e00', 'calibrate')
    equal((await central.ask(backcoach.CONTROL, b'\x02\x0f')).hex(), '020f04', 'start while calibrating')
    await asyncio.sleep(2.2)
    status = (await central.find(backcoach.STATUS).read_value()).hex(' ')
    equal((status[:8], len(status)), (f'01 18 {(generation + 1) % 256:02x}', 59), 'status after a calibration')


def frames(values):
    return [(struct.unpack_from('<BBBBII', value), value[12:]) for value in values]


async def a_run(sensor, central, generation):
    configure = bytes.fromhex('04 10 02') + struct.pack('<HHH', 1600, 8, 2000)
    reply = await central.ask(backcoach.CONTROL, configure)
    equal(reply[3:11].hex(), f'{(generation + 2) % 256:02x}0240060800d007', 'the new config')
    equal((await central.ask(backcoach.CONTROL, b'\x02\x11')).hex(), '021100', 'start')
    equal((await central.ask(backcoach.CONTROL, configure)).hex(), '041005', 'configure while streaming')
    await asyncio.sleep(0.5)
    sensor.paused = True
    await asyncio.sleep(0.3)
    sensor.paused = False
    await asyncio.sleep(0.3)
    equal((await central.ask(backcoach.CONTROL, b'\x03\x12')).hex(), '031200', 'stop')
    came = frames(central.take(backcoach.DATA))
    (kind, flags, at_generation, _, index, ticks), _ = came[0]
    equal((kind, flags & 0x0F, at_generation, index), (2, 4, (generation + 2) % 256, 0), 'the first frame')
    expected, jumps = 0, 0
    for (_, frame_flags, _, count, index, at), samples in came:
        equal((frame_flags >> 4, len(samples)), (flags >> 4, 12 * count), 'run and length')
        equal(abs((at - ticks) / 32768 - index / 100) < 1e-3, True, 'time goes with the index')
        if index != expected:
            jumps += 1
            equal(frame_flags & 2, 2, 'overrun where samples are missing')
        expected = index + count
        accel, gyro = 8 * 9.80665 / 32768, 2000 * 3.14159265358979 / 180 / 32768
        truth = sensor.movement.at(sensor.movement.begin + 5 + index / 100)
        for got, scale, true in zip(struct.unpack_from('<6h', samples), [accel] * 3 + [gyro] * 3, truth):
            equal(abs(got * scale - true) <= scale, True, f'a value of sample {index}')
    equal(jumps, 1, 'gaps for one pause')
    equal(1.0 < expected / 100 < 1.3, True, 'what was held back came before the reply to stop')


async def a_new_run(sensor, central):
    await central.ask(backcoach.CONTROL, b'\x02\x20')
    await asyncio.sleep(0.3)
    before = frames(central.take(backcoach.DATA))[-1][0]
    await sensor.drop()
    await asyncio.sleep(0.5)
    equal(sensor.stream, None, 'a lost connection is a stop')
    await central.connect()
    for uuid in (backcoach.STATUS, backcoach.CONTROL, backcoach.DATA):
        await central.subscribe(uuid)
    await asyncio.sleep(0.2)
    equal(central.take(backcoach.DATA), [], 'nothing streams before the start')
    await central.ask(backcoach.CONTROL, b'\x02\x21')
    await asyncio.sleep(0.3)
    after, samples = frames(central.take(backcoach.DATA))[0]
    equal((after[1] >> 4, after[1] & 4, after[4]), (((before[1] >> 4) + 1) % 16, 4, 0), 'a new run')
    passed = (after[5] - before[5]) / 32768
    truth = sensor.movement.at(sensor.movement_time(after[5] / 32768))[0]
    equal(abs(struct.unpack_from('<h', samples)[0] * 8 * 9.80665 / 32768 - truth) < 0.05, True, 'the wearer went on')
    equal(0.5 < passed < 3, True, 'the clock went on')


async def anything(sensor, central):
    """Whatever the bytes: exactly one indication, with the opcode and the reference of the request."""
    for _ in range(200):
        size = sensor.random.choice((2, 2, 3, 4, 8, 9, 10, 20))
        request = bytes([sensor.random.randrange(12)]) + sensor.random.randbytes(size - 1)
        reply = await central.ask(backcoach.CONTROL, request)
        equal((reply[:2], reply[2] <= 8, len(reply) <= 19), (request[:2], True, True), f'reply to {request.hex()}')
    await asyncio.sleep(0.1)
    equal(central.take(backcoach.CONTROL), [], 'replies that nobody asked for')


async def small_link(recording):
    sensor, central = await started(backcoach.Backcoach, recording, mtu=23)
    equal(len(await central.find(backcoach.INFO).read_value()) > 60, True, 'Info is a long read')
    await central.subscribe(backcoach.CONTROL)
    await central.subscribe(backcoach.DATA)
    await central.ask(backcoach.CONTROL, b'\x02\x01')
    await asyncio.sleep(2.2)
    values = central.take(backcoach.DATA)
    anchors = [value for value in values if value[0] == 2]
    compact = [value for value in values if value[0] == 0x12]
    equal((values[0][0], values[0][1] & 4, values[0][3], len(anchors)), (2, 4, 0, 3), 'anchors')
    equal(all(len(value) == 20 for value in compact) and len(compact) > 150, True, 'compact frames')
    equal([struct.unpack_from('<H', value, 3)[0] for value in compact], list(range(len(compact))), 'indices')
    ticks = [int.from_bytes(value[5:8], 'little') for value in compact]
    equal(all(320 <= (b - a) % 2**24 <= 335 for a, b in zip(ticks, ticks[1:])), True, 'times')


async def h10(recording):
    sensor, central = await started(polar.PolarH10, recording)
    await central.subscribe(polar.CONTROL)
    await central.subscribe(polar.DATA)
    await central.subscribe(UUID.from_16_bits(0x2A37))
    equal((await central.find(polar.CONTROL).read_value()).hex(), '0f05' + '00' * 15, 'features')
    exchanges = {  # the maker's own vectors, and refusals
        '01 02': 'f0 01 02 00 00 00 04 19 00 32 00 64 00 c8 00 01 01 10 00 02 03 02 00 04 00 08 00',
        '02 02 02 01 08 00 00 01 2c 01 01 01 10 00': 'f0 02 02 08',
        '02 02 02 01 08 00 00 01 c8 00 01 01 0e 00': 'f0 02 02 07',
        '02 02 02 01 08 00': 'f0 02 02 04', '01 05': 'f0 01 05 03', '09 02': 'f0 09 02 01',
        '02 02 02 01 08 00 00 01 c8 00 01 01 10 00': 'f0 02 02 00 00 01',
        '02 02 00 01 c8 00 01 01 10 00 02 01 08 00': 'f0 02 02 06',
    }  # fmt: skip
    for request, reply in exchanges.items():
        equal((await central.ask(polar.CONTROL, bytes.fromhex(request))).hex(' '), reply, f'reply to {request}')
    await asyncio.sleep(1.2)
    equal((await central.ask(polar.CONTROL, b'\x03\x02')).hex(' '), 'f0 03 02 00 00', 'stop')
    values = central.take(polar.DATA)
    stamps = [struct.unpack_from('<Q', value, 1)[0] for value in values]
    equal(len(values) >= 5 and all(len(value) == 226 and value[0] == 2 and value[9] == 1 for value in values), True, 'frames')
    equal(all(abs(b - a - 180_000_000) < 2 for a, b in zip(stamps, stamps[1:])), True, 'stamps')
    sizes = [sum(part * part for part in struct.unpack_from('<3h', value, 10)) ** 0.5 for value in values]
    equal(all(700 < size < 1300 for size in sizes), True, 'about 1000 mG')
    equal(len(central.take(UUID.from_16_bits(0x2A37))) >= 1, True, 'a heart beats')


async def main():
    recording = sys.argv[1] if len(sys.argv) > 1 else HERE.parents[1] / 'recordings/hyperext_45-clean.backcoach.jsonl'
    for check in (open_protocol, small_link, h10):
        await asyncio.wait_for(check(recording), 60)
        print(f'ok   {check.__name__}')


if __name__ == '__main__':
    asyncio.run(main())
