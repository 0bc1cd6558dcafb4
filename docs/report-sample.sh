#!/bin/sh
# Makes call.wav, the recording of docs/report.png: six sentences of speech synthesisers (eSpeak NG, flite) and pauses.
# Then: cli/bin/qieemo report call.wav --window 3 --hop 0.5 --output call.html, opened at call.html#t=8.2
set -eu
espeak() {
  espeak-ng -v "$2" -s "$3" -p "$4" -a "$5" -w raw.wav "$7"
  sox -D raw.wav -r 16000 -b 16 -c 1 "$1" norm "$6" pad 0 1.3
}
flite_() {
  flite -voice "$2" --setf duration_stretch="$3" --setf int_f0_target_mean="$4" -t "$6" -o raw.wav
  sox -D raw.wav -r 16000 -b 16 -c 1 "$1" norm "$5" pad 0 1.3
}
flite_ 1.wav rms 0.7 300 -6 "Good morning, this is customer service speaking. How can I help you today? What is your order number?"
espeak 2.wav de+whisper 175 60 120 -2 "Das habe ich dir doch schon hundertmal gesagt! Lass das endlich sein! Ich will das nicht mehr."
flite_ 3.wav slt 1.4 70 -18 "I am sorry to hear that. Let me look at it."
flite_ 4.wav kal16 0.7 300 -3 "Here it is! I have told you, it is on its way, and you will have it this afternoon!"
espeak 5.wav en-us+f3 240 99 200 -3 "Are you sure? What if it never arrives? It will be here at seven, and nobody will be at home."
flite_ 6.wav slt 1 130 -9 "I have told you a hundred times. It will be here at seven."
sox -D 1.wav 2.wav 3.wav 4.wav 5.wav 6.wav call.wav
rm raw.wav [1-6].wav
