"""What a sensor on the body measures, taken from a recording of the synthetic wearer.

Reads the Data packets of one sensor of a `*.backcoach.jsonl` file (full frames; the specification in
firmware-protocol/README.md has the bytes) and gives the movement at any instant, in m/s² and rad/s along the axes of
the housing. Its times are those of the recording's session, so that the times in the header's `truth` hold here too.
"""
import base64
import bisect
import json
import struct

INFO, DATA = 0, 2  # channels, as in the recording
TICKS = 32768  # per second of the sensor's clock


class Movement:
    def __init__(self, times, readings, truth):
        self.times = times
        self.readings = readings
        self.truth = truth

    @property
    def begin(self):
        return self.times[0]

    @property
    def end(self):
        return self.times[-1]

    def at(self, time):
        """(ax, ay, az, gx, gy, gz); before the beginning and after the end it stands still."""
        after = bisect.bisect_right(self.times, time)
        if after == 0 or after == len(self.times):
            return self.readings[min(after, len(self.times) - 1)]
        before = self.times[after - 1]
        share = (time - before) / (self.times[after] - before)
        return [a + share * (b - a) for a, b in zip(self.readings[after - 1], self.readings[after])]


def read(path, sensor=0):
    """The movement of a recording; ValueError says what it lacks."""
    truth, config, axes = None, None, (1, 2, 3)
    frames = []  # (arrival, frame)
    with open(path, encoding='utf-8') as lines:
        for line in lines:
            if '"packet"' not in line and '"header"' not in line:
                continue
            fields = json.loads(line)
            if 'header' in fields:
                truth = fields['header'].get('truth')
                continue
            packet = fields['packet']
            if packet['sensor'] != sensor:
                continue
            value = base64.b64decode(packet['bytes'])
            if packet['channel'] == INFO:
                config, axes = described(value, axes)
            elif packet['channel'] == DATA:
                frames.append((packet['at'], Frame(value, config)))
    if not frames:
        raise ValueError(f'{path}: no readings of sensor {sensor} in packets')
    return assembled(path, frames, axes, truth)


def pieces(info):
    """The pieces of an Info value: {type: value}."""
    found, at = {}, 0
    while at + 2 <= len(info):
        kind, length = info[at], info[at + 1]
        found[kind] = info[at + 2 : at + 2 + length]
        at += 2 + length
    return found


def described(info, axes):
    found = pieces(info)
    config = struct.unpack('<BBHHHff', found[0x07])
    return config, struct.unpack('<3b', found[0x0A]) if 0x0A in found else axes


class Frame:
    """A full Data frame, scaled by the config."""

    def __init__(self, value, config):
        kind, flags, generation, count, self.index, self.ticks = struct.unpack_from('<BBBBII', value)
        if kind not in (1, 2) or config is None or generation != config[0]:
            raise ValueError(f'a packet that is no full frame of the known configuration: {value[:12].hex()}')
        self.run = flags >> 4
        axes = 3 * kind
        accel, gyro = config[5:7]
        scales = [accel] * 3 + [gyro] * 3
        counts = struct.unpack_from(f'<{count * axes}h', value, 12)
        self.readings = [
            [count * scale for count, scale in zip(counts[at : at + axes], scales)] + [0.0] * (6 - axes)
            for at in range(0, len(counts), axes)
        ]


def turned(reading, axes):
    """From the chip's axes to the housing's."""
    result = [0.0] * 6
    for chip, axis in enumerate(axes):
        sign = 1 if axis > 0 else -1
        result[abs(axis) - 1] = sign * reading[chip]
        result[abs(axis) + 2] = sign * reading[chip + 3]
    return result


def assembled(path, frames, axes, truth):
    first = frames[0][1]
    marks, readings = [], []  # (index, ticks) of each frame; all readings
    ticks = first.ticks
    for _, frame in frames:
        if frame.run != first.run or frame.index != first.index + len(readings):
            raise ValueError(f'{path}: readings are missing at index {frame.index}; a movement has to be whole')
        ticks += (frame.ticks - ticks) % 2**32
        marks.append((len(readings), ticks))
        readings += [turned(reading, axes) for reading in frame.readings]
    rate = (marks[-1][0] - marks[0][0]) / ((marks[-1][1] - marks[0][1]) / TICKS)
    times = []
    for (index, ticks), (_, frame) in zip(marks, frames):
        times += [(ticks - first.ticks) / TICKS + k / rate for k in range(len(frame.readings))]
    # Frames are never early: the one with the shortest way tells how the sensor's time lies in the session's.
    ends = [index + len(frame.readings) - 1 for (index, _), (_, frame) in zip(marks, frames)]
    shift = min(arrival - times[end] for (arrival, _), end in zip(frames, ends))
    return Movement([time + shift for time in times], readings, truth)
