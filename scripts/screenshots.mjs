// Makes docs/screenshots anew from an archive that is made up: `npm run screenshots`.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assetRoles } from '#core/asset-role.ts';
import { startChromium } from '#tests/support/browser.ts';
import { segmentOf } from '#tests/support/records.ts';
import { nowMs, seedApp } from '#tests/web/seeded-app.ts';
import { serveApp } from '#web/server.ts';
import { paintStill } from './paint-still.mjs';

const INBOX = '\\\\tower\\inbox';
const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

const films = [
  { title: 'Lighthouse walk', seconds: 742, width: 3840, height: 2160, versions: 3, agoMs: 0.2 * hourMs },
  {
    title: 'How I light a small room',
    seconds: 1187,
    width: 3840,
    height: 2160,
    versions: 1,
    agoMs: 3 * hourMs,
  },
  { title: 'Night train to Lisbon', seconds: 1533, width: 1920, height: 1080, versions: 2, agoMs: dayMs },
  { title: 'Sourdough, day one', seconds: 93, width: 1080, height: 1920, versions: 1, agoMs: 2 * dayMs },
  {
    title: 'Interview with Mika (final final 2)',
    seconds: 3984,
    width: 1920,
    height: 1080,
    versions: 5,
    agoMs: 4 * dayMs,
  },
  {
    title: 'Harbour, before the storm',
    seconds: 288,
    width: 1920,
    height: 1080,
    versions: 1,
    agoMs: 9 * dayMs,
  },
  { title: 'Workshop tour 2026', seconds: 905, width: 1920, height: 1080, versions: 2, agoMs: 20 * dayMs },
  {
    title: 'A week on the coast path, all seven days in one piece',
    seconds: 5400,
    width: 3840,
    height: 2160,
    versions: 1,
    agoMs: 60 * dayMs,
  },
];

const pictures = [
  { name: 'page-light', context: { viewport: { width: 1180, height: 900 }, colorScheme: 'light' } },
  { name: 'page-dark', context: { viewport: { width: 1180, height: 900 }, colorScheme: 'dark' } },
  {
    name: 'page-phone',
    context: { viewport: { width: 360, height: 780 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true },
  },
];

const folder = mkdtempSync(join(tmpdir(), 'reelhold-screenshots-'));
try {
  await using seeded = await seedApp({ inboxes: [INBOX] });
  seed(seeded);
  await using served = await serveApp(seeded.app, { host: '127.0.0.1', port: 0 });
  const browser = await startChromium();
  for (const { name, context } of pictures)
    await take(browser, `http://127.0.0.1:${served.port}/`, name, context);
  await browser.close();
} finally {
  rmSync(folder, { recursive: true });
}

function seed({ addVideo, catalogue }) {
  const digests = [];
  for (const [index, film] of [...films.entries()].reverse()) {
    const { title, seconds, width, height, versions, agoMs } = film;
    const isUpright = height > width;
    const sizeBytes = Math.round(seconds * width * height * 0.9);
    const made = addVideo({
      id: `film-${index}`,
      title,
      versions: Array.from({ length: versions }, (_, number) => ({
        sizeBytes: sizeBytes + number,
        takenAtMs: nowMs - agoMs - (versions - 1 - number) * dayMs,
        poster: paintStill(index, isUpright ? 270 : 480, isUpright ? 480 : 270),
        media: { durationMs: seconds * 1000, width, height, rotationDegrees: 0 },
        copy: { state: 'present', provenAtMs: nowMs - 2 * hourMs },
      })),
    });
    digests.push(...made.versions.map(({ digest }) => digest));
  }
  seedPlaces(catalogue, digests);
  const inbox = {
    ...{ root: INBOX, mode: 'consume', kind: 'loose', state: 'watched', forcedBy: null },
    watching: { gap: null, type: null },
    ignored: { system: 1, unfinished: 1, 'other-program': 0, hidden: 0 },
    left: { total: 1, paths: ['script.docx'] },
  };
  catalogue.notes.setCondition(`inbox:${INBOX}`, { ...inbox, lastLookedAtMs: nowMs - 42_000 }, nowMs);
  const file = { inbox: INBOX, fingerprint: '', reason: null };
  const first = { path: 'Drone/sunrise over the bay.mp4', sizeBytes: 2.73e9, state: 'taking' };
  catalogue.sightings.setProgress(catalogue.sightings.see({ ...file, ...first }, nowMs).id, 1.7e9);
  catalogue.sightings.see({ ...file, path: 'holiday.mov', sizeBytes: 4.2e9, state: 'settling' }, nowMs);
}

/** A drive that is plugged in, and a service away from home that lacks the newest. */
function seedPlaces(catalogue, digests) {
  const present = { state: 'present', freeBytes: null, totalBytes: null };
  const condition = {
    ...{
      presence: present,
      sinceMs: nowMs - dayMs,
      lastSeenMs: nowMs,
      disk: null,
      upToDateMs: nowMs - hourMs,
    },
    ...{ noRoomForBytes: 0, safeToUnplug: false, work: null, drill: null },
  };
  const drive = {
    ...{ location: 'blue', name: 'Blue USB drive', placeKind: 'drive', medium: 'drive', path: '/mnt/blue' },
    ...{ awayFromHome: false, encrypted: false, everyDays: 35 },
  };
  const cloud = {
    ...{ location: 'cloud', name: 'Backblaze', placeKind: 'remote', medium: 'cloud', path: 'b2:videos' },
    ...{ awayFromHome: true, encrypted: true, everyDays: null },
  };
  seedPlace(catalogue, drive, digests, {
    ...condition,
    presence: { ...present, freeBytes: 1.2e12, totalBytes: 4e12 },
    safeToUnplug: true,
  });
  seedPlace(catalogue, cloud, digests.slice(0, -1), {
    ...condition,
    drill: { atMs: nowMs - 12 * dayMs, tried: 5, good: 5 },
  });
  const asPlace = ({ location, medium, awayFromHome }) => ({
    ...{ location, medium, awayFromHome, promiseMs: 180 * dayMs, isHere: medium === 'drive' },
  });
  const vault = { location: 'vault', medium: 'nas', awayFromHome: false };
  catalogue.notes.setCondition('places', { places: [vault, drive, cloud].map(asPlace) }, nowMs);
}

function seedPlace(catalogue, facts, digests, condition) {
  const { seq, writer } = { seq: catalogue.archive.lastSeq() + 1, writer: 'writer' };
  const record = {
    ...{ kind: 'location', ...facts, promiseDays: 180, roles: [...assetRoles], set: null, schedule: null },
    ...{ bandwidth: null, paused: false, removed: false, generation: 1 },
    ...{ seq, writer, at: new Date(nowMs).toISOString() },
  };
  catalogue.archive.apply(segmentOf([record]));
  for (const digest of digests) {
    const provenAtMs = nowMs - 26 * hourMs;
    catalogue.archive.setCopy({
      digest,
      location: facts.location,
      state: 'present',
      listedAtMs: nowMs,
      provenAtMs,
    });
  }
  catalogue.notes.setCondition(`place:${facts.location}`, condition, nowMs);
}

/** A picture of 256 colours is a third as large, and nobody sees it. */
async function take(browser, url, name, options) {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  await page.goto(url);
  await page.evaluate(() => {
    for (const image of document.images) image.loading = 'eager';
    return Promise.all([...document.images].map((image) => image.decode()));
  });
  const shot = join(folder, `${name}.png`);
  await page.screenshot({ path: shot, fullPage: true });
  await context.close();
  const filter = 'split[a][b];[a]palettegen=stats_mode=full[p];[b][p]paletteuse=dither=bayer:bayer_scale=4';
  execFileSync('ffmpeg', ['-v', 'error', '-y', '-i', shot, '-vf', filter, `docs/screenshots/${name}.png`]);
}
