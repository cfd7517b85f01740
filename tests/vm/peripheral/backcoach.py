"""A sensor that speaks the open protocol of firmware-protocol/README.md in full."""
import asyncio
import math
import struct

from bumble.att import ATT_Error, Attribute, ErrorCode
from bumble.core import AdvertisingData, UUID
from bumble.gatt import Characteristic, CharacteristicValue, Service

from sensor import INDICATE, NOTIFY, READ, WRITE, Sensor, Stream, readable

UUIDS = [UUID(f'9f9ca2e{digit}-d09c-4b91-b386-971cbd3301f9') for digit in range(5)]
SERVICE, INFO, CONTROL, DATA, STATUS = UUIDS
TICKS = 32768
ACCEL, ACCEL_GYRO = 1, 2
ACCEL_RANGES, GYRO_RANGES = (2, 4, 8, 16), (250, 500, 1000, 2000)
HAPTIC_LED, LONGEST_CUE_MS = 3, 3000
POWER_UP_LATENCY_MS = 100

GET_CONFIG, START, STOP, CONFIGURE, SET_LATENCY, CALIBRATE, IDENTIFY, CUE, TIME_SYNC = range(1, 10)
PAYLOAD = {GET_CONFIG: 0, START: 0, STOP: 0, CONFIGURE: 7, SET_LATENCY: 2, CALIBRATE: 1, IDENTIFY: 1, CUE: 6, TIME_SYNC: 8}
OK, UNSUPPORTED, BAD_LENGTH, BAD_VALUE, BUSY, WRONG_STATE, LOW_BATTERY, FAILED = range(8)
PATTERN_ON_MS = (0, 100, 400, 200, 300, 500, 500)
LOW, EMPTY = 15, 2  # percent


class Refused(Exception):
    def __init__(self, status):
        self.status = status


class Backcoach(Sensor):
    def __init__(self, args, movement):
        super().__init__(args, movement)
        args.name = args.name or 'backcoach T1'
        self.rates = [round(float(rate) * 16) for rate in args.rates.split(',')]
        self.run_number = self.random.randrange(16)
        self.presses = self.taps = self.double_taps = self.clipped = 0
        self.mute = False
        self.refusals = {}
        self.forget_settings()

    def forget_settings(self):
        self.generation = self.random.randrange(256)
        self.set = (ACCEL if self.args.no_gyro else ACCEL_GYRO, round(self.args.rate * 16), 4, 0 if self.args.no_gyro else 1000)
        self.latency = self.grant(POWER_UP_LATENCY_MS)
        self.calibrating = None
        self.lost_before = 0

    # -- GATT ----------------------------------------------------------------
    def services(self):
        self.data = Characteristic(DATA, NOTIFY, Attribute.READABLE, bytes())
        self.status = readable(STATUS, lambda _: self.status_value(), READ | NOTIFY)
        self.control = Characteristic(CONTROL, WRITE | INDICATE, Attribute.WRITEABLE, CharacteristicValue(write=self.on_request))
        own = Service(SERVICE, [readable(INFO, lambda _: self.info_value()), self.control, self.data, self.status])
        about = self.device_information(
            manufacturer='backcoach', model='simulated', serial='0001', hardware='0', firmware='1.0.0'
        )
        return [own, self.battery(), about]

    def advertisement(self):
        services = AdvertisingData.COMPLETE_LIST_OF_128_BIT_SERVICE_CLASS_UUIDS
        flags = (AdvertisingData.FLAGS, bytes([0x06]))
        return [flags, (services, SERVICE.to_bytes())], [(AdvertisingData.COMPLETE_LOCAL_NAME, self.args.name.encode())]

    def scales(self):
        """m/s² and rad/s per count."""
        _, _, accel, gyro = self.set
        return accel * 9.80665 / 32768, math.radians(gyro) / 32768

    def config_value(self):
        return struct.pack('<BBHHHff', self.generation, *self.set, *self.scales())

    def info_value(self):
        streams = 1 if self.args.no_gyro else 3
        shorts = lambda values: struct.pack(f'<{len(values)}H', *values)
        pieces = [(0x01, b'\x01\x00'), (0x02, bytes.fromhex('ba00c0ac00000001')), (0x03, bytes([streams]))]
        pieces += [(0x04, shorts(self.rates)), (0x05, shorts(ACCEL_RANGES))]
        pieces += [] if self.args.no_gyro else [(0x06, shorts(GYRO_RANGES))]
        pieces += [(0x07, self.config_value()), (0x08, struct.pack('<BH', HAPTIC_LED, LONGEST_CUE_MS))]
        pieces += [(0x09, struct.pack('<I', 0)), (0x0A, bytes([1, 2, 3]))]
        return b''.join(bytes([kind, len(value)]) + value for kind, value in pieces)

    def status_value(self):
        bits = bool(self.stream) | bool(self.calibrating) << 1 | 0b11000 | (self.percent < LOW) << 5
        lost = self.lost_before + (self.stream.lost_inside if self.stream else 0)
        counters = (0, self.presses & 255, self.taps & 255, self.double_taps & 255)
        millivolts = 3300 + 9 * self.percent
        return struct.pack('<4B4BHHII', 1, bits, self.generation, 0, *counters, millivolts, self.latency, self.clipped, lost)

    def tell_status(self):
        asyncio.ensure_future(self.notify(self.status, self.status_value()))

    # -- requests ------------------------------------------------------------
    def on_request(self, _connection, value):
        value = bytes(value)
        arrived = self.now()
        self.writes += 1
        self.log('request', hex=value.hex())
        self.poke()
        if len(value) < 2:
            raise ATT_Error(ErrorCode.INVALID_ATTRIBUTE_LENGTH)
        if not self.mute:
            asyncio.ensure_future(self.answer(value, arrived))

    async def answer(self, value, arrived):
        opcode, reference, payload = value[0], value[1], value[2:]
        try:
            if opcode not in PAYLOAD:
                raise Refused(UNSUPPORTED)
            if len(payload) != PAYLOAD[opcode]:
                raise Refused(BAD_LENGTH)
            if opcode in self.refusals:
                raise Refused(self.refusals.pop(opcode))
            status, answer = OK, await self.perform(opcode, payload, arrived)
        except Refused as refused:
            status, answer = refused.status, b''
        self.log('reply', opcode=opcode, status=status)
        await self.indicate(self.control, bytes([opcode, reference, status]) + answer)

    async def perform(self, opcode, payload, arrived):
        """The reply's payload."""
        if opcode == START:
            self.start()
        elif opcode == STOP:
            await self.halt(flush=True)
        elif opcode == CONFIGURE:
            self.configure(*struct.unpack('<BHHH', payload))
        elif opcode == CALIBRATE:
            self.calibrate(payload[0])
        elif opcode == CUE:
            self.cue(*struct.unpack('<BBBBH', payload))
        elif opcode == IDENTIFY:
            self.log('identify', seconds=payload[0])
        elif opcode == SET_LATENCY:
            asked = struct.unpack('<H', payload)[0]
            self.latency = self.grant(asked)
            self.tell_status()
            return struct.pack('<H', self.latency)
        elif opcode == TIME_SYNC:
            return payload + struct.pack('<II', self.ticks(arrived), self.ticks(self.now()))
        return self.config_value() if opcode in (GET_CONFIG, CONFIGURE) else b''

    def grant(self, latency):
        return latency if self.args.latency is None else min(latency, self.args.latency)

    def configure(self, stream, rate, accel, gyro):
        if self.stream or self.calibrating:
            raise Refused(WRONG_STATE)
        with_gyro = stream == ACCEL_GYRO
        known = stream in ((ACCEL,) if self.args.no_gyro else (ACCEL, ACCEL_GYRO))
        if not known or rate not in self.rates or accel not in ACCEL_RANGES or with_gyro and gyro not in GYRO_RANGES:
            raise Refused(BAD_VALUE)
        new = (stream, rate, accel, gyro if with_gyro else 0)
        if new != self.set:
            self.set = new
            self.generation = (self.generation + 1) % 256
            self.tell_status()

    def calibrate(self, what):
        if self.stream:
            raise Refused(WRONG_STATE)
        if self.calibrating:
            raise Refused(BUSY)
        if what > 1:
            raise Refused(BAD_VALUE)
        if what == 1 and self.args.no_gyro:
            raise Refused(UNSUPPORTED)
        self.calibrating = asyncio.ensure_future(self.calibration(2.0 if what else 0.0))
        self.tell_status()

    async def calibration(self, seconds):
        await asyncio.sleep(seconds)
        self.calibrating = None
        self.generation = (self.generation + 1) % 256
        self.tell_status()

    def cue(self, actuators, pattern, intensity, repeat, longest):
        if pattern >= len(PATTERN_ON_MS) or repeat == 0 or longest == 0:
            raise Refused(BAD_VALUE)
        if actuators & HAPTIC_LED == 0:
            raise Refused(UNSUPPORTED)
        on = min(PATTERN_ON_MS[pattern] * repeat, longest, LONGEST_CUE_MS)
        self.log('cue', actuators=actuators & HAPTIC_LED, pattern=pattern, intensity=intensity, repeat=repeat, on_ms=on)

    # -- the stream ----------------------------------------------------------
    def ticks(self, at):
        return round(at * TICKS) % 2**32

    def start(self):
        if self.calibrating:
            raise Refused(BUSY)
        if self.percent <= EMPTY:
            raise Refused(LOW_BATTERY)
        if not self.stream:
            self.run_number = (self.run_number + 1) % 16
            self.clipped = self.lost_before = 0
            self.anchored = None  # when the last full frame went out; None: the run is new
            self.is_new = True
            rate = self.set[1] / 16
            self.stream = Stream(self, rate, self.batch, self.send)
            at = self.movement_time(self.stream.began)
            self.log('run', run=self.run_number, rate=rate, clock=round(self.stream.began, 6), movement=round(at, 6))
            self.tell_status()
            self.poke()

    async def halt(self, flush=False):
        """The stream ends; the log then says what the link was given of it."""
        stream = self.stream
        if stream and not stream.is_ending:
            await stream.end(flush)
            self.stream = None
            self.lost_before = stream.lost_inside
            self.log('run-ends', run=self.run_number, samples=stream.sent, last=stream.last_sent)
            self.tell_status()

    def link_is_lost(self):
        asyncio.ensure_future(self.halt())

    def power_cycle(self):
        super().power_cycle()
        asyncio.ensure_future(self.halt())
        self.run_number = self.random.randrange(16)
        self.presses = self.taps = self.double_taps = 0
        self.forget_settings()

    def sample_size(self):
        return 6 * self.set[0]

    def room(self):
        return self.connection.att_mtu - 3 if self.connection else 20

    def is_compact(self):
        return self.room() < 12 + self.sample_size()

    def batch(self):
        """Samples in a frame: as many as the latency lets wait and the link takes."""
        waiting = int(self.latency * self.set[1] / 16000)
        fits = (self.room() - (8 if self.is_compact() else 12)) // self.sample_size()
        return max(1, min(waiting, fits, 255))

    async def send(self, first, count):
        stream = self.stream
        if stream is None:
            return False
        at = stream.time(first)
        samples, clipped = self.samples(first, count)
        flags = clipped | stream.overrun << 1 | self.is_new << 2 | self.run_number << 4
        head = (flags, self.generation)
        if not self.is_compact():
            self.is_new = False
            full = struct.pack('<BBBBII', self.set[0], *head, count, first % 2**32, self.ticks(at))
            return await self.notify(self.data, full + samples)
        if self.is_new or stream.overrun or at - self.anchored >= 0.9:
            anchor = struct.pack('<BBBBII', self.set[0], flags & ~1, self.generation, 0, first % 2**32, self.ticks(at))
            await self.notify(self.data, anchor)
            self.anchored, self.is_new = at, False
        short = struct.pack('<BBBHI', 0x10 | self.set[0], flags & ~6, self.generation, first % 2**16, self.ticks(at))[:8]
        return await self.notify(self.data, short + samples)

    def samples(self, first, count):
        """(bytes, whether one was clipped)"""
        accel, gyro = self.scales()
        scales = ([accel] * 3 + [gyro] * 3)[: 3 * self.set[0]]
        counts = []
        for index in range(first, first + count):
            reading = self.reading(self.stream.time(index))
            counts += [round(value / scale) for value, scale in zip(reading, scales)]
        held = [max(-32768, min(32767, count)) for count in counts]
        clipped = sum(count in (-32768, 32767) for count in held)
        self.clipped += clipped
        return struct.pack(f'<{len(held)}h', *held), clipped > 0

    # -- the script's own words ----------------------------------------------
    def press(self):
        self.presses += 1
        self.tell_status()

    def tap(self, times):
        if times == 2:
            self.double_taps += 1
        else:
            self.taps += 1
        self.tell_status()

    async def set_battery(self, percent):
        await super().set_battery(percent)
        self.tell_status()
