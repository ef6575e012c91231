#!/bin/sh
# A new Debian with nothing but what the README names, and `make` in it. As root, with debootstrap:
#
#     tests/fresh_machine.sh bookworm demo test
#     tests/fresh_machine.sh trixie setup
#
# The first word is Debian's release, the others are targets of the Makefile (demo and test where there are none). The
# commit that is checked out is what runs, without ../shared. The system is made in a temporary folder (about 2 GB, TMPDIR
# says where) and removed; it sees the net as this machine does (names, certificates, environment).
set -eu
suite=${1:-bookworm}
[ $# -eq 0 ] || shift
[ $# -gt 0 ] || set -- demo test
repository=$(cd "$(dirname "$0")/.." && pwd -P)
system=$(mktemp -d)
gone() {
    umount "$system/proc" 2>/dev/null || true
    rm -rf "$system"
}
trap gone EXIT INT TERM

debootstrap --variant=minbase --include=ca-certificates,gcc,libc6-dev,make,python3-dev,python3-venv "$suite" "$system"
cp /etc/resolv.conf /etc/hosts "$system/etc/"
cp /etc/ssl/certs/ca-certificates.crt "$system/etc/ssl/certs/"
mount -t proc proc "$system/proc"
mkdir "$system/npc"
git -C "$repository" archive HEAD | tar -x -C "$system/npc"
for target in "$@"; do
    start=$(date +%s)
    env -u PYTHON -u VIRTUAL_ENV HOME=/root PATH=/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin LC_ALL=C.UTF-8 \
        chroot "$system" make -C /npc "$target"
    echo "$suite: make $target: $(($(date +%s) - start)) s, $("$system/npc/.venv/bin/python" --version 2>&1 || true)"
done
