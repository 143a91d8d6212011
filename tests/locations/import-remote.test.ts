import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { systemClock } from '#clock.ts';
import { importCallersRemote } from '#locations/import-remote.ts';
import { createMemoryCipherLedger } from '#locations/memory-cipher-ledger.ts';
import { openRemote } from '#locations/open-remote.ts';
import { loadPassword, loadRcloneConfig } from '#locations/rclone-config.ts';
import { identity, untouched } from '#tests/contract/location-setting.ts';
import { useTempFolder } from '#tests/support/temp-folder.ts';

const folder = useTempFolder();
const at = (name: string) => join(folder.path, name);

/** The caller's rclone, with a remote of its own in its file, and one in its environment. */
function request(root: string, password: string | null) {
  mkdirSync(at('home'), { recursive: true });
  writeFileSync(
    at('callers.conf'),
    `[mine]\ntype = alias\nremote = ${at('place')}\n\n[dav]\ntype = webdav\npass = obscured\n`,
  );
  const env = {
    ...{ PATH: process.env.PATH, HOME: at('home'), RCLONE_CONFIG: at('callers.conf') },
    ...{ RCLONE_CONFIG_FROMENV_TYPE: 'alias', RCLONE_CONFIG_FROMENV_REMOTE: 'mine:below' },
  };
  return {
    binary: 'rclone',
    env,
    home: at('home'),
    root,
    configDir: at('config'),
    password,
    mayBeHere: true,
  };
}

const modeOf = (path: string) => (statSync(path).mode & 0o777).toString(8);

it('takes a remote of the caller, for nobody else to read, and leaves the rest', async () => {
  const before = () => readFileSync(at('callers.conf'), 'utf8');
  const given = request('dav:videos/', null);
  const text = before();
  expect(await importCallersRemote(given)).toBe('dav:videos');
  expect(await loadRcloneConfig(at('config'))).toEqual({ dav: { type: 'webdav', pass: 'obscured' } });
  expect(modeOf(at('config'))).toBe('700');
  expect(modeOf(at('config/rclone.conf'))).toBe('600');
  expect(before()).toBe(text);
});

it('opens what it took, in the clear and encrypted', { timeout: 120_000 }, async () => {
  const { location, generation, writer } = identity;
  const marks = {
    archive: { format: 1, archive: identity.archive, createdAt: '2026-11-22T17:00:00.000Z' },
    location: { location, role: 'remote', generation, writer } as const,
  };
  for (const [root, password] of [
    ['fromenv:plain', null],
    ['mine:hidden', 'a password'],
  ] as const) {
    const imported = await importCallersRemote(request(root, password));
    const encrypted =
      password === null ? null : { ledger: createMemoryCipherLedger(), spoolDir: at('spool') };
    const settings = {
      ...{ binary: 'rclone', searchPath: process.env.PATH ?? '', configDir: at('config'), bandwidth: null },
      ...{ root: imported, encrypted, clock: systemClock, timeZone: 'UTC' },
    };
    const place = await openRemote(settings, identity);
    await place.prepare(marks, untouched);
    expect(await place.look(untouched)).toMatchObject({ kind: 'present', freeBytes: expect.any(Number) });
  }
  expect(await loadPassword(at('config'))).toBe('a password');
  expect(modeOf(at('config/password.txt'))).toBe('600');
  expect(readFileSync(at('place/below/plain/archive.json'), 'utf8')).toContain(identity.archive);
});

it('says what to do where there is no such remote, and where there is no rclone', async () => {
  await expect(importCallersRemote(request('nope:x', null))).rejects.toMatchObject({ kind: 'missing' });
  const without = { ...request('mine:x', null), binary: at('none') };
  await expect(importCallersRemote(without)).rejects.toMatchObject({ hint: 'Install rclone.' });
});
