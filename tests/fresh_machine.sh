#!/bin/sh
# A new Debian, the RUN lines of the Containerfile in it (no more than the README names), and then `make`. As root, with
# debootstrap and git:
#
#     tests/fresh_machine.sh bookworm demo test
#     SYSTEM=/var/tmp/trixie tests/fresh_machine.sh trixie setup
#
# The first word is Debian's release, the others are targets of the Makefile (demo and test where there are none). The
# commit that is checked out is what runs, without ../shared. The system is made in a temporary folder (about 3 GB, TMPDIR
# says where) and removed; in SYSTEM it is kept, and the next call goes on in it. It sees the net as this machine does
# (names, certificates, environment).
set -eu
suite=${1:-bookworm}
[ $# -eq 0 ] || shift
[ $# -gt 0 ] || set -- demo test
repository=$(cd "$(dirname "$0")/.." && pwd -P)
system=${SYSTEM:-$(mktemp -d)}
leave() {
    umount "$system/dev/pts" "$system/dev/shm" "$system/proc" 2>/dev/null || true
    [ -n "${SYSTEM:-}" ] || rm -rf --one-file-system "$system"
}
trap leave EXIT INT TERM

inside() { # one command line in the new system, and how long it took
    cp /etc/resolv.conf /etc/hosts "$system/etc/"
    if [ -d "$system/etc/ssl/certs" ]; then cp /etc/ssl/certs/ca-certificates.crt "$system/etc/ssl/certs/"; fi
    start=$(date +%s)
    env -u PYTHON -u VIRTUAL_ENV HOME=/root PATH=/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin LC_ALL=C.UTF-8 \
        DEBIAN_FRONTEND=noninteractive chroot "$system" sh -c "cd /npc && $1"
    echo "$suite: $1: $(($(date +%s) - start)) s"
}

[ -e "$system/etc/debian_version" ] || debootstrap --variant=minbase "$suite" "$system"
mount -t proc proc "$system/proc"
mkdir -p "$system/dev/shm" "$system/dev/pts"
mount -t tmpfs tmpfs "$system/dev/shm"
mount -t devpts -o newinstance,ptmxmode=0666 devpts "$system/dev/pts"
if [ -e "$system/npc" ]; then
    git -C "$system/npc" fetch --quiet --depth 1 "file://$repository" HEAD
    git -C "$system/npc" reset --quiet --hard FETCH_HEAD
else
    git clone --quiet --depth 1 "file://$repository" "$system/npc"
fi
echo "$suite $(cat "$system/etc/debian_version"), commit $(git -C "$system/npc" rev-parse --short HEAD)"
sed -n 's/^RUN //p' "$repository/Containerfile" | while read -r line; do inside "$line" </dev/null; done
for target in "$@"; do inside "make $target"; done
inside ".venv/bin/python --version"
