import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { noteVault, type OpenArchive, openArchive } from '#compose.ts';
import { type Config, loadConfig } from '#config.ts';
import { formatMark } from '#core/archive-format.ts';
import type { Change } from '#core/plan-change.ts';
import { formatChange } from '#daemon/operations/change.ts';
import { runHandler } from './operations.ts';
import { createTestLog } from './test-log.ts';

/** The settings of an installation whose folders all stand below one. */
export function configBelow(folder: string): Config {
  mkdirSync(join(folder, 'inbox'), { recursive: true });
  const names = ['INBOX', 'VAULT', 'LIBRARY', 'CONFIG'];
  const env = Object.fromEntries(names.map((name) => [`REELHOLD_${name}`, join(folder, name.toLowerCase())]));
  return loadConfig({ ...env, TZ: 'Europe/Berlin' });
}

/** Opens the archive of these settings in this process, as a command does. */
export async function openCommandArchive(config: Config): Promise<OpenArchive> {
  const use = { program: 'command', onTaken: () => {}, largestBatch: 64 } as const;
  const archive = await openArchive(config, createTestLog(), use);
  if (archive.kind !== 'open') throw new Error(`the archive is ${archive.kind}`);
  return archive;
}

/** Fills an archive as an owner does: versions, a renamed video, one in the trash, a name of odd characters. */
export async function liveIn(config: Config, sources: string): Promise<void> {
  mkdirSync(sources, { recursive: true });
  await using archive = await openCommandArchive(config);
  noteVault(archive);
  const take = async (name: string, bytes: string) => {
    const path = join(sources, name);
    writeFileSync(path, bytes);
    const source = { path, within: sources };
    const signal = new AbortController().signal;
    const { outcome } = await archive.intake.take({
      source,
      continues: null,
      sizeBytes: bytes.length,
      signal,
    });
    return outcome.video;
  };
  const change = (wanted: Change) => runHandler(archive.change, formatChange(wanted));
  const video = await take('Rome.mp4', 'rome, first cut');
  await take('Rome.mp4', 'rome, second cut');
  await take('Oslo <b>.mp4', 'oslo');
  await change({ kind: 'rename', video, title: 'Summer' });
  await change({ kind: 'trash', video: await take('Bern.mp4', 'bern'), trashed: true });
  if (archive.refreshLibrary !== null) await runHandler(archive.refreshLibrary, '');
}

/** Makes what a drive holds of a vault (docs/format.md), with a mark of its own. */
export function copyToDrive({ vaultDir }: Config, drive: string): void {
  for (const name of ['blobs', 'journal', 'index', 'archive.json', 'README.txt', 'restore.sh']) {
    cpSync(join(vaultDir, name), join(drive, name), { recursive: true, preserveTimestamps: true });
  }
  const { writer } = JSON.parse(readFileSync(join(vaultDir, 'location.json'), 'utf8')) as { writer: string };
  const mark = formatMark({ location: 'blue', role: 'drive', generation: 1, writer });
  writeFileSync(join(drive, 'location.json'), mark);
}
