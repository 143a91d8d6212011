// Small comforts. The page says everything without them.

const clockSkewMs = Date.now() - Number(document.body.dataset.now);
document.documentElement.classList.add('js');

// Relative times stay true: by the server's clock, as a small computer at home may have none of its own.
const relative = new Intl.RelativeTimeFormat(document.documentElement.lang, { numeric: 'auto' });
const steps = [['second', 60], ['minute', 60], ['hour', 24], ['day', 30], ['month', 12]];

function sayAgo(atMs) {
  let value = Math.round((atMs - (Date.now() - clockSkewMs)) / 1000);
  for (const [unit, size] of steps) {
    if (Math.abs(value) < size) return relative.format(value, unit);
    value = Math.round(value / size);
  }
  return relative.format(value, 'year');
}

setInterval(() => {
  for (const time of document.querySelectorAll('time[data-ago]')) {
    const words = sayAgo(Date.parse(time.dateTime));
    if (time.textContent !== words) time.textContent = words;
  }
}, 5000);

// Copy buttons. The clipboard is closed to pages without TLS, so the text is selected and copied by hand there.
document.addEventListener('click', async ({ target }) => {
  const button = target.closest?.('[data-copy]');
  if (!button) return;
  const label = button.querySelector('span');
  const before = label.dataset.label ?? label.textContent;
  label.dataset.label = before;
  if (!(await copyText(document.getElementById(button.dataset.copy)))) return;
  label.textContent = button.dataset.done;
  setTimeout(() => {
    label.textContent = before;
  }, 2000);
});

async function copyText(element) {
  try {
    await navigator.clipboard.writeText(element.textContent);
    return true;
  } catch {
    getSelection().selectAllChildren(element);
    return document.execCommand('copy');
  }
}

// A video that cannot be played says why: the browser does not know it, or it cannot be read just now.
// Media events do not bubble, so they are caught on their way down.
document.addEventListener('error', ({ target }) => onMedia(target, explainNoPlay), true);
document.addEventListener('loadedmetadata', ({ target }) => onMedia(target, (video) => {
  // Sound without a picture: the browser knows the box, but not what is in it.
  if (video.videoWidth === 0) explainNoPlay(video);
}), true);
document.addEventListener('play', ({ target }) => onMedia(target, (video) => {
  for (const other of document.querySelectorAll('video')) if (other !== video) other.pause();
}), true);

function onMedia(target, then) {
  if (target instanceof HTMLVideoElement) then(target);
}

async function explainNoPlay(video) {
  const reason = (await canBeRead(video.currentSrc || video.src)) ? 'cannot-play' : 'cannot-read';
  const note = video.parentElement.querySelector('.no-play');
  for (const part of note.querySelectorAll('[data-when]')) part.hidden = part.dataset.when !== reason;
  note.hidden = false;
}

async function canBeRead(address) {
  try {
    const answer = await fetch(address, { headers: { Range: 'bytes=0-0' } });
    await answer.body?.cancel();
    return answer.ok;
  } catch {
    return false;
  }
}

// What opens in the list may open below the fold.
document.addEventListener('htmx:after:settle', ({ target }) => {
  if (!target.matches?.('.card:has(> .video)')) return;
  const behavior = matchMedia('(prefers-reduced-motion: reduce)').matches ? 'auto' : 'smooth';
  target.scrollIntoView({ block: 'nearest', behavior });
});

// Escape closes the video that is open in the list.
document.addEventListener('keydown', ({ key, target }) => {
  if (key !== 'Escape' || document.fullscreenElement) return;
  const open = target.closest?.('.card:has(> .video)') ?? document.querySelector('.card:has(> .video)');
  open?.querySelector('.video-close')?.click();
});

// The live stream: say so where it is lost, and try again where it could not even be opened.
const live = document.getElementById('live');
const isLive = ({ target }) => live !== null && target === live;
const say = (isLost) => {
  live.querySelector('.lost').hidden = !isLost;
};

document.addEventListener('htmx:sse:after:connection', (event) => isLive(event) && say(false));
document.addEventListener('htmx:sse:error', (event) => isLive(event) && say(true));
for (const name of ['htmx:error', 'htmx:response:error']) {
  document.addEventListener(name, (event) => {
    if (isLive(event)) return connectAgain();
    // Somebody clicked and nothing came of it: the link or form itself leads to a page that says why.
    const link = event.target;
    if (link instanceof HTMLAnchorElement && link.href) location.assign(link.href);
    if (link instanceof HTMLFormElement) link.submit();
  });
}

function connectAgain() {
  say(true);
  setTimeout(() => window.htmx.trigger(live, 'connect-again'), 5000);
}
