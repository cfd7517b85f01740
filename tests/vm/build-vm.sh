#!/usr/bin/env bash
# Builds the test VM (kernel + initramfs) and the simulator's Python environment from
# packages. Idempotent: when the cache already holds what would be built, says so
# and ends. See README.md.
#
#   build-vm.sh [--force] [--print-dir]
#
# BACKCOACH_VM_CACHE   where everything is kept (default: ~/.cache/backcoach-vm)
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cache=${BACKCOACH_VM_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/backcoach-vm}
force=0
for a in "$@"; do
    case $a in
        --force) force=1 ;;
        --print-dir) echo "$cache"; exit 0 ;;
        *) echo "usage: build-vm.sh [--force] [--print-dir]" >&2; exit 2 ;;
    esac
done
start=$(date +%s.%N)
say() { printf '[build-vm %6.1fs] %s\n' "$(echo "$(date +%s.%N) - $start" | bc 2>/dev/null || echo 0)" "$*" >&2; }
command -v bc >/dev/null || say() { printf '[build-vm] %s\n' "$*" >&2; }

# What goes into the VM. Everything else that apt would pull in is left out below.
packages=(bluez bluez-test-tools dbus-daemon dbus-bin dbus dbus-system-bus-common busybox-static
    libc6 libgcc-s1 libdbus-1-3 libglib2.0-0 libudev1 libasound2 libsystemd0 libexpat1 libselinux1
    libpcre2-8-0 libaudit1 libcap-ng0 libapparmor1 libcap2 libgcrypt20 libgpg-error0 liblzma5 libzstd1
    liblz4-1 libdw1 libelf1 zlib1g libbz2-1.0 libreadline8 libtinfo6 libffi8 libcrypt1)
# Kernel modules, by name; what they depend on is added.
modules=(virtio_pci virtio_console 9pnet_virtio 9p bluetooth hci_vhci uhid
    cmac ecb ctr drbg jitterentropy_rng sha512_generic) # the second row: for Bluetooth pairing keys
# The simulator's Python, every version pinned; Bumble's other dependencies serve transports that are not used here.
python=(bumble==0.0.236 cryptography==50.0.2 cffi==2.1.1 pycparser==3.12 pyee==13.0.1 typing_extensions==4.16.0)

# The stamp: this script, the VM's own files and the package names. Newer package
# versions in the archive do not rebuild the VM by themselves; --force does.
stamp=$( (cat "$here/build-vm.sh" "$here/guest/"*; uname -m) | sha256sum | cut -c1-16)
if [ $force = 0 ] && [ "$(cat "$cache/stamp" 2>/dev/null)" = "$stamp" ]; then
    say "up to date in $cache ($(cat "$cache/versions" | tr '\n' ' '))"
    exit 0
fi

mkdir -p "$cache"
exec 9>"$cache/lock"
flock 9 # one build at a time; a second one finds the work done
if [ $force = 0 ] && [ "$(cat "$cache/stamp" 2>/dev/null)" = "$stamp" ]; then
    exit 0
fi

# --- host tools -------------------------------------------------------------
apt_updated=0
apt_update() { # package lists may be missing or old on a new machine
    [ $apt_updated = 1 ] && return
    say "apt-get update"
    apt-get -qq update || say "apt-get update failed; going on with the lists at hand"
    apt_updated=1
}
need=()
command -v qemu-system-x86_64 >/dev/null || need+=(qemu-system-x86)
command -v cpio >/dev/null || need+=(cpio)
command -v rustc >/dev/null || { echo "build-vm: rustc is needed" >&2; exit 1; }
python3 -c 'import venv, ensurepip' 2>/dev/null || need+=(python3-venv)
if [ ${#need[@]} -gt 0 ]; then
    apt_update
    say "installing on the host: ${need[*]}"
    DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends "${need[@]}" >/dev/null
fi

# --- packages for the VM ----------------------------------------------------
mkdir -p "$cache/debs/partial"
work=$(mktemp -d "$cache/work.XXXXXX")
trap 'rm -rf "$work"' EXIT
kernel() { apt-cache depends linux-image-amd64 2>/dev/null | sed -n 's/^ *Depends: \(linux-image-[0-9][^ ]*\)$/\1/p' | head -1; }
[ -n "$(kernel)" ] || apt_update
kpkg=$(kernel)
[ -n "$kpkg" ] || { echo "build-vm: no linux-image-amd64 in the package lists" >&2; exit 1; }
: >"$work/status"
apt_opts=(-o "Dir::State::status=$work/status" -o "Dir::Cache::archives=$cache/debs" -o APT::Sandbox::User=root
    -o Debug::NoLocking=1 -o APT::Install-Recommends=false)
say "downloading $kpkg and ${#packages[@]} packages (apt checks their signatures)"
fetch() {
    (cd "$cache/debs" && apt-get -qq "${apt_opts[@]}" download "$kpkg" "${packages[@]}" >/dev/null)
}
fetch || { apt_update; kpkg=$(kernel); fetch; }

newest() { ls -t "$cache/debs/$1"_*.deb | head -1; }
say "unpacking"
mkdir -p "$work/root" "$work/kernel"
dpkg-deb -x "$(newest "$kpkg")" "$work/kernel"
: >"$work/versions"
dpkg-deb -f "$(newest "$kpkg")" Package Version | paste -sd' ' >>"$work/versions"
for p in "${packages[@]}"; do
    dpkg-deb -x "$(newest "$p")" "$work/root"
    case $p in bluez | dbus-daemon) dpkg-deb -f "$(newest "$p")" Package Version | paste -sd' ' >>"$work/versions" ;; esac
done
sed -i 's/Package: //; s/ Version: /=/' "$work/versions"

# --- root file system -------------------------------------------------------
root=$work/root
# One /usr, as on Debian 12 itself: /lib, /bin, ... are links.
for d in bin sbin lib lib64; do
    if [ -d "$root/$d" ] && [ ! -L "$root/$d" ]; then
        mkdir -p "$root/usr/$d"
        cp -a "$root/$d/." "$root/usr/$d/"
        rm -rf "${root:?}/$d"
    fi
    mkdir -p "$root/usr/$d"
    ln -sfn "usr/$d" "$root/$d"
done
rm -rf "$root/usr/share/"{doc,man,locale,info,lintian,bash-completion,zsh,alsa} "$root/usr/lib/x86_64-linux-gnu/gconv" \
    "$root/usr/lib/systemd" "$root/usr/lib/udev" "$root/etc/init.d"
rm -f "$root"/usr/bin/*-tester "$root"/usr/lib/x86_64-linux-gnu/lib{gio,gobject,gthread,gmodule}-2.0.* \
    "$root"/usr/lib/x86_64-linux-gnu/libmvec.* # not needed by what is kept
ln -sf ../bin/busybox "$root/usr/sbin/modprobe" # the kernel itself calls it
mkdir -p "$root"/{proc,sys,dev,run,tmp,mnt,root,var/lib/bluetooth,var/lib/dbus,etc}
cat >"$root/etc/passwd" <<'EOF'
root:x:0:0:root:/root:/bin/sh
messagebus:x:100:100::/nonexistent:/usr/sbin/nologin
user:x:1000:1000::/tmp:/bin/sh
nobody:x:65534:65534::/nonexistent:/usr/sbin/nologin
EOF
cat >"$root/etc/group" <<'EOF'
root:x:0:
messagebus:x:100:
bluetooth:x:101:
user:x:1000:
nogroup:x:65534:
EOF
printf 'passwd: files\ngroup: files\nhosts: files\n' >"$root/etc/nsswitch.conf"
printf '127.0.0.1 localhost backcoach-vm\n' >"$root/etc/hosts"
cp "$here/guest/guest-init.sh" "$root/init"
chmod 755 "$root/init"

say "kernel modules"
kver=$(ls "$work/kernel/lib/modules")
src=$work/kernel/lib/modules/$kver
dst=$root/usr/lib/modules/$kver
mkdir -p "$dst"
cp "$src"/modules.builtin* "$src/modules.order" "$dst/"
# Names of the modules that a module depends on, from its own .modinfo section.
deps() { strings -a "$1" | sed -n 's/^depends=//p' | tr ',' '\n'; }
declare -A done_=()
declare -A where=()
while read -r f; do b=${f##*/}; b=${b%.ko}; where[${b//-/_}]=$f; done < <(find "$src" -name '*.ko')
add() {
    local m=${1//-/_} f d
    [ -n "${done_[$m]:-}" ] && return
    done_[$m]=1
    f=${where[$m]:-}
    [ -n "$f" ] || return 0 # built into the kernel
    install -D -m644 "$f" "$dst/${f#"$src"/}"
    for d in $(deps "$f"); do add "$d"; done
}
for m in "${modules[@]}"; do add "$m"; done
"$root/bin/busybox" depmod -b "$root" "$kver" 2>/dev/null || "$root/bin/busybox" depmod -b "$root/usr" "$kver"
say "  $(find "$dst" -name '*.ko' | wc -l) modules"

say "compiling vhci-bridge"
rustc -O --edition 2024 -C target-feature=+crt-static -C strip=symbols -o "$root/usr/bin/vhci-bridge" "$here/guest/vhci-bridge.rs"
( cd "$root" && ldconfig -r . 2>/dev/null || true )

say "initramfs"
(cd "$root" && find . -print0 | LC_ALL=C sort -z | cpio --null -o -H newc -R 0:0 --quiet) >"$work/initramfs"
mkdir -p "$cache/vm"
mv "$work/initramfs" "$cache/vm/initramfs"
# The kernel without its compression: unpacking it under emulation costs 2.5 s a boot.
python3 - "$work/kernel/boot/vmlinuz-$kver" "$cache/vm/vmlinux" <<'EOF'
import lzma, struct, sys
image = open(sys.argv[1], 'rb').read()
offset, length = struct.unpack_from('<II', image, 0x248)
begin = (image[0x1f1] + 1) * 512 + offset
payload = image[begin:begin + length]
assert payload[:6] == b'\xfd7zXZ\0', 'kernel payload is not XZ'
open(sys.argv[2], 'wb').write(lzma.LZMADecompressor().decompress(payload))
EOF
find "$root" -name '*.so*' -printf '%f\n' | sort -u >"$cache/vm/libraries"
say "  $(du -h "$cache/vm/initramfs" | cut -f1) initramfs, kernel $kver"

# --- the simulator's Python environment -------------------------------------
if [ "$(cat "$cache/python/pinned" 2>/dev/null)" != "${python[*]}" ] || ! "$cache/python/bin/python" -c 'import bumble' 2>/dev/null; then
    say "Python environment with ${python[0]}"
    rm -rf "$cache/python"
    python3 -m venv "$cache/python"
    "$cache/python/bin/pip" install -q --disable-pip-version-check --no-deps "${python[@]}"
    echo "${python[*]}" >"$cache/python/pinned"
fi
echo "${python[0]}" >>"$work/versions"

# --- does KVM run this kernel? ----------------------------------------------
# /dev/kvm alone says nothing: some hypervisors offer one that cannot run a stock
# kernel (it stops before its first line). So it is tried once, for 5 seconds.
accel=tcg
if [ -w /dev/kvm ]; then
    { timeout -k 1 5 qemu-system-x86_64 -accel kvm -cpu host -m 256 -nodefaults -no-user-config -no-reboot -display none \
        -serial "file:$work/kvm.txt" -kernel "$cache/vm/vmlinux" -append "console=ttyS0 panic=-1" || true; } >/dev/null 2>&1
    if grep -q 'Linux version' "$work/kvm.txt" 2>/dev/null; then accel=kvm; fi
fi
echo $accel >"$cache/vm/accel"
say "accelerator: $accel"
mv "$work/versions" "$cache/versions"
echo "$stamp" >"$cache/stamp"
say "built in $cache: $(paste -sd' ' "$cache/versions")"
