import { randomBytes } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { codeOf, ReelholdError, translateError } from '#core/errors.ts';
import { isWriterId } from '#core/segment-name.ts';
import { replaceFile } from './durable.ts';

/** Who this installation is, kept beside the catalogue, which may be deleted. */
export interface Installation {
  /** Its name in the journal: 12 lower-case hexadecimal digits. */
  readonly writer: string;
  /** The archive it holds; null until it has one. */
  readonly archive: string | null;
  /** Which place its vault is; absent until it was noted. */
  readonly location?: string;
}

/** Reads who we are, or makes a new writer id where there is none yet. */
export async function loadInstallation(configDir: string): Promise<Installation> {
  const file = join(configDir, 'installation.json');
  try {
    return parseInstallation(await readFile(file, 'utf8'), file);
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw translateError(error, { operation: 'read', object: file });
  }
  const installation = { writer: randomBytes(6).toString('hex'), archive: null };
  await saveInstallation(configDir, installation);
  return installation;
}

export async function saveInstallation(configDir: string, installation: Installation): Promise<void> {
  const file = join(configDir, 'installation.json');
  try {
    await mkdir(configDir, { recursive: true });
    const draft = `${file}.${randomBytes(4).toString('hex')}`;
    await replaceFile(file, `${JSON.stringify(installation, null, 2)}\n`, draft, 0o600);
  } catch (error) {
    throw translateError(error, { operation: 'write', object: file });
  }
}

function parseInstallation(text: string, file: string): Installation {
  const value: unknown = parseJson(text);
  if (typeof value === 'object' && value !== null && 'writer' in value && 'archive' in value) {
    const { writer, archive } = value;
    const location = 'location' in value && typeof value.location === 'string' ? value.location : undefined;
    if (
      typeof writer === 'string' &&
      isWriterId(writer) &&
      (archive === null || typeof archive === 'string')
    ) {
      return { writer, archive, ...(location === undefined ? {} : { location }) };
    }
  }
  throw new ReelholdError(
    {
      kind: 'corrupt',
      operation: 'read',
      object: file,
      hint: `Move ${file} away and start again; your videos are not touched.`,
    },
    'it is damaged',
  );
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
