#!/usr/bin/env bash
# A throw-away SLURM of three "nodes" on this machine: root, Debian or Ubuntu, no systemd needed.
#   tests/cluster/start.sh FOLDER      stop.sh FOLDER stops exactly what this started
# Exit code 77, with one line that says why, where SLURM cannot be had. Slurm's own config is linked from
# /etc/slurm/slurm.conf (the jobstep plugin drops SLURM_CONF); everything else lies in FOLDER.
set -euo pipefail
LAB=${1:?folder for the state of the cluster}
NODES=3; CPUS=2; MEMORY=6000; PORT=${SLURM_TEST_PORT:-22800}

cannot() { echo "no SLURM here: $*" >&2; exit 77; }
die() { echo "start.sh: $*" >&2; exit 1; }
[ "$(id -u)" = 0 ] || cannot "slurmd has to run as root"
CONF=/etc/slurm/slurm.conf
if [ -e $CONF ] && [ "$(readlink $CONF)" != "$LAB/etc/slurm.conf" ]; then
  cannot "$CONF is there: this machine has a SLURM of its own, or another test runs"
fi
mkdir -p "$LAB"/{etc,log,pid,munge,controller}
LAB=$(cd "$LAB" && pwd)
for n in $(seq $NODES); do mkdir -p "$LAB/spool/n$n"; done
chmod 755 "$LAB" "$LAB"/*; chmod 711 "$LAB/munge"

# ------------------------------------------------------------------------------------------- packages
missing=()
for pair in slurmctld:slurmctld slurmd:slurmd sbatch:slurm-client munged:munge; do
  command -v "${pair%%:*}" >/dev/null || missing+=("${pair##*:}")
done
if [ ${#missing[@]} -gt 0 ]; then
  command -v apt-get >/dev/null || cannot "${missing[*]} not installed and no apt-get"
  export DEBIAN_FRONTEND=noninteractive
  policy=/usr/sbin/policy-rc.d; ours=no # keeps the packages from starting daemons of their own
  if [ ! -e $policy ]; then printf '#!/bin/sh\nexit 101\n' >$policy; chmod +x $policy; ours=yes; fi
  install() { apt-get install -y -qq --no-install-recommends "${missing[@]}" >"$LAB/log/apt.log" 2>&1; }
  installed=yes
  install || { apt-get update -qq >"$LAB/log/apt.log" 2>&1 && install; } || installed=no
  [ $ours = no ] || rm -f $policy
  [ $installed = yes ] || cannot "apt-get install ${missing[*]} failed: $(tail -n 1 "$LAB/log/apt.log")"
fi

# -------------------------------------------------------------------------------------------- daemons
alive() { # the recorded process runs and is still ours
  local pid; pid=$(cat "$LAB/pid/$1" 2>/dev/null) || return 1
  [ -d "/proc/$pid" ] && { tr '\0' ' ' <"/proc/$pid/cmdline"; } 2>/dev/null | grep -qF "$LAB"
}
start() {
  local name=$1; shift
  alive "$name" && return 0
  rm -f "$LAB/pid/$name"
  setsid -f bash -c 'echo $$ >"$0"; exec "$@"' "$LAB/pid/$name" "$@" </dev/null >>"$LAB/log/$name.out" 2>&1
}
wait_for() {
  local what=$1 end=$(($(date +%s) + 60)); shift
  until "$@" >/dev/null 2>&1; do
    [ "$(date +%s)" -lt "$end" ] || { tail -n 5 "$LAB"/log/* >&2; die "waited 60 s for $what"; }
    sleep 0.2
  done
}

[ -s "$LAB/munge/key" ] || (umask 077; dd if=/dev/urandom of="$LAB/munge/key" bs=1024 count=1 status=none)
start munged munged --foreground --force --num-threads=2 --key-file="$LAB/munge/key" --socket="$LAB/munge/socket" \
  --pid-file="$LAB/munge/munged.pid" --seed-file="$LAB/munge/seed" --log-file="$LAB/log/munged.log"
wait_for munge munge -n -S "$LAB/munge/socket"

HOST=$(hostname -s)
cat >"$LAB/etc/slurm.conf" <<EOF
ClusterName=test
SlurmctldHost=$HOST(127.0.0.1)
SlurmctldPort=$PORT
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket=$LAB/munge/socket
CryptoType=crypto/munge
SlurmctldPidFile=$LAB/controller/slurmctld.pid
SlurmdPidFile=$LAB/spool/%n/slurmd.pid
SlurmctldLogFile=$LAB/log/slurmctld.log
SlurmdLogFile=$LAB/log/slurmd.%n.log
StateSaveLocation=$LAB/controller
SlurmdSpoolDir=$LAB/spool/%n
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
MpiDefault=none
ReturnToService=1
SchedulerType=sched/backfill
SchedulerParameters=bf_interval=1,sched_min_interval=0,batch_sched_delay=0,sched_interval=2
SelectType=select/cons_tres
SelectTypeParameters=CR_Core_Memory
DefMemPerCPU=100
# no cgroups: memory beyond the request is refused by ulimit -v instead
VSizeFactor=100
MinJobAge=600
SlurmctldTimeout=60
SlurmdTimeout=20
KillWait=2
BatchStartTimeout=10
OverTimeLimit=0
AccountingStorageType=accounting_storage/none
JobAcctGatherType=jobacct_gather/none
$(for n in $(seq $NODES); do
  echo "NodeName=n$n NodeHostname=$HOST NodeAddr=127.0.0.1 Port=$((PORT + 10 + n)) CPUs=$CPUS RealMemory=$MEMORY State=UNKNOWN"
done)
PartitionName=main Nodes=n[1-$NODES] Default=YES MaxTime=02:00:00 State=UP OverSubscribe=NO
EOF
echo CgroupAutomount=no >"$LAB/etc/cgroup.conf"
mkdir -p /etc/slurm
ln -sfn "$LAB/etc/slurm.conf" $CONF

start slurmctld slurmctld -D -f "$LAB/etc/slurm.conf"
wait_for "the controller" scontrol ping
for n in $(seq $NODES); do
  start "slurmd.n$n" slurmd -D -N "n$n" -f "$LAB/etc/slurm.conf"
  scontrol update nodename="n$n" state=resume >/dev/null 2>&1 || true # a previous life may have left it down
done
idle() { [ "$(sinfo -h -N -o %T | grep -cE '^(idle|mixed|allocated)$')" = $NODES ]; }
wait_for "the nodes" idle
srun -n1 -t 1 hostname >/dev/null || die "srun hostname failed"
echo "SLURM $(sinfo --version | cut -d' ' -f2) is up: $NODES nodes of $CPUS CPUs"
