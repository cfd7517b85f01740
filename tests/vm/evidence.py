"""What a session in the VM left behind, held against what the wearer did: files, repetitions, gaps."""
import base64
import json
import struct
import subprocess

import movement as movements

SUPERVISED = 0.5  # s: shorter gaps are those of single frames
HEADINGS = f'{"seed":>4} {"breaks at":<28}{"done":>5}{"outside":>8}{"counted":>8}{"touched":>8}{"not seen":>9}{"gaps, s":>22}{"undelivered":>12}{"took, s":>8}  result'


def lines(path, word):
    """The objects of a file of JSON lines that hold a word; torn lines are for `verify` to find."""
    with open(path, encoding='utf-8', errors='replace') as file:
        for line in file:
            if f'"{word}"' in line:
                try:
                    yield json.loads(line)
                except ValueError:
                    continue


def truth_of(path):
    return next(lines(path, 'header'))['header']['truth']


def recording_in(folder):
    found = sorted(folder.rglob('*.backcoach.jsonl'))
    return found[-1] if found else None


def log_of(folder):
    return list(lines(folder / 'sensor0.jsonl', 'event'))


class Received:
    """The samples that a recording holds, on the movement's time."""

    def __init__(self, recording, log, family):
        self.log = log
        self.runs = [entry for entry in log if entry['event'] == 'run']
        read = self.open_frame if family == 'backcoach' else self.polar_frame
        self.frames = []  # (place in self.runs, index of the first sample, count, host time)
        for line in lines(recording, 'packet') if recording else ():
            packet = line['packet']
            frame = read(packet['channel'], base64.b64decode(packet['bytes']))
            if frame:
                self.frames.append((*frame, packet['at']))
        # How the session's time lies to the movement's: the packet with the shortest way tells.
        ways = [at - self.time(run, first + count - 1) for run, first, count, at in self.frames]
        self.shift = min(ways, default=0)

    def open_frame(self, channel, value):
        if channel != movements.DATA or len(value) < 12 or value[0] not in (1, 2):
            return None
        flags, count, first = value[1], value[3], struct.unpack_from('<I', value, 4)[0]
        if flags & 4:
            self.place = next(place for place in self.places() if self.runs[place]['run'] == flags >> 4)
        return getattr(self, 'place', 0), first, count

    def places(self):
        """Runs still to come: their numbers wrap."""
        return range(getattr(self, 'place', -1) + 1, len(self.runs))

    def polar_frame(self, _channel, value):
        if len(value) != 226 or value[0] != 2:
            return None
        clock = (struct.unpack_from('<Q', value, 1)[0] - 599_616_000 * 10**9) / 1e9
        place = max((at for at, run in enumerate(self.runs) if run['clock'] <= clock), default=0)
        run = self.runs[place]
        return place, round((clock - run['clock']) * run['rate']) - 35, 36

    def time(self, run, index):
        """Of the movement, s."""
        return self.runs[run]['movement'] + index / self.runs[run]['rate']

    def counts(self):
        """Samples of each run."""
        counts = {}
        for run, _, count, _ in self.frames:
            counts[run] = counts.get(run, 0) + count
        return counts

    def delivered(self):
        """Samples that the link took, by the sensor's own log."""
        return sum(entry['samples'] for entry in self.log if entry['event'] == 'run-ends')

    def gaps(self):
        """(from, to) on the movement's time: from the first sample received to the last."""
        found, last = [], None
        for run, first, count, _ in self.frames:
            here, period = self.time(run, first), 1 / self.runs[run]['rate']
            if last is not None and here - last > 1.5 * period:
                found.append((last, here))
            last = self.time(run, first + count - 1)
        return found


class Findings:
    def __init__(self, session, code, output):
        self.session = session
        self.problems = []
        self.recording = recording_in(session.shared)
        self.log = log_of(session.logs)
        self.received = Received(self.recording, self.log, session.args.family)
        self.gaps = self.received.gaps()
        self.require(code in (0, 3), f'exit code {code}')
        self.require(self.recording is not None, 'no recording')
        self.events = [line['event'] for line in lines(self.recording, 'event')] if self.recording else []
        self.repetitions()
        self.set_up()
        self.gaps_are_reported()
        self.files(output)

    def require(self, holds, otherwise):
        if not holds:
            self.problems.append(otherwise)

    def of(self, kind):
        return [event for event in self.events if event.get('event') == kind]

    def repetitions(self):
        done = truth_of(self.session.movement)['reps']
        touched = [any(begin < rep['end'] and end > rep['start'] for begin, end in self.gaps) for rep in done]
        undone = {event['rep'] for event in self.of('undone')}
        counts = [0] * len(done)
        phantoms = 0
        for event in self.of('rep'):
            if event['number'] in undone:
                continue
            turn = event['turn'] - self.received.shift
            place = min(range(len(done)), key=lambda at: abs(done[at]['turn'] - turn))
            if done[place]['start'] - 0.5 <= turn <= done[place]['end'] + 0.5:
                counts[place] += 1
            else:
                phantoms += 1
        self.done = len(done)
        self.outside = touched.count(False)
        self.counted = sum(count for count, hit in zip(counts, touched) if not hit) + phantoms
        self.in_gaps = (sum(count for count, hit in zip(counts, touched) if hit), touched.count(True))
        for place, (count, hit) in enumerate(zip(counts, touched)):
            name = f'repetition {place + 1} (set {done[place]["set"]})'
            self.require(count <= 1, f'{name} was counted {count} times')
            self.require(hit or count >= 1, f'{name} was not counted')
        self.require(phantoms == 0, f'{phantoms} counted that nobody did')

    def set_up(self):
        bends = sum(event['step'] == 'bend_once' for event in self.of('setup'))
        self.require(bends == 1, f'the bend was asked for {bends} times')
        self.require(len(self.of('mounted')) == 1, f'the mounting was measured {len(self.of("mounted"))} times')

    def gaps_are_reported(self):
        reported = [(gap['from'] - self.received.shift, gap['to'] - self.received.shift) for gap in self.of('gap')]
        for begin, end in self.gaps:
            near = any(abs(a - begin) < 0.3 and abs(b - end) < 0.3 for a, b in reported)
            self.require(near, f'the gap from {begin:.1f} to {end:.1f} s is not reported')
        breaks = len(self.session.breaks)
        self.require(sum(end - begin > SUPERVISED for begin, end in self.gaps) >= breaks, f'fewer gaps than the {breaks} breaks')
        self.unseen = sum(gap['reps_not_seen'] for gap in self.of('gap'))

    def files(self, output):
        self.undelivered = self.received.delivered() - sum(self.received.counts().values())
        pictures = [path for path in self.session.shared.rglob('*.png') if path.read_bytes()[:4] == b'\x89PNG']
        self.require(pictures, 'no report')
        told = sum(b'"event":"rep"' in line for line in output.splitlines())
        self.require(told == len(self.of('rep')), f'--json told {told} repetitions, the recording has {len(self.of("rep"))}')
        if self.recording:
            command = [str(self.session.args.binary), 'verify', str(self.recording)]
            verdict = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
            self.require(verdict.returncode == 0, f'verify: {verdict.stdout.strip()}')
            self.require(any(lines(self.recording, 'end')), 'the recording has no end')

    def row(self, took):
        breaks = ' '.join(f'{at:.0f}+{seconds}' if seconds else f'{at:.0f}' for at, seconds in self.session.breaks)
        gaps = ' '.join(f'{end - begin:.1f}' for begin, end in self.gaps)
        touched = f'{self.in_gaps[0]}/{self.in_gaps[1]}'
        result = '; '.join(self.problems) or 'ok'
        return f'{self.session.seed:>4} {breaks:<28}{self.done:>5}{self.outside:>8}{self.counted:>8}{touched:>8}{self.unseen:>9}{gaps:>22}{self.undelivered:>12}{took:>8.0f}  {result}'
