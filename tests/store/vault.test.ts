import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { formatMark } from '#core/archive-format.ts';
import { openVault, type VaultOutcome } from '#store/vault.ts';
import { lookAtVaultLock } from '#store/vault-lock.ts';
import { restoreScript } from '#store/vault-readme.ts';
import { useTempFolder } from '#tests/support/temp-folder.ts';

const folder = useTempFolder();
const root = () => join(folder.path, 'vault');
const at = (...parts: readonly string[]) => join(root(), ...parts);
const writer = '0123456789ab';
const open = (knownArchive: string | null = null) => openVault({ root: root(), writer, knownArchive });

/** Opens the vault and lets go of it again; gives the archive's id. */
async function openOnce(knownArchive: string | null = null): Promise<string> {
  const outcome = await open(knownArchive);
  if (outcome.kind !== 'open') throw new Error(JSON.stringify(outcome));
  outcome[Symbol.dispose]();
  return outcome.archive;
}

/** Every file below a folder, with what it says: to see that nothing was written. */
function contentOf(path: string): Readonly<Record<string, string>> {
  if (!existsSync(path)) return {};
  const names = readdirSync(path, { recursive: true, encoding: 'utf8' }).sort();
  return Object.fromEntries(
    names.map((name) => {
      const file = join(path, name);
      return [name, statSync(file).isFile() ? readFileSync(file, 'latin1') : 'folder'];
    }),
  );
}

describe('a vault that is new', () => {
  it('gets its folders, its marks and a word for people', async () => {
    const outcome = await open();
    expect(outcome).toMatchObject({ kind: 'open', root: root(), isNew: true });
    for (const name of ['blobs/sha256', 'journal', 'index', 'staging', 'quarantine', 'trash']) {
      expect(statSync(at(name)).isDirectory()).toBe(true);
    }
    if (outcome.kind !== 'open') return;
    expect(JSON.parse(readFileSync(at('archive.json'), 'utf8'))).toMatchObject({
      format: 1,
      archive: outcome.archive,
    });
    expect(JSON.parse(readFileSync(at('location.json'), 'utf8'))).toEqual({
      location: outcome.location,
      role: 'vault',
      generation: 1,
      writer,
      check: expect.stringMatching(/^[0-9a-f]{8}$/),
    });
    expect(readFileSync(at('README.txt'), 'utf8')).toContain('sha256sum');
    expect(readFileSync(at('restore.sh'), 'utf8')).toBe(readFileSync(restoreScript, 'utf8'));
    outcome[Symbol.dispose]();
  });

  it('may have what a first start that was cut off left there', async () => {
    for (const name of ['blobs/sha256', 'journal', 'staging']) mkdirSync(at(name), { recursive: true });
    writeFileSync(at('location.json'), '{"torn');
    writeFileSync(at('restore.sh'), 'echo');
    expect(await open()).toMatchObject({ kind: 'open', isNew: true });
  });

  it('is refused where the folder holds something else, which stays as it is', async () => {
    mkdirSync(at('photos'), { recursive: true });
    const before = contentOf(root());
    expect(await open()).toEqual({ kind: 'refused', reason: 'not-empty' });
    expect(contentOf(root())).toEqual(before);
  });
});

describe('a vault that is known', () => {
  it('is opened again as the same archive at the same place', async () => {
    const archive = await openOnce();
    const marks = ['archive.json', 'location.json', 'README.txt'].map((name) =>
      readFileSync(at(name), 'utf8'),
    );
    expect(await openOnce(archive)).toBe(archive);
    expect(
      ['archive.json', 'location.json', 'README.txt'].map((name) => readFileSync(at(name), 'utf8')),
    ).toEqual(marks);
  });

  const script = () => readFileSync(at('restore.sh'), 'utf8');
  const current = () => readFileSync(restoreScript, 'utf8');

  it.each([
    ['of an older version', () => writeFileSync(at('restore.sh'), '#!/bin/sh\n# of an older version\n')],
    ['damaged', () => writeFileSync(at('restore.sh'), current().replace('sound', 's\xffund'), 'latin1')],
    ['cut off', () => writeFileSync(at('restore.sh'), current().slice(0, 4096))],
    ['gone', () => rmSync(at('restore.sh'))],
  ])('gets the script that restores it anew where that one is %s', async (_, spoil) => {
    const archive = await openOnce();
    spoil();
    await openOnce(archive);
    expect(script()).toBe(current());
    expect(readdirSync(at('staging'))).toEqual([]);
  });

  it('opens though a file for people cannot be written, and names it', async () => {
    const archive = await openOnce();
    rmSync(at('restore.sh'));
    mkdirSync(at('restore.sh', 'in the way'), { recursive: true });
    writeFileSync(at('README.txt'), 'of an older version');
    const outcome = await open(archive);
    expect(outcome).toMatchObject({ kind: 'open', archive, unwritten: [{ name: 'restore.sh' }] });
    if (outcome.kind === 'open') outcome[Symbol.dispose]();
    expect(readFileSync(at('README.txt'), 'utf8')).toContain('sha256sum');
    rmSync(at('restore.sh'), { recursive: true });
    await openOnce(archive);
    expect(script()).toBe(current());
  });

  it('is not written to when it is opened again and nothing changed, so that its disk may sleep', async () => {
    const archive = await openOnce();
    const inodes = () =>
      ['archive.json', 'location.json', 'README.txt', 'restore.sh'].map((name) => statSync(at(name)).ino);
    const before = inodes();
    await openOnce(archive);
    expect(inodes()).toEqual(before);
  });

  it('keeps its blobs and its journal, and loses what stood in staging', async () => {
    const archive = await openOnce();
    for (const name of ['blobs/sha256/x', 'journal/x', 'index/x', 'quarantine/x', 'trash/x', 'staging/x']) {
      writeFileSync(at(name), 'x');
    }
    await openOnce(archive);
    for (const name of ['blobs/sha256', 'journal', 'index', 'quarantine', 'trash']) {
      expect(readdirSync(at(name))).toEqual(['x']);
    }
    expect(readdirSync(at('staging'))).toEqual([]);
  });

  it('is taken by an installation that lost its configuration', async () => {
    const archive = await openOnce();
    expect(await openOnce(null)).toBe(archive);
  });

  it.each(['archive.json', 'location.json'])(
    'is still the same archive at the same place where its %s is damaged, which is kept',
    async (name) => {
      const first = await open();
      if (first.kind !== 'open') throw new Error(first.kind);
      first[Symbol.dispose]();
      const whole = readFileSync(at(name), 'utf8');
      writeFileSync(at(name), whole.replace('-', '!'));
      const { archive, location } = first;
      const again = await openVault({ root: root(), writer, knownArchive: archive, knownLocation: location });
      expect(again).toMatchObject({ kind: 'open', archive, location, mended: [name] });
      expect(readFileSync(at(name), 'utf8')).toBe(whole);
      const [kept = ''] = readdirSync(at('quarantine'));
      expect(kept.startsWith(name)).toBe(true);
      expect(readFileSync(at('quarantine', kept), 'utf8')).toBe(whole.replace('-', '!'));
      if (again.kind === 'open') again[Symbol.dispose]();
    },
  );

  it('gets a new mark of its place where that one is torn, and nobody knows it', async () => {
    const archive = await openOnce();
    writeFileSync(at('location.json'), '\0\0\0');
    await openOnce(archive);
    expect(JSON.parse(readFileSync(at('location.json'), 'utf8'))).toMatchObject({ role: 'vault', writer });
  });
});

describe('a vault that is refused', () => {
  const prepare: Readonly<Record<string, () => void>> = {
    'not there at all': () => {},
    'an empty folder, as of a disk that is not mounted': () => mkdirSync(root()),
    'a folder of something else': () => mkdirSync(at('photos'), { recursive: true }),
    'another archive': () => {
      mkdirSync(root());
      writeFileSync(at('archive.json'), formatMark({ format: 1, archive: 'other', createdAt: '' }));
    },
    'an archive of a newer format': () => {
      mkdirSync(root());
      writeFileSync(at('archive.json'), formatMark({ format: 2, archive: 'ours', createdAt: '' }));
    },
    'a mark that cannot be read': () => {
      mkdirSync(root());
      writeFileSync(at('archive.json'), '');
    },
  };

  it.each([
    ['not there at all', 'not-connected'],
    ['an empty folder, as of a disk that is not mounted', 'not-connected'],
    ['a folder of something else', 'not-connected'],
    ['another archive', 'another-archive'],
    ['an archive of a newer format', 'newer-format'],
    ['a mark that cannot be read', 'unreadable-mark'],
  ])('is not written to: %s', async (situation, reason) => {
    prepare[situation]?.();
    const before = contentOf(folder.path);
    expect(await open('ours')).toEqual({ kind: 'refused', reason });
    expect(contentOf(folder.path)).toEqual(before);
    expect(existsSync(root())).toBe(situation !== 'not there at all');
  });

  it('where something stands in its place says so', async () => {
    writeFileSync(root(), 'a file');
    await expect(open()).rejects.toMatchObject({ name: 'ReelholdError', side: 'vault' });
  });
});

/** A program that says who has the vault. */
function lookFrom(vault: string): string {
  return `import { lookAtVaultLock } from '#store/vault-lock.ts';
    console.log(JSON.stringify(lookAtVaultLock(${JSON.stringify(vault)})));`;
}

describe('a vault that another process holds', () => {
  const children: ChildProcess[] = [];
  afterEach(() => {
    for (const child of children.splice(0)) child.kill('SIGKILL');
  });

  async function hold(): Promise<{ child: ChildProcess; outcome: VaultOutcome }> {
    const script = join(import.meta.dirname, '../fixtures/bin/hold-vault');
    const child = spawn(process.execPath, [script, root()], { stdio: ['pipe', 'pipe', 'inherit'] });
    children.push(child);
    const lines = createInterface({ input: child.stdout });
    const [line] = (await once(lines, 'line')) as [string];
    return { child, outcome: JSON.parse(line) as VaultOutcome };
  }

  it('is locked, and says by whom; it is free at once when that one is killed', async () => {
    const { child, outcome } = await hold();
    const archive = outcome.kind === 'open' ? outcome.archive : '';
    expect(await open(archive)).toEqual({
      kind: 'locked',
      holder: expect.stringMatching(new RegExp(`^process ${child.pid} on .+, since \\d{4}-.+, as a daemon$`)),
      program: 'daemon',
    });
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(await openOnce(archive)).toBe(archive);
  });

  it('keeps what that one has in staging', async () => {
    const { outcome } = await hold();
    writeFileSync(at('staging', 'half'), 'being copied');
    await open(outcome.kind === 'open' ? outcome.archive : '');
    expect(readdirSync(at('staging'))).toEqual(['half']);
  });

  it('is free when that one lets go of it', async () => {
    const { child, outcome } = await hold();
    child.stdin?.end();
    await once(child, 'exit');
    expect(await openOnce(outcome.kind === 'open' ? outcome.archive : '')).not.toBe('');
  });

  it('is locked for a second one in this process too, until the first lets go', async () => {
    const first = await open();
    if (first.kind !== 'open') throw new Error('not open');
    expect(await open(first.archive)).toMatchObject({ kind: 'locked' });
    execFileSync('cat', [at('.lock'), at('.lock-holder')]); // as a backup does
    expect((await hold()).outcome).toMatchObject({ kind: 'locked' });
    first[Symbol.dispose]();
    expect((await hold()).outcome).toMatchObject({ kind: 'open' });
  });

  it("can be looked at from outside, again and again, without ever being in anybody's way", async () => {
    await openOnce();
    expect(lookAtVaultLock(root())).toEqual({ kind: 'free' });
    const { child } = await hold();
    expect(lookAtVaultLock(root())).toEqual({
      kind: 'taken',
      holder: expect.stringContaining(`process ${child.pid} on `),
      program: 'daemon',
    });
    child.stdin?.end();
    await once(child, 'exit');
    expect(lookAtVaultLock(root())).toEqual({ kind: 'free' });
    expect(lookAtVaultLock(join(folder.path, 'nowhere'))).toEqual({ kind: 'free' });
    const command = await openVault({ root: root(), writer, knownArchive: null, program: 'command' });
    const looked = execFileSync(process.execPath, ['--input-type=module', '-e', lookFrom(root())]);
    expect(JSON.parse(String(looked))).toMatchObject({ kind: 'taken', program: 'command' });
    if (command.kind === 'open') command[Symbol.dispose]();
  });

  it('is locked though nobody can say by whom', async () => {
    const { outcome } = await hold();
    rmSync(at('.lock-holder'));
    const second = await open(outcome.kind === 'open' ? outcome.archive : '');
    expect(second).toEqual({ kind: 'locked', holder: 'another process', program: 'daemon' });
  });
});
