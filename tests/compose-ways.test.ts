import { mkdirSync, truncateSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { createSpoolRoom } from '#compose-ways.ts';
import { loadConfig } from '#config.ts';
import { spoolDir } from '#place-folders.ts';
import { placeFacts } from '#tests/support/places.ts';
import { useTempFolder } from '#tests/support/temp-folder.ts';

const temp = useTempFolder();

it('room to encrypt in is what is free, and what waits there already; none is needed for a place that is not encrypted', async () => {
  const vaultDir = temp.path;
  const config = { ...loadConfig(), vaultDir };
  const spoolRoom = createSpoolRoom(config);
  const cloud = placeFacts('cloud', { placeKind: 'remote', encrypted: true });
  expect(await spoolRoom(placeFacts('blue'))).toBeNull();
  const before = (await spoolRoom(cloud)) ?? 0;
  const waiting = join(spoolDir(config, 'cloud'), 'ab/cd');
  mkdirSync(dirname(waiting), { recursive: true });
  writeFileSync(waiting, '');
  const tebibyte = 1024 ** 4;
  truncateSync(waiting, tebibyte);
  const more = ((await spoolRoom(cloud)) ?? 0) - before;
  expect(Math.abs(more - tebibyte)).toBeLessThan(tebibyte / 10);
});
