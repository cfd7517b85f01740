"""A simulated wearable sensor behind a simulated Bluetooth LE controller, worn by somebody who moves.

It listens on a Unix socket for an HCI (H4) stream. Whatever Bluetooth stack connects there (the kernel of the VM,
through vhci-bridge) sees a controller with one sensor in its reach:

    peripheral --listen PATH --movement RECORDING [--family backcoach|polar_h10] [options]

The wearer does what the recording of the synthetic wearer did, in real time, from the moment the first stream starts,
and does not wait for the link: what is not sent is gone.

What else happens is told by --script: steps separated by ';', carried out in order.

    wait S              go on after S seconds (fractions allowed)
    at T                go on when the wearer is T seconds into the recording's session
    wait-connect        go on when a host is (or gets) connected
    wait-stream         go on when the sensor streams
    wait-disconnect     go on when no host is connected (any more)
    wait-write          go on at the next request
    wait-sent N         go on when N more frames have been sent
    drop [REASON]       the sensor ends the link (HCI reason, default 0x13), and advertises again
    away S              out of range for S seconds: nothing gets through, after 0.42 s both sides lose the link
    hide / show         stop / start advertising (it starts with advertising on, and advertises again after every
                        disconnection unless hidden)
    pause / resume      stop / go on sending while the link stays: samples are lost inside the sensor
    skip N              leave out the next N frames, as if the link had lost them
    send HEX            one Data notification with exactly these bytes, out of turn
    battery N           the charge, percent
    rssi N              received signal strength of later advertisements
    reboot              power off and on: the link drops, clock and settings begin anew
    unplug              the adapter is gone (the HCI stream is closed)
    exit                end the simulator
  of the open protocol's sensor:
    press               the button
    tap [2]             a tap, or a double tap, on the housing
    refuse OP STATUS    the next request of that opcode is refused
    mute / unmute       requests get no answer

Events are written as JSON lines to --log (default: standard output), the last one a summary.
"""
import argparse
import asyncio
import signal
import sys

import movement
from backcoach import Backcoach
from polar import PolarH10

FAMILIES = {'backcoach': Backcoach, 'polar_h10': PolarH10}


async def step(sensor, word, arg):
    waits = {
        'wait-connect': lambda: sensor.connection is not None,
        'wait-stream': lambda: sensor.stream is not None,
        'wait-disconnect': lambda: sensor.connection is None,
    }
    if word in waits:
        await sensor.until(waits[word])
    elif word == 'wait':
        await asyncio.sleep(float(arg))
    elif word == 'at':
        await sensor.until(lambda: sensor.moving_since is not None)
        await asyncio.sleep(max(0, float(arg) - sensor.movement_time(sensor.now())))
    elif word == 'wait-write':
        writes = sensor.writes
        await sensor.until(lambda: sensor.writes > writes)
    elif word == 'wait-sent':
        goal = sensor.frames + int(arg)
        while sensor.frames < goal:
            await asyncio.sleep(0.02)
    elif word == 'drop':
        await sensor.drop(int(arg or '0x13', 0))
    elif word == 'away':
        await sensor.out_of_range(float(arg))
    elif word == 'hide':
        await sensor.hide()
    elif word == 'show':
        sensor.hidden = False
        await sensor.show()
    elif word in ('pause', 'resume'):
        sensor.paused = word == 'pause'
    elif word == 'skip':
        sensor.skip += int(arg)
    elif word == 'send':
        await sensor.notify(sensor.data, bytes.fromhex(arg))
    elif word == 'battery':
        await sensor.set_battery(int(arg))
    elif word == 'rssi':
        sensor.near.rssi = int(arg)
    elif word == 'reboot':
        sensor.power_cycle()
        await sensor.drop(0x08)
    elif word == 'unplug':
        if sensor.hci_writer:
            sensor.hci_writer.close()
    elif word == 'exit':
        sensor.stop.set()
    elif word == 'press':
        sensor.press()
    elif word == 'tap':
        sensor.tap(int(arg or 1))
    elif word == 'refuse':
        opcode, status = arg.split()
        sensor.refusals[int(opcode)] = int(status)
    elif word in ('mute', 'unmute'):
        sensor.mute = word == 'mute'
    else:
        raise SystemExit(f'unknown step: {word}')


async def play(sensor, script):
    for line in script.split(';'):
        word, _, arg = line.strip().partition(' ')
        if word:
            sensor.log('step', step=line.strip())
            await step(sensor, word, arg.strip())


async def run(args):
    sensor = FAMILIES[args.family](args, movement.read(args.movement))
    await sensor.power_on()
    server = await asyncio.start_unix_server(sensor.serve, args.listen)
    sensor.log('ready', listen=args.listen)
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, sensor.stop.set)
    script = asyncio.create_task(play(sensor, args.script))
    stopper = asyncio.create_task(sensor.stop.wait())
    await asyncio.wait({script, stopper}, return_when=asyncio.FIRST_COMPLETED)
    failure = script.exception() if script.done() else None
    if failure:
        sensor.log('failed', error=repr(failure))
    else:
        await stopper
    server.close()
    sensor.log('summary', frames=sensor.frames, connections=sensor.connections, writes=sensor.writes)
    return 1 if failure else 0


def options():
    parser = argparse.ArgumentParser(prog='peripheral', description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add = parser.add_argument
    add('--listen', required=True, metavar='PATH', help='Unix socket to offer the HCI stream on')
    add('--movement', required=True, metavar='RECORDING', help='what the wearer does')
    add('--family', choices=FAMILIES, default='backcoach')
    add('--offset', type=float, default=0, metavar='S', help='begin the movement so far into the recording')
    add('--name', help='as advertised')
    add('--address', default='F0:0D:BA:CC:0A:C4', help="the sensor's (static random) address")
    add('--adapter-address', default='02:00:00:00:00:01', help="the host controller's own address")
    add('--battery', type=int, default=83, metavar='PERCENT')
    add('--mtu', type=int, default=517, help='the largest that the sensor takes (23: frames of 20 bytes)')
    add('--loss', type=float, default=0, help='share of frames to leave out at random, 0..1')
    add('--drift', type=float, default=20, metavar='PPM', help="how fast the sensor's clock runs")
    add('--burst-ms', type=float, default=0, help='send what is due only every so many ms, like a connection interval')
    add('--seed', type=int, default=1)
    add('--hidden', action='store_true', help='do not advertise until the script says show')
    add('--script', default='', metavar='STEPS')
    add('--log', metavar='FILE')
    own = parser.add_argument_group('the open protocol')
    own.add_argument('--rate', type=float, default=100, help='samples a second at power-up')
    own.add_argument('--rates', default='50,100,200', help='all that it can')
    own.add_argument('--latency', type=int, metavar='MS', help='never grants more (0: each sample in a frame of its own)')
    own.add_argument('--no-gyro', action='store_true')
    polar = parser.add_argument_group('Polar')
    polar.add_argument('--stays-on', action='store_true', help='a measurement outlives the link, and a start is then refused')
    return parser.parse_args()


if __name__ == '__main__':
    sys.exit(asyncio.run(run(options())))
