#!/usr/bin/env bash
# Makes every recording in this folder anew: `recordings/make.sh`. To be run whenever the coach's events change, for a
# recording holds them and is tested against its replay. Give the program with BACKCOACH=PATH, or it is built first.
set -euo pipefail
cd "$(dirname "$0")/.."

if [ -z "${BACKCOACH:-}" ]; then
    cargo build --release --locked
    BACKCOACH="${CARGO_TARGET_DIR:-target}/release/backcoach"
fi

fresh=$(mktemp -d)
trap 'rm -rf "$fresh"' EXIT

# make NAME EXERCISE OPTION…
make() {
    local name=$1
    shift
    "$BACKCOACH" simulate "$@" --created 2026-01-31T18:00:00Z -o "$fresh/$name.backcoach.jsonl"
    "$BACKCOACH" verify "$fresh/$name.backcoach.jsonl"
}

make hyperext_45-clean hyperext_45 --reps 12 --seed 11
make hyperext_45-faulty hyperext_45 --reps 12 --seed 12 \
    --faults shallow@3+7,past-the-line@5+6,twisted@8,dropped@10+11
make hyperext_45-gap hyperext_45 --reps 12 --seed 13 --link crowded --gap 60+4
make hyperext_45-two-sensors hyperext_45 --reps 12 --seed 14 --sensors T7,SA --rate 50 --faults rounded@6+9
make bird_dog-clean bird_dog --reps 6 --seed 21 --sensors TH-L,TH-R,SA --rate 50
make bird_dog-faulty bird_dog --reps 6 --seed 22 --sensors TH-L,TH-R,SA --rate 50 \
    --faults rolled@2,hold-short@3,arched@5

# Only when all of them were made do they take the place of the old ones.
chmod 644 "$fresh"/*
mv -f "$fresh"/*.backcoach.jsonl recordings/
