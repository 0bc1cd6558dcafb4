'use strict';
const { seconds, labels, steps } = JSON.parse(document.getElementById('data').textContent);
const audio = document.querySelector('audio');
const canvas = document.querySelector('.canvas');
const scroll = document.querySelector('.scroll');
const slider = document.getElementById('position');
const now = document.getElementById('now');
const rows = [...document.querySelectorAll('tbody tr')];
const words = [...document.querySelectorAll('[data-at]')];
const legend = [...document.querySelectorAll('.legend button')];
const cursor = canvas.appendChild(document.createElement('div'));
cursor.id = 'cursor';
let time = 0;
let zoom = 1;

const clock = t => {
  const tenths = Math.round(10 * t);
  const s = Math.floor(tenths / 10);
  const minutes = Math.floor(s / 60) % 60 + ':' + String(s % 60).padStart(2, '0') + '.' + tenths % 10;
  return s < 3600 ? minutes : Math.floor(s / 3600) + ':' + minutes.padStart(7, '0');
};

/** Index of the last item that has begun at time t. */
const begun = (count, start, t) => {
  let from = 0;
  let to = count;
  while (from < to) {
    const middle = (from + to) >> 1;
    if (start(middle) <= t) from = middle + 1; else to = middle;
  }
  return from - 1;
};

const mark = (items, index, name) => items.forEach((item, i) => item.classList.toggle(name, i === index));

let row = -1;
let word = -1;

function show(t) {
  time = Math.min(seconds, Math.max(0, t));
  const step = steps[Math.max(0, begun(steps.length, i => steps[i][0], time))];
  cursor.style.left = 100 * time / seconds + '%';
  now.textContent = clock(time);
  legend.forEach((button, k) => {
    const p = step && step[3 + k];
    button.lastChild.textContent = p === undefined ? '–' : Math.round(100 * p) + ' %';
  });
  slider.setAttribute('aria-valuenow', time.toFixed(1));
  slider.setAttribute('aria-valuetext', clock(time) + (step ? ', ' + step[2] : ''));
  const r = begun(rows.length, i => Number(rows[i].dataset.start), time);
  if (r !== row) mark(rows, row = r, 'current');
  const w = begun(words.length, i => Number(words[i].dataset.at), time);
  if (w !== word) mark(words, word = w, 'said');
}

function seek(t) {
  show(t);
  if (audio) audio.currentTime = time;
  const x = time / seconds * canvas.clientWidth;
  if (x < scroll.scrollLeft || x > scroll.scrollLeft + scroll.clientWidth) {
    scroll.scrollLeft = x - scroll.clientWidth / 2;
  }
}

function play(t) {
  seek(t);
  if (audio) audio.play();
}

function follow() {
  show(audio.currentTime);
  if (!audio.paused) requestAnimationFrame(follow);
}

if (audio) {
  audio.addEventListener('play', follow);
  audio.addEventListener('timeupdate', () => show(audio.currentTime));
  audio.addEventListener('error', () => { document.getElementById('missing').hidden = false; });
  if (audio.error) document.getElementById('missing').hidden = false;
}

const under = event => {
  const box = canvas.getBoundingClientRect();
  return (event.clientX - box.left) / box.width * seconds;
};
slider.addEventListener('pointerdown', event => seek(under(event)));
slider.addEventListener('pointermove', event => { if (event.buttons === 1) seek(under(event)); });
slider.addEventListener('keydown', event => {
  const moves = {
    ArrowLeft: time - 1, ArrowDown: time - 1, ArrowRight: time + 1, ArrowUp: time + 1,
    PageDown: time - 10, PageUp: time + 10, Home: 0, End: seconds,
  };
  if (event.key in moves) {
    seek(moves[event.key]);
  } else if (event.key === ' ' && audio) {
    if (audio.paused) audio.play(); else audio.pause();
  } else {
    return;
  }
  event.preventDefault();
});

rows.forEach(r => r.querySelector('.play').addEventListener('click', () => play(Number(r.dataset.start))));
words.forEach(w => w.addEventListener('click', () => play(Number(w.dataset.at))));

legend.forEach(button => button.addEventListener('click', () => {
  const off = button.getAttribute('aria-pressed') === 'true';
  button.setAttribute('aria-pressed', String(!off));
  document.querySelector('.curve[data-k="' + button.dataset.k + '"]').classList.toggle('off', off);
}));

function stretch(factor) {
  zoom = Math.min(64, Math.max(1, zoom * factor));
  canvas.style.width = 100 * zoom + '%';
  scroll.scrollLeft = time / seconds * canvas.clientWidth - scroll.clientWidth / 2;
}
document.getElementById('in').addEventListener('click', () => stretch(2));
document.getElementById('out').addEventListener('click', () => stretch(1 / 2));

// page.html#t=12.5 opens there
const at = /^#t=(\d+(\.\d+)?)$/.exec(location.hash);
seek(at ? Number(at[1]) : 0);
