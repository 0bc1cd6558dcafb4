#!/bin/sh
# A large archive, killed again and again: bench/archive-soak.sh RECORDINGS [FILES] [KILLS]
# RECORDINGS holds some WAV files, short ones best. In a temporary folder, links to them make an archive of FILES files (2000),
# every 50th of which is damaged, empty, text or another format. One run is left alone; another is killed by SIGKILL KILLS times
# (5) at random moments and resumed each time, as CSV and as JSON lines. Exit code 1 unless the bytes are the same.
# Prints, per run, files and peak memory (Linux). To be run from the repository, after mvn package.
set -eu
recordings=$(CDPATH='' cd "$1" && pwd)
files=${2:-2000}
kills=${3:-5}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
mkdir "$folder/archive"

find "$recordings" -name '*.wav' | sort | awk -v n="$files" -v to="$folder/archive" -v q="'" '
  { from[NR] = $0 }
  END {
    for (i = 0; i < n; i++) {
      if (i % 50 != 49) {
        printf "ln -s %s%s%s %s/%06d.wav\n", q, from[i % NR + 1], q, to, i
      } else if (i % 200 == 49) {
        printf "head -c 3000 %s%s%s > %s/%06d.wav\n", q, from[i % NR + 1], q, to, i
      } else if (i % 200 == 99) {
        printf ": > %s/%06d.wav\n", to, i
      } else if (i % 200 == 149) {
        printf "echo no audio > %s/%06d.wav\n", to, i
      } else {
        printf "printf fLaC%%04000d 0 > %s/%06d.flac\n", to, i
      }
    }
  }' | sh

# runs with the peak memory of the process, if it comes to its end; 1 is the exit code of an archive with bad files
classify() {
  cli/bin/qieemo classify "$folder/archive" "$@" 2>"$folder/errors" &
  process=$!
}

peak() {
  most=0
  while line=$(grep VmHWM "/proc/$process/status" 2>/dev/null); do
    most=$(echo "$line" | tr -dc 0-9)
    sleep 0.2
  done
  code=0
  wait "$process" || code=$?
  [ "$code" -le 1 ] || { cat "$folder/errors" >&2; exit 1; }
  echo "$1: $(grep -v WARNING "$folder/errors"); peak $((most / 1024)) MiB"
}

for format in csv jsonl; do
  begin=$(date +%s)
  classify --format $format --output "$folder/whole.$format"
  peak "$format, left alone"
  seconds=$(($(date +%s) - begin))
  left=$kills
  while [ "$left" -gt 0 ]; do
    classify --format $format --output "$folder/killed.$format" --resume
    sleep "$(awk -v seed="$left$(date +%N)" -v all="$seconds" 'BEGIN { srand(seed); print 1 + 0.4 * all * rand() }')"
    kill -9 "$process" 2>/dev/null || echo "$format: it was over before it was killed" >&2
    wait "$process" 2>/dev/null || :
    echo "$format, killed: $(cat "$folder/killed.$format" 2>/dev/null | wc -c) bytes"
    left=$((left - 1))
  done
  classify --format $format --output "$folder/killed.$format" --resume
  peak "$format, resumed"
  cmp "$folder/whole.$format" "$folder/killed.$format" || exit 1
  echo "$format: the same $(wc -c <"$folder/whole.$format") bytes"
done
