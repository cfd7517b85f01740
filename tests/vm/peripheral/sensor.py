"""What every simulated sensor has: a controller in reach of the host's, a GATT server, a clock, a log, and a body that moves."""
import asyncio
import contextlib
import json
import math
import random
import sys
import time

from bumble import hci
from bumble.att import Attribute
from bumble.core import AdvertisingData, UUID
from bumble.device import Device
from bumble.gatt import Characteristic, CharacteristicValue, Service
from bumble.hci import Address
from bumble.host import Host
from bumble.transport.common import AsyncPipeSink, StreamPacketSource

from air import Air, Radio

READ, NOTIFY, INDICATE = (getattr(Characteristic.Properties, name) for name in ('READ', 'NOTIFY', 'INDICATE'))
WRITE = Characteristic.Properties.WRITE
SUPERVISION = 0.42  # s, Linux's default


def readable(uuid, read, properties=READ):
    value = read if isinstance(read, bytes) else CharacteristicValue(read=read)
    return Characteristic(uuid, properties, Attribute.READABLE, value)


class Sensor:
    """A sensor of some family. Families say their services, their advertisement, and what is to be done when they are written to."""

    def __init__(self, args, movement):
        self.args = args
        self.movement = movement
        self.random = random.Random(args.seed)
        self.log_file = open(args.log, 'w', buffering=1) if args.log else sys.stdout
        self.began = time.monotonic()
        self.moving_since = None  # of the sensor's time
        self.connection = None
        self.hidden = args.hidden
        self.paused = False
        self.skip = 0
        self.percent = args.battery
        self.stream = None
        self.frames = 0
        self.connections = 0
        self.writes = 0
        self.changed = asyncio.Event()
        self.advertiser = asyncio.Lock()
        self.hci_writer = None
        self.stop = asyncio.Event()

    # -- what a family says --------------------------------------------------
    def services(self):
        raise NotImplementedError

    def advertisement(self):
        """Lists of (type, bytes): the advertisement and the scan response, 31 bytes each at most."""
        raise NotImplementedError

    def link_is_lost(self):
        """The connection ended, whoever ended it."""

    def power_cycle(self):
        """Everything that a sensor forgets without power."""
        self.began = time.monotonic()

    # -- log -----------------------------------------------------------------
    def log(self, event, **more):
        entry = {'t': round(time.monotonic() - self.created, 3), 'event': event, **more}
        print(json.dumps(entry), file=self.log_file, flush=True)

    created = time.monotonic()

    def poke(self):
        """Something changed: whoever waits looks again."""
        self.changed.set()
        self.changed = asyncio.Event()

    async def until(self, condition):
        while not condition():
            await self.changed.wait()

    # -- time ----------------------------------------------------------------
    def now(self):
        """The sensor's own time since power-up, s; its crystal is off by --drift parts in a million."""
        return (time.monotonic() - self.began) * (1 + self.args.drift * 1e-6)

    async def sleep_until(self, due):
        """Until a time of the sensor's clock; with --burst-ms until the radio's next turn after that."""
        if self.args.burst_ms:
            slot = self.args.burst_ms / 1000
            due = math.ceil(due / slot) * slot
        await asyncio.sleep(max(0, due - self.now()))

    # -- movement ------------------------------------------------------------
    def movement_time(self, at):
        """Where the wearer is in the movement at a time of the sensor's clock. The wearer does not wait for anybody:
        the movement begins with the first stream and goes on whatever becomes of the link."""
        if self.moving_since is None:
            self.moving_since = at
            self.log('movement-begins')
            self.poke()
        return self.movement.begin + self.args.offset + at - self.moving_since

    def reading(self, at):
        return self.movement.at(self.movement_time(at))

    # -- streaming -----------------------------------------------------------
    @property
    def is_heard(self):
        return self.connection is not None and not self.air.cut

    async def notify(self, characteristic, value):
        """Whether the link was there to take it."""
        if self.connection is None:
            return False
        heard = self.is_heard
        with contextlib.suppress(Exception):  # the connection ended in this moment
            await self.device.gatt_server.notify_subscriber(self.connection, characteristic, value)
        return heard

    async def indicate(self, characteristic, value):
        if self.connection is not None:
            with contextlib.suppress(Exception):
                await self.device.gatt_server.indicate_subscriber(self.connection, characteristic, value)

    # -- common services -----------------------------------------------------
    def battery(self):
        self.level = readable(UUID.from_16_bits(0x2A19), lambda _: bytes([self.percent]), READ | NOTIFY)
        return Service(UUID.from_16_bits(0x180F), [self.level])

    def device_information(self, **texts):
        numbers = {'manufacturer': 0x2A29, 'model': 0x2A24, 'serial': 0x2A25, 'hardware': 0x2A27, 'firmware': 0x2A26}
        uuids = [(UUID.from_16_bits(numbers[what]), text.encode()) for what, text in texts.items()]
        return Service(UUID.from_16_bits(0x180A), [readable(uuid, text) for uuid, text in uuids])

    async def set_battery(self, percent):
        self.percent = percent
        await self.notify(self.level, bytes([percent]))

    # -- advertising ---------------------------------------------------------
    async def show(self):
        async with self.advertiser:
            if self.connection is not None or self.hidden:
                return
            advertisement, response = (bytes(AdvertisingData(list(data))) for data in self.advertisement())
            await self.device.start_advertising(
                advertising_data=advertisement,
                scan_response_data=response,
                advertising_interval_min=100,
                advertising_interval_max=100,
            )
            self.log('advertising')

    async def hide(self):
        self.hidden = True
        async with self.advertiser:
            await self.device.stop_advertising()

    # -- the link ------------------------------------------------------------
    def on_connection(self, connection):
        self.connection = connection
        self.connections += 1
        self.log('connected', peer=str(connection.peer_address), number=self.connections)
        connection.on(connection.EVENT_DISCONNECTION, self.on_disconnection)
        connection.on('connection_att_mtu_update', lambda: self.log('mtu', mtu=connection.att_mtu))
        self.poke()

    def on_disconnection(self, reason):
        self.connection = None
        self.log('disconnected', reason=f'0x{int(reason):02x}')
        self.link_is_lost()
        self.poke()
        asyncio.ensure_future(self.show())

    async def drop(self, reason=0x13):
        if self.connection:
            await self.connection.disconnect(hci.HCI_ErrorCode(reason))

    async def out_of_range(self, seconds):
        """Nothing gets through; both sides notice after the supervision timeout."""
        self.air.cut = True
        self.hidden = True
        self.log('out-of-range', seconds=seconds)
        await asyncio.sleep(min(SUPERVISION, seconds))
        if seconds >= SUPERVISION:
            for radio in (self.near, self.far):
                radio.lose_all()
            await self.hide()
            await asyncio.sleep(seconds - SUPERVISION)
        self.air.cut = False
        self.hidden = False
        self.log('in-range')
        await self.show()

    # -- the host's side -----------------------------------------------------
    async def serve(self, reader, writer):
        """The host's stack is on the other end of a socket: one HCI stream at a time."""
        self.log('hci-open')
        self.hci_writer = writer
        source = StreamPacketSource()
        source.set_packet_sink(self.near)

        class Sink:
            def on_packet(self, packet):
                if not writer.is_closing():
                    writer.write(packet)

        self.near.host = Sink()
        with contextlib.suppress(ConnectionError):
            while data := await reader.read(65536):
                source.data_received(data)
        self.near.host = None
        self.hci_writer = None
        self.near.le_scan_enable = False
        self.near.pending_le_connection = None
        for radio in (self.near, self.far):
            radio.lose_all()
        self.log('hci-closed')
        writer.close()

    async def power_on(self):
        self.air = Air()
        self.near = Radio('near', link=self.air, public_address=self.args.adapter_address)
        self.far = Radio('far', link=self.air, public_address=self.args.address)
        self.near.other, self.far.other = self.far, self.near
        self.device = Device(
            name=self.args.name,
            address=Address(self.args.address, Address.RANDOM_DEVICE_ADDRESS),
            host=Host(self.far, AsyncPipeSink(self.far)),
        )
        self.device.gatt_server.max_mtu = self.args.mtu
        # A Bumble quirk: a characteristic that can notify gets its CCCD by itself.
        self.device.add_services(self.services())
        self.device.on('connection', self.on_connection)
        await self.device.power_on()
        await self.show()


class Stream:
    """Samples at an even rate from now on, handed over in batches. `send(first index, count)` makes a frame of them.

    The chip never stops: what is not sent (--loss, skip, pause) is counted all the same.
    """

    def __init__(self, sensor, rate, batch, send):
        self.sensor, self.rate, self.batch, self.send = sensor, rate, batch, send
        self.began = sensor.now()
        self.next = 0
        self.sent = 0  # samples that the link took
        self.last_sent = None  # index
        self.overrun = False
        self.lost_inside = 0
        self.is_ending = False
        self.task = asyncio.create_task(self.run())

    def time(self, index):
        return self.began + index / self.rate

    async def run(self):
        while True:
            await self.sensor.sleep_until(self.time(self.next + self.batch() - 1))
            await self.give(self.batch())

    async def give(self, count):
        sensor, first = self.sensor, self.next
        self.next += count
        if sensor.paused:
            self.overrun = True
            self.lost_inside += count
        elif sensor.skip or sensor.random.random() < sensor.args.loss:
            sensor.skip = max(0, sensor.skip - 1)
        else:
            if await self.send(first, count):
                self.sent += count
                self.last_sent = first + count - 1
            sensor.frames += 1
            self.overrun = False

    async def end(self, flush=False):
        """No more; with `flush` the samples held back are sent first."""
        self.is_ending = True
        self.task.cancel()
        taken = int((self.sensor.now() - self.began) * self.rate) + 1 - self.next
        while flush and taken > 0:
            count = min(taken, self.batch())
            taken -= count
            await self.give(count)
