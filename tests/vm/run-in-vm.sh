#!/usr/bin/env bash
# Runs a program inside the test VM (real kernel Bluetooth, real bluetoothd) and exits
# with the program's exit code. See README.md.
#
#   run-in-vm.sh [options] BINARY [ARGS...]
#
#   --sensor 'ARGS'     start a simulated sensor with these arguments ('' for its defaults) and
#                       give the VM an adapter (hci0) in its reach. May be given again: each
#                       is one more adapter with its own sensor.
#   --timeout S         hard limit for everything, in seconds (default 120)
#   --share DIR         make DIR appear in the VM at the same path, writable (may be given
#                       again; default: the current directory)
#   --dir DIR           keep logs there (default: a new directory, removed on success
#                       unless --keep)
#   --keep              keep the log directory and print its name
#   --env NAME=VALUE    set in the program's environment (may be given again)
#   --user NAME         run it as: root (default), user, nobody
#   --interrupt S       Ctrl-C (SIGINT) for the program S seconds after its start
#   --stdin             pass standard input on (otherwise it is empty)
#   --no-dbus           no D-Bus system bus (and so no bluetoothd)
#   --no-bluetoothd     D-Bus, but no bluetoothd
#   --power off         leave the adapter switched off (default on)
#   --rfkill            soft-block the adapter
#   --restrict          only root and group bluetooth may talk to bluetoothd (as on some
#                       distributions; with --user user that is a permission error)
#   --btmon             record the HCI traffic in DIR/btmon.txt
#   --bluetoothd 'ARGS' extra arguments for bluetoothd, e.g. '-d'
#   --memory MIB        (default 512)   --cpus N (default 2)
#
# Exit codes besides the program's own: 124 timed out, 125 the machinery itself failed.
set -uo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cache=$("$here/build-vm.sh" --print-dir)
limit=120 dir='' keep=0 user=root stdin='' dbus=1 bluetoothd=1 power=on rfkill='' restrict='' btmon='' btargs='' interrupt='' memory=512 cpus=2
sensors=() shares=() envs=()
die() { echo "run-in-vm: $*" >&2; exit 125; }
while [ $# -gt 0 ]; do
    case $1 in
        --sensor) sensors+=("$2"); shift ;;
        --timeout) limit=$2; shift ;;
        --share) shares+=("$(realpath "$2")"); shift ;;
        --dir) dir=$2; keep=1; shift ;;
        --keep) keep=1 ;;
        --env) envs+=("$2"); shift ;;
        --user) user=$2; shift ;;
        --interrupt) interrupt=$2; shift ;;
        --stdin) stdin=1 ;;
        --no-dbus) dbus=0; bluetoothd=0 ;;
        --no-bluetoothd) bluetoothd=0 ;;
        --power) power=$2; shift ;;
        --rfkill) rfkill=1 ;;
        --restrict) restrict=1 ;;
        --btmon) btmon=1 ;;
        --bluetoothd) btargs=$2; shift ;;
        --memory) memory=$2; shift ;;
        --cpus) cpus=$2; shift ;;
        --) shift; break ;;
        -*) die "unknown option $1" ;;
        *) break ;;
    esac
    shift
done
[ $# -ge 1 ] || die "usage: run-in-vm.sh [options] BINARY [ARGS...] (see the head of this file)"
"$here/build-vm.sh" 2>"$cache/build.log" || { cat "$cache/build.log" >&2; die "build-vm.sh failed"; }

binary=$(command -v "$1") || die "no such program: $1"
binary=$(realpath "$binary")
shift
[ ${#shares[@]} -gt 0 ] || shares=("$PWD")
for s in "${shares[@]}"; do
    case $s/ in
        // | /bin/* | /dev/* | /etc/* | /lib/* | /lib64/* | /mnt/* | /proc/* | /run/* | /sbin/* | /sys/* | /usr/* | /var/*)
            die "$s cannot be shared: the VM has its own (use --share with another directory)" ;;
        *[[:space:]]*) die "no blanks in a shared directory's name, please: $s" ;;
    esac
done
run=${dir:-$(mktemp -d "${TMPDIR:-/tmp}/backcoach-vm.XXXXXX")}
mkdir -p "$run"
run=$(realpath "$run")
rm -f "$run"/{rc,orders,command,guest-ready,stdin,stdout,stderr} "$run"/hci*.sock

# --- what the guest shall do ------------------------------------------------
name=$(basename "$binary")
mkdir -p "$run/bin"
cp "$binary" "$run/bin/$name"
chmod 755 "$run" "$run/bin/$name"
# Libraries that the program needs and the VM lacks come along.
mkdir -p "$run/lib"
ldd "$binary" 2>/dev/null | sed -n 's/^\t\([^ ]*\) => \([^ ]*\) .*/\1 \2/p' | while read -r name path; do
    grep -qx "$name" "$cache/vm/libraries" || cp -L "$path" "$run/lib/$name"
done
{
    echo "cd $(printf %q "$PWD") 2>/dev/null || cd /tmp"
    echo "export HOME=/tmp LD_LIBRARY_PATH=/mnt/run/lib RUN_DIR=/mnt/run"
    for e in ${envs[@]+"${envs[@]}"}; do printf 'export %s=%q\n' "${e%%=*}" "${e#*=}"; done
    printf 'exec /mnt/run/bin/%q' "$name"
    printf ' %q' "$@"
    echo
} >"$run/command"
{
    echo "HOST_TIME=$(date +%s) OPT_DBUS=$dbus OPT_BT=$([ ${#sensors[@]} -gt 0 ] || [ $bluetoothd = 1 ] && echo 1 || echo 0)"
    echo "OPT_BLUETOOTHD=$bluetoothd OPT_ADAPTERS=${#sensors[@]} OPT_POWER=$power OPT_RFKILL=$rfkill OPT_RESTRICT=$restrict OPT_BTMON=$btmon"
    echo "OPT_STDIN=$stdin OPT_INTERRUPT=$interrupt RUN_USER=$user OPT_BLUETOOTHD_ARGS=$(printf %q "$btargs")"
    echo "SHARES='${shares[*]}'"
} >"$run/orders"

# --- sensors ----------------------------------------------------------------
pids=()
qemu='' readers=''
cleanup() {
    [ -n "$qemu" ] && kill "$qemu" 2>/dev/null # timeout(1), which passes it on to QEMU
    for p in ${pids[@]+"${pids[@]}"} $readers; do kill "$p" 2>/dev/null; done
    wait 2>/dev/null
    rm -f "$run"/hci*.sock "$run"/{stdin,stdout,stderr}
}
trap cleanup EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
devices=()
n=0
for s in ${sensors[@]+"${sensors[@]}"}; do
    words=()
    eval "words=($s)" # the caller's own quoting
    "$cache/python/bin/python" "$here/peripheral" --listen "$run/hci$n.sock" --adapter-address "02:00:00:00:00:0$((n + 1))" \
        --movement "$here/../../recordings/hyperext_45-clean.backcoach.jsonl" --log "$run/sensor$n.jsonl" ${words[@]+"${words[@]}"} 2>"$run/sensor$n.err" &
    pids+=($!)
    for _ in $(seq 100); do [ -S "$run/hci$n.sock" ] && break; kill -0 $! 2>/dev/null || break; sleep 0.05; done
    [ -S "$run/hci$n.sock" ] || { cat "$run/sensor$n.err" >&2; die "the sensor did not start"; }
    devices+=(-chardev "socket,id=hci$n,path=$run/hci$n.sock,server=off" -device "virtserialport,chardev=hci$n,name=hci$n")
    n=$((n + 1))
done
tag=0
for s in "${shares[@]}"; do
    devices+=(-virtfs "local,path=$s,mount_tag=share$tag,security_model=none,multidevs=remap")
    tag=$((tag + 1))
done

# --- the VM -----------------------------------------------------------------
accel=$(cat "$cache/vm/accel")
cpu=max
[ "$accel" = kvm ] && cpu=host
[ "$accel" = tcg ] && accel=tcg,thread=multi
# The program's standard streams: FIFOs, because QEMU would want to open what it is given
# in one mode, and a terminal or a CI log may be open in another.
mkfifo "$run/stdout" "$run/stderr"
cat "$run/stdout" &
readers=$!
cat "$run/stderr" >&2 &
readers="$readers $!"
if [ -n "$stdin" ]; then
    # A socket, because only there does QEMU pass the end of the input on.
    python3 -c 'import os, socket, sys, time
server = socket.socket(socket.AF_UNIX)
server.bind(sys.argv[1])
server.listen(1)
peer = server.accept()[0]
while data := os.read(0, 65536):
    peer.sendall(data)
while not os.path.exists(sys.argv[2]): # closing before the guest reads would lose it all
    time.sleep(0.1)
time.sleep(1)
peer.close()' "$run/stdin" "$run/guest-ready" <&0 &
    pids+=($!)
    for _ in $(seq 100); do [ -S "$run/stdin" ] && break; sleep 0.05; done
    devices+=(-chardev "socket,id=in,path=$run/stdin,server=off" -device "virtserialport,chardev=in,name=stdin")
fi
# The clock is the power-management timer, which QEMU keeps by the host's: a busy host makes the guest measure its time
# stamp counter wrongly, and its seconds were then four times too short.
timeout -k 5 "$limit" qemu-system-x86_64 -accel "$accel" -cpu "$cpu" -smp "$cpus" -m "$memory" \
    -nodefaults -no-user-config -no-reboot -display none -nic none \
    -kernel "$cache/vm/vmlinux" -initrd "$cache/vm/initramfs" \
    -append "console=ttyS0 quiet loglevel=4 panic=-1 mitigations=off nokaslr random.trust_cpu=on tsc=unstable clocksource=acpi_pm rdinit=/init" \
    -serial "file:$run/console.log" \
    -device virtio-serial-pci,max_ports=16 \
    -chardev "file,id=out,path=$run/stdout,append=on" -device virtserialport,chardev=out,name=stdout \
    -chardev "file,id=err,path=$run/stderr,append=on" -device virtserialport,chardev=err,name=stderr \
    -virtfs "local,path=$run,mount_tag=run,security_model=none" \
    ${devices[@]+"${devices[@]}"} </dev/null >"$run/qemu.err" 2>&1 &
qemu=$!
wait "$qemu"
qrc=$?
qemu=''
# If QEMU never opened them, the readers wait for a writer for ever.
[ -s "$run/guest-ready" ] || kill $readers 2>/dev/null
wait $readers 2>/dev/null
if [ -s "$run/rc" ]; then
    rc=$(cat "$run/rc")
elif [ $qrc = 124 ] || [ $qrc = 137 ]; then
    echo "run-in-vm: timed out after $limit s" >&2
    rc=124
else
    echo "run-in-vm: the VM ended without a result (qemu exit code $qrc)" >&2
    tail -5 "$run/qemu.err" "$run/guest.log" "$run/console.log" >&2 2>/dev/null
    rc=125
fi
grep -aE 'BUG[ :]|Oops|general protection|kernel panic' "$run/console.log" 2>/dev/null | head -3 | sed "s/^/run-in-vm: the VM's kernel says: /" >&2
cleanup
trap - EXIT
if [ $keep = 1 ]; then
    [ -n "$dir" ] || echo "run-in-vm: logs in $run" >&2
elif [ "$rc" = 0 ]; then
    rm -rf "$run"
else
    echo "run-in-vm: exit code $rc, logs in $run" >&2
fi
exit "$rc"
