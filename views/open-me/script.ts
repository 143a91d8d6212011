/** What a script adds to OPEN-ME.html: search, and a player in the page. Without it each link plays its video. */
export const openMeScript = `
(() => {
  const one = (selector) => document.querySelector(selector);
  const fold = (text) => text.normalize('NFKD').replace(/\\p{M}/gu, '').toLowerCase();

  const field = one('#find');
  if (field) {
    field.closest('.search').hidden = false;
    let cards = null;
    const show = () => {
      cards ??= [...document.querySelectorAll('.card')].map((card) => [card, fold(card.textContent + ' ' + card.dataset.day)]);
      const words = fold(field.value).split(/\\s+/).filter(Boolean);
      let found = 0;
      for (const [card, text] of cards) {
        card.hidden = !words.every((word) => text.includes(word));
        if (!card.hidden) found += 1;
      }
      for (const year of document.querySelectorAll('section')) year.hidden = !year.querySelector('.card:not([hidden])');
      one('#nothing').hidden = found > 0;
    };
    field.addEventListener('input', show);
    if (field.value) show();
  }

  const player = one('dialog');
  if (!player || !player.showModal) return;
  const video = player.querySelector('video');
  const problem = player.querySelector('.problem');
  document.addEventListener('click', (event) => {
    const link = event.target.closest('a[data-play]');
    if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    problem.hidden = true;
    player.querySelector('bdi').textContent = link.closest('.card').querySelector('bdi').textContent;
    for (const other of player.querySelectorAll('a')) other.href = link.href;
    video.src = link.href;
    player.showModal();
    video.play().catch(() => {});
  });
  video.addEventListener('error', () => { if (video.hasAttribute('src')) problem.hidden = false; });
  player.querySelector('button').addEventListener('click', () => player.close());
  player.addEventListener('close', () => { video.removeAttribute('src'); video.load(); });
})();
`;

/** The script's own checksum (SHA-256, base64): the one script that the page lets a browser run. */
export const openMeScriptHash = 'kZOvtFA7N+OkE16FaNi6tOPyV1N3IURg5+tDsx7oHfs=';
