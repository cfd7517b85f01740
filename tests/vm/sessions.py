#!/usr/bin/env python3
"""Runs whole sessions of `backcoach` in the VM against a simulated sensor whose link breaks, and checks what came of them.

    sessions.py [--count 20]      full sessions: two sets, the link dropped twice in mid-set, once out of range for 20 s
    sessions.py --short           one short session (about two minutes)
    sessions.py --throughput      200 notifications a second for 60 s into `backcoach record`

What must hold of a session: every repetition done outside the measured gaps is counted once, and none that was not
done; a repetition that a gap touched is counted once at most; the wearer is led through the set-up once; every gap is
reported; the recording is whole (`backcoach verify`) and holds every sample that the link delivered; there is a PNG.
"Measured" means: what the sensor took and the recording does not hold. Prints a table; exit code 1 if a check failed.
"""
import argparse
import os
import pathlib
import random
import shlex
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path.insert(0, str(HERE))
sys.path.insert(0, str(HERE / 'peripheral'))

import evidence

AWAY = 20  # s out of range in a full session
FAMILIES = ('backcoach', 'polar_h10')


class Session:
    """One session: what is to happen, and where its files are."""

    def __init__(self, args, seed, folder):
        self.args, self.seed, self.folder = args, seed, folder
        self.chance = random.Random(seed)
        self.reps, self.sets, self.rest = (5, 1, None) if args.short else (8, 2, args.rest)
        self.movement = folder / 'movement.backcoach.jsonl'
        self.shared = folder / 'shared'
        self.logs = folder / 'logs'

    def run(self):
        """The findings: an `evidence.Findings`."""
        self.shared.mkdir(parents=True)
        self.make_movement()
        truth = evidence.truth_of(self.movement)
        self.breaks = self.short_breaks(truth) if self.args.short else self.full_breaks(truth)
        code, output = self.in_vm(truth)
        (self.folder / 'output.jsonl').write_bytes(output)
        return evidence.Findings(self, code, output)

    def make_movement(self):
        command = [self.args.binary, 'simulate', 'hyperext_45', '--seed', self.seed, '--reps', self.reps, '--sets', self.sets]
        subprocess.run([str(word) for word in [*command, '-o', self.movement]], check=True, stderr=subprocess.DEVNULL)

    def within(self, truth, number, first, last):
        """An instant from the start of repetition `first` of a set to the end of `last`."""
        reps = [rep for rep in truth['reps'] if rep['set'] == number]
        return self.chance.uniform(reps[first - 1]['start'], reps[last - 1]['end'])

    def full_breaks(self, truth):
        """(instant, seconds away; 0 for a dropped link): both drops in one set, the long way off in the other."""
        dropped, away = self.chance.sample([1, 2], 2)
        breaks = [(self.within(truth, dropped, 2, 3), 0), (self.within(truth, dropped, 5, 7), 0)]
        return sorted([*breaks, (self.within(truth, away, 2, 4), AWAY)])

    def short_breaks(self, truth):
        return [(self.within(truth, 1, 2, 3), 0)]

    def script(self):
        steps = [f'at {at:.2f}; ' + (f'away {seconds}' if seconds else 'drop') for at, seconds in self.breaks]
        return '; '.join(steps)

    def in_vm(self, truth):
        sensor = ['--family', self.args.family, '--movement', str(self.movement), '--seed', str(self.seed)]
        sensor += ['--script', self.script()]
        length = truth['still'][-1]['to']
        options = ['--dir', self.logs, '--share', self.shared, '--timeout', round(length + 150)]
        options += ['--interrupt', round(length + 60), '--sensor', shlex.join(sensor)]
        command = ['coach', 'hyperext_45', '--on', 'T7', '--reps', self.reps, '--sets', self.sets]
        command += ['--rest', self.rest] if self.rest else []
        command += ['--data', self.shared, '--json']
        return in_vm(options, self.args.binary, command, self.shared, self.folder / 'errors.txt')


def in_vm(options, binary, command, folder, errors):
    words = [HERE / 'run-in-vm.sh', *options, binary, *command]
    with open(errors, 'wb') as stderr:
        done = subprocess.run([str(word) for word in words], cwd=folder, stdout=subprocess.PIPE, stderr=stderr)
    return done.returncode, done.stdout


def throughput(args, folder):
    """200 notifications a second: what the link took against what the recording holds."""
    shared = folder / 'shared'
    shared.mkdir(parents=True)
    movement = ROOT / 'recordings/hyperext_45-clean.backcoach.jsonl'
    sensor = ['--rate', '200', '--rates', '200', '--latency', '0', '--movement', str(movement)]
    sensor += ['--script', f'wait-stream; wait {args.seconds}; pause']
    options = ['--dir', folder / 'logs', '--share', shared, '--timeout', args.seconds + 120]
    options += ['--interrupt', args.seconds + 30, '--sensor', shlex.join(sensor)]
    command = ['record', '--exercise', 'hyperext_45', '--on', 'T7', '--data', shared]
    _, output = in_vm(options, args.binary, command, shared, folder / 'errors.txt')
    (folder / 'output.txt').write_bytes(output)
    return evidence.Received(evidence.recording_in(shared), evidence.log_of(folder / 'logs'), 'backcoach')


def report_throughput(args, folder):
    received = throughput(args, folder)
    sent, kept = received.delivered(), sum(received.counts().values())
    print(f'notifications handed to the link: {sent}; samples in the recording: {kept}; missing: {sent - kept}')
    return sent == kept and sent >= 0.98 * 200 * args.seconds


def one(args, seed, folder):
    """The row of a session in the table, and what did not hold."""
    began = time.monotonic()
    findings = Session(args, seed, folder / f'session-{seed}').run()
    return findings.row(time.monotonic() - began), findings.problems


def options():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add = parser.add_argument
    add('--binary', type=pathlib.Path, default=ROOT / os.environ.get('CARGO_TARGET_DIR', 'target') / 'release/backcoach')
    add('--count', type=int, default=1, help='so many sessions, each with its own seed')
    add('--seed', type=int, default=1, help='of the first session')
    add('--jobs', type=int, default=1, help='so many at a time: an emulated one takes less than half a core')
    add('--rest', type=int, default=15, help='seconds that the coach gives between the sets; the wearer takes 30')
    add('--family', choices=FAMILIES, default='backcoach')
    add('--short', action='store_true')
    add('--throughput', action='store_true')
    add('--seconds', type=int, default=60, help='of --throughput')
    add('--keep', type=pathlib.Path, metavar='DIR', help="keep every session's files there (default: those of failures, in a temporary one)")
    args = parser.parse_args()
    args.binary = args.binary.resolve()
    return args


def main():
    args = options()
    folder = args.keep or pathlib.Path(tempfile.mkdtemp(prefix='backcoach-sessions.'))
    if args.throughput:
        return 0 if report_throughput(args, folder / 'throughput') else 1
    failures = 0
    print(evidence.HEADINGS, flush=True)
    with ThreadPoolExecutor(args.jobs) as pool:
        for row, problems in pool.map(lambda seed: one(args, seed, folder), range(args.seed, args.seed + args.count)):
            print(row, flush=True)
            failures += bool(problems)
    print(f'{args.count - failures} of {args.count} sessions held' + (f'; files in {folder}' if failures or args.keep else ''))
    return 1 if failures else 0


if __name__ == '__main__':
    sys.exit(main())
