"""A Polar H10: acceleration over Polar Measurement Data (PMD), with heart rate and battery beside it.

Made after the maker's published description (online_measurement.pdf) and what its own SDK tests; never held against a strap.
"""
import asyncio
import struct

from bumble.att import Attribute
from bumble.core import AdvertisingData, UUID
from bumble.gatt import Characteristic, CharacteristicValue, Service

from sensor import INDICATE, NOTIFY, READ, WRITE, Sensor, Stream

PMD, CONTROL, DATA = (UUID(f'FB005C8{digit}-02E7-F387-1CAD-8ACD2D8DF0C8') for digit in range(3))
HEART_RATE = UUID.from_16_bits(0x180D)
FEATURES = bytes([0x0F, 0x05]) + bytes(15)  # ECG and acceleration
ACC = 2
GET_SETTINGS, START, STOP = 1, 2, 3
OK, INVALID_OPCODE, INVALID_TYPE, NOT_SUPPORTED, INVALID_LENGTH, INVALID_PARAMETER, ALREADY = range(7)
INVALID_RESOLUTION, INVALID_RATE, INVALID_RANGE, INVALID_MTU = range(7, 11)
RATE, RESOLUTION, RANGE = range(3)  # settings
OFFERED = {RATE: (25, 50, 100, 200), RESOLUTION: (16,), RANGE: (2, 4, 8)}
WRONG = {RATE: INVALID_RATE, RESOLUTION: INVALID_RESOLUTION, RANGE: INVALID_RANGE}
SAMPLES = 36  # in a frame
LEAST_MTU = 232
# 2019-01-01 in the strap's count of nanoseconds since 2000: where its clock begins when it was off.
POWER_UP = 599_616_000 * 10**9


class PolarH10(Sensor):
    def __init__(self, args, movement):
        super().__init__(args, movement)
        args.name = args.name or 'Polar H10 1BC0AC01'
        self.is_on = False  # a measurement was started, whether or not the link is there

    def services(self):
        self.control = Characteristic(
            CONTROL, READ | WRITE | INDICATE, Attribute.READABLE | Attribute.WRITEABLE,
            CharacteristicValue(read=lambda _: FEATURES, write=self.on_request),
        )  # fmt: skip
        self.data = Characteristic(DATA, NOTIFY, Attribute.READABLE, bytes())
        self.pulse = Characteristic(UUID.from_16_bits(0x2A37), NOTIFY, Attribute.READABLE, bytes())
        about = self.device_information(manufacturer='Polar Electro Oy', model='H10', serial='1BC0AC01', firmware='3.1.1')
        asyncio.ensure_future(self.beat())
        return [Service(HEART_RATE, [self.pulse]), Service(PMD, [self.control, self.data]), self.battery(), about]

    def advertisement(self):
        return [
            (AdvertisingData.FLAGS, bytes([0x06])),
            (AdvertisingData.INCOMPLETE_LIST_OF_16_BIT_SERVICE_CLASS_UUIDS, HEART_RATE.to_bytes()),
            (AdvertisingData.MANUFACTURER_SPECIFIC_DATA, bytes.fromhex('6b00') + bytes(4)),
        ], [(AdvertisingData.COMPLETE_LOCAL_NAME, self.args.name.encode())]

    async def beat(self):
        while True:
            await asyncio.sleep(1)
            await self.notify(self.pulse, struct.pack('<BBH', 0x10, 72, 853))

    # -- the control point ---------------------------------------------------
    def on_request(self, _connection, value):
        self.writes += 1
        self.log('request', hex=bytes(value).hex())
        self.poke()
        asyncio.ensure_future(self.answer(bytes(value)))

    async def answer(self, value):
        opcode, kind = value[0] if value else 0, value[1] if len(value) > 1 else 0xFF
        status, parameters = self.perform(opcode, kind, value[2:])
        self.log('reply', opcode=opcode, status=status)
        # "More" follows the status only where it was a success; a start's answer ends in one byte that means nothing.
        await self.indicate(self.control, bytes([0xF0, opcode, kind, status]) + (b'\0' + parameters if status == OK else b''))
        if opcode == START and status == OK:
            self.start()

    def perform(self, opcode, kind, parameters):
        """(status, parameters of the response)"""
        if opcode not in (GET_SETTINGS, START, STOP):
            return INVALID_OPCODE, b''
        if kind != ACC:
            return (INVALID_TYPE if kind > 14 else NOT_SUPPORTED), b''
        if opcode == GET_SETTINGS:
            lists = (struct.pack(f'<BB{len(values)}H', key, len(values), *values) for key, values in OFFERED.items())
            return OK, b''.join(lists)
        if opcode == STOP:
            asyncio.ensure_future(self.halt())
            self.is_on = False
            return OK, b''
        if self.is_on:
            return ALREADY, b''
        return self.choose(parameters)

    def choose(self, parameters):
        if self.connection is None or self.connection.att_mtu < LEAST_MTU:
            return INVALID_MTU, b''
        if len(parameters) != 12:
            return INVALID_LENGTH, b''
        chosen = {}
        for at in range(0, 12, 4):
            key, count, value = struct.unpack_from('<BBH', parameters, at)
            if count != 1 or key not in OFFERED:
                return INVALID_PARAMETER, b''
            if value not in OFFERED[key]:
                return WRONG[key], b''
            chosen[key] = value
        if len(chosen) != len(OFFERED):
            return INVALID_PARAMETER, b''
        self.chosen = chosen
        return OK, b'\x01'

    # -- the stream ----------------------------------------------------------
    def start(self):
        self.is_on = True
        self.stream = Stream(self, self.chosen[RATE], lambda: SAMPLES, self.send)
        at = self.movement_time(self.stream.began)
        self.log('run', run=self.connections, rate=self.chosen[RATE], clock=round(self.stream.began, 6), movement=round(at, 6))
        self.poke()

    async def halt(self):
        stream = self.stream
        if stream and not stream.is_ending:
            await stream.end()
            self.stream = None
            self.log('run-ends', samples=stream.sent, last=stream.last_sent)

    def link_is_lost(self):
        asyncio.ensure_future(self.halt())
        self.is_on = self.is_on and self.args.stays_on

    def power_cycle(self):
        super().power_cycle()
        self.is_on = False
        asyncio.ensure_future(self.halt())

    async def send(self, first, count):
        stream, furthest = self.stream, 1000 * self.chosen[RANGE]
        if stream is None:
            return False
        stamp = POWER_UP + round(stream.time(first + count - 1) * 1e9)
        values = []
        for index in range(first, first + count):
            for value in worn(self.reading(stream.time(index))):
                values.append(max(-furthest, min(furthest, round(value / 9.80665 * 1000))))
        return await self.notify(self.data, struct.pack(f'<BQB{len(values)}h', ACC, stamp, 0x01, *values))


def worn(reading):
    """Along the strap's axes, m/s²: seen from the wearer's back like the open sensor, but worn in front of the chest,
    so that right and left, front and back change places (+z out of the chest, +y up)."""
    x, y, z = reading[:3]
    return -x, y, -z
