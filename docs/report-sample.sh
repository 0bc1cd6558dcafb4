#!/bin/sh
# Makes call.wav, the recording of docs/report.png: six sentences of speech synthesisers (eSpeak NG, flite) and pauses.
# Then: cli/bin/qieemo report call.wav --window 3 --hop 0.5 --output call.html, opened at call.html#t=7.2
set -eu
espeak() {
  espeak-ng -v "$2" -s "$3" -p "$4" -a "$5" -w raw.wav "$7"
  sox -D raw.wav -r 16000 -b 16 -c 1 "$1" norm "$6" pad 0 1.3
}
flite_() {
  flite -voice "$2" --setf duration_stretch="$3" --setf int_f0_target_mean="$4" -t "$6" -o raw.wav
  sox -D raw.wav -r 16000 -b 16 -c 1 "$1" norm "$5" pad 0 1.3
}
de="Das will sie am Mittwoch abgeben. In sieben Stunden wird es soweit sein."
en="I have told you a hundred times. It will be here at seven."
flite_ 1.wav rms 0.8 220 -6 "$en"
espeak 2.wav de+whisper 175 60 120 -2 "$de"
espeak 3.wav de+f4 120 10 40 -18 "$de"
flite_ 4.wav rms 1.4 70 -14 "$en"
espeak 5.wav de+f2 240 99 200 -3 "$de"
espeak 6.wav de+klatt2 150 40 100 -9 "$de"
sox -D 1.wav 2.wav 3.wav 4.wav 5.wav 6.wav call.wav
rm raw.wav [1-6].wav
