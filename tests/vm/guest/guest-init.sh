#!/bin/busybox sh
# PID 1 of the test VM. Reads its orders from the 9p share "run" (see run-in-vm.sh),
# brings up D-Bus, the virtual adapter and bluetoothd, runs one command, writes the
# command's exit code to run/rc and powers the machine off.
export PATH=/usr/sbin:/usr/bin:/sbin:/bin
/bin/busybox --install -s /bin 2>/dev/null
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t devtmpfs dev /dev
mkdir -p /dev/pts /dev/shm /run /tmp /var/run
mount -t devpts pts /dev/pts
mount -t tmpfs tmp /dev/shm
mount -t tmpfs run /run
mount -t tmpfs tmp /tmp
chmod 1777 /tmp
ln -sfn /run /var/run 2>/dev/null

up() { cut -d' ' -f1 /proc/uptime; }
say() { echo "[guest $(up)s] $*"; }
finish() { # exit code of the whole run
    [ -n "$BTMON_PID" ] && { kill "$BTMON_PID"; wait "$BTMON_PID"; } 2>/dev/null # it writes out what it holds
    echo "$1" >/mnt/run/rc.new && mv /mnt/run/rc.new /mnt/run/rc
    say "done, rc=$1"
    sync
    poweroff -f
}

modprobe -a virtio_pci virtio_console 9pnet_virtio 9p
mkdir -p /mnt/run
mount -t 9p -o trans=virtio,version=9p2000.L,msize=262144 run /mnt/run || { say "no run share"; poweroff -f; }
. /mnt/run/orders            # OPT_*, SHARES, RUN_USER, ...
exec >/mnt/run/guest.log 2>&1
say "kernel $(uname -r)"
hostname backcoach-vm
ip link set lo up
# The host's clock, so that timestamps in logs agree.
[ -n "$HOST_TIME" ] && date -s "@$HOST_TIME" >/dev/null

tag=0
for dir in $SHARES; do
    mkdir -p "$dir"
    mount -t 9p -o trans=virtio,version=9p2000.L,msize=262144 "share$tag" "$dir" || finish 125
    tag=$((tag + 1))
done

# Virtio-serial ports by name.
port() {
    for p in /sys/class/virtio-ports/*; do
        [ "$(cat "$p/name")" = "$1" ] && { echo "/dev/${p##*/}"; return; }
    done
}

if [ "$OPT_DBUS" = 1 ]; then
    mkdir -p /run/dbus /var/lib/dbus
    # Nothing starts bluetoothd on demand here (that would need a setuid helper or systemd).
    rm -f /usr/share/dbus-1/system-services/org.bluez.service
    # Some distributions let only members of a group talk to bluetoothd.
    [ -n "$OPT_RESTRICT" ] && sed -i '/<policy context="default">/,/<\/policy>/d' /etc/dbus-1/system.d/bluetooth.conf
    dbus-uuidgen --ensure=/etc/machine-id
    dbus-daemon --system --nopidfile --fork || say "dbus-daemon failed"
    say "dbus-daemon runs"
fi

if [ "$OPT_BT" = 1 ]; then
    modprobe -a ctr drbg cmac ecb bluetooth hci_vhci uhid || say "no Bluetooth modules"
    mount -t debugfs debug /sys/kernel/debug 2>/dev/null
    [ -n "$OPT_BTMON" ] && { btmon >/mnt/run/btmon.txt 2>&1 & BTMON_PID=$!; }
fi
n=0
while [ "$n" -lt "${OPT_ADAPTERS:-0}" ]; do
    vhci-bridge "$(port hci$n)" &
    n=$((n + 1))
done
if [ "$OPT_BLUETOOTHD" = 1 ]; then
    /usr/libexec/bluetooth/bluetoothd -n $OPT_BLUETOOTHD_ARGS >/mnt/run/bluetoothd.log 2>&1 &
    BLUETOOTHD_PID=$!
    export BLUETOOTHD_PID
    i=0
    while [ $i -lt 300 ] && ! dbus-send --system --print-reply --dest=org.freedesktop.DBus / \
        org.freedesktop.DBus.NameHasOwner string:org.bluez 2>/dev/null | grep -q 'boolean true'; do
        i=$((i + 1)); sleep 0.05
    done
    say "bluetoothd owns org.bluez"
    n=0
    while [ "$n" -lt "${OPT_ADAPTERS:-0}" ]; do
        want=${OPT_POWER:-on}
        i=0
        while [ $i -lt 300 ]; do
            got=$(dbus-send --system --print-reply=literal --dest=org.bluez /org/bluez/hci$n \
                org.freedesktop.DBus.Properties.Get string:org.bluez.Adapter1 string:Powered 2>/dev/null)
            case "$got" in
                *true*) [ "$want" = off ] || break
                    dbus-send --system --print-reply --dest=org.bluez /org/bluez/hci$n \
                        org.freedesktop.DBus.Properties.Set string:org.bluez.Adapter1 string:Powered variant:boolean:false ;;
                *false*) [ "$want" = on ] || break
                    dbus-send --system --print-reply --dest=org.bluez /org/bluez/hci$n \
                        org.freedesktop.DBus.Properties.Set string:org.bluez.Adapter1 string:Powered variant:boolean:true ;;
            esac >/dev/null 2>&1
            i=$((i + 1)); sleep 0.05
        done
        say "hci$n is there, power $want"
        n=$((n + 1))
    done
fi
[ -n "$OPT_RFKILL" ] && { for s in /sys/class/rfkill/*/soft; do echo 1 >"$s"; done; say "rfkill: soft block on"; }

out=$(port stdout); err=$(port stderr); in=/dev/null
[ -n "$OPT_STDIN" ] && in=$(port stdin)
say "command starts"
up >/mnt/run/guest-ready
run="${OPT_INTERRUPT:+timeout -s INT $OPT_INTERRUPT }sh /mnt/run/command"
if [ "${RUN_USER:-root}" = root ]; then
    $run <"$in" >"$out" 2>"$err"
else
    su -s /bin/sh "$RUN_USER" -c "$run" <"$in" >"$out" 2>"$err"
fi
rc=$?
say "command ended"
dmesg >/mnt/run/dmesg.txt
finish $rc
