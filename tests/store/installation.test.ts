import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isWriterId } from '#core/segment-name.ts';
import { loadInstallation, saveInstallation } from '#store/installation.ts';
import { useTempFolder } from '#tests/support/temp-folder.ts';

const folder = useTempFolder();
const configDir = () => join(folder.path, 'not', 'there yet');
const file = () => join(configDir(), 'installation.json');

describe('an installation', () => {
  it('makes up who it is once, and is the same from then on', async () => {
    const first = await loadInstallation(configDir());
    expect(isWriterId(first.writer)).toBe(true);
    expect(first.archive).toBeNull();
    expect(await loadInstallation(configDir())).toEqual(first);
    expect((await loadInstallation(join(folder.path, 'other'))).writer).not.toBe(first.writer);
  });

  it('remembers its archive', async () => {
    const { writer } = await loadInstallation(configDir());
    await saveInstallation(configDir(), { writer, archive: 'ours' });
    expect(await loadInstallation(configDir())).toEqual({ writer, archive: 'ours' });
  });

  it('is a file for its owner only, with nothing half-written beside it', async () => {
    await loadInstallation(configDir());
    expect(statSync(file()).mode & 0o777).toBe(0o600);
    expect(readdirSync(configDir())).toEqual(['installation.json']);
  });

  it.each([
    ['torn', '{"writer":"0123456789ab"'],
    ['empty', ''],
    ['zeros', '\0'.repeat(60)],
    ['another writer than there can be', '{"writer":"../../etc/x","archive":null}'],
    ['no archive', '{"writer":"0123456789ab"}'],
    ['an archive that is no text', '{"writer":"0123456789ab","archive":7}'],
    ['a list', '[]'],
  ])('whose file is damaged (%s) does not become another one by itself', async (_, content) => {
    mkdirSync(configDir(), { recursive: true });
    writeFileSync(file(), content);
    await expect(loadInstallation(configDir())).rejects.toMatchObject({
      kind: 'corrupt',
      hint: `Move ${file()} away and start again; your videos are not touched.`,
    });
    expect(readFileSync(file(), 'utf8')).toBe(content);
  });

  it('that cannot be read is an error, and not a new one', async () => {
    mkdirSync(file(), { recursive: true });
    await expect(loadInstallation(configDir())).rejects.toMatchObject({
      name: 'ReelholdError',
      operation: 'read',
    });
  });

  it('that cannot be written says so', async () => {
    writeFileSync(join(folder.path, 'file'), '');
    await expect(loadInstallation(join(folder.path, 'file', 'config'))).rejects.toMatchObject({
      name: 'ReelholdError',
    });
  });
});
