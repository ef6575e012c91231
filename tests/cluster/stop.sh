#!/usr/bin/env bash
# Stop exactly the daemons that start.sh started: by recorded pid, if the process still names the folder.
#   tests/cluster/stop.sh FOLDER
set -uo pipefail
LAB=$(cd "${1:?folder of the cluster}" 2>/dev/null && pwd) || exit 0
CONF=/etc/slurm/slurm.conf
ours() { { tr '\0' ' ' <"/proc/$1/cmdline"; } 2>/dev/null | grep -qF "$LAB"; }
stop() {
  local pid; pid=$(cat "$LAB/pid/$1" 2>/dev/null) || return 0
  rm -f "$LAB/pid/$1"
  ours "$pid" || return 0
  kill -TERM "$pid"
  for _ in $(seq 100); do ours "$pid" || return 0; sleep 0.1; done
  kill -KILL "$pid"
}
if [ "$(readlink $CONF 2>/dev/null)" = "$LAB/etc/slurm.conf" ]; then
  # jobs first, so that no slurmstepd outlives its slurmd
  timeout 10 scancel --user="$(id -un)" >/dev/null 2>&1
  for _ in $(seq 50); do [ -n "$(timeout 5 squeue -h -t R,CG 2>/dev/null)" ] || break; sleep 0.2; done
fi
for file in "$LAB"/pid/slurmd.*; do [ -e "$file" ] && stop "$(basename "$file")"; done
stop slurmctld
stop munged
for folder in /proc/[0-9]*; do
  [ "$(cat "$folder/comm" 2>/dev/null)" = slurmstepd ] || continue
  ls -l "$folder/fd" 2>/dev/null | grep -qF "$LAB/log/slurmd." && kill -KILL "${folder#/proc/}" # its log is the only trace
done
[ "$(readlink $CONF 2>/dev/null)" = "$LAB/etc/slurm.conf" ] && rm -f $CONF
exit 0
