'use strict';
const table = document.querySelector('.files');
const body = table.tBodies[0];
const heads = [...table.tHead.rows[0].cells];

function sort(column, head) {
  const down = head.getAttribute('aria-sort') === 'ascending';
  heads.forEach(h => h.removeAttribute('aria-sort'));
  head.setAttribute('aria-sort', down ? 'descending' : 'ascending');
  const key = row => row.cells[column].dataset.value;
  const numbers = head.classList.contains('number');
  const compare = (a, b) => numbers ? key(a) - key(b) : key(a).localeCompare(key(b), undefined, { numeric: true });
  body.append(...[...body.rows].sort((a, b) => down ? compare(b, a) : compare(a, b)));
}

heads.forEach((head, column) => {
  const button = head.querySelector('button');
  if (button) button.addEventListener('click', () => sort(column, head));
});
