import { randomBytes } from 'node:crypto';
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ReelholdError, translateError } from '#core/errors.ts';
import { isSecretOption, type RcloneSections } from '#core/rclone-sections.ts';
import { rcloneConfigFile } from './rclone.ts';

/** Writes a remote's configuration: its folder for us alone (0700), the file too (0600), whole or not at all. */
export function saveRcloneConfig(configDir: string, sections: RcloneSections): Promise<void> {
  return saveSecret(configDir, rcloneConfigFile(configDir), formatSections(sections));
}

/** Keeps what a place is encrypted with as it is typed: what rclone makes of it only looks as if it were hidden. */
export function savePassword(configDir: string, password: string): Promise<void> {
  return saveSecret(configDir, passwordFile(configDir), `${password}\n`);
}

/** What a place is encrypted with, for the recovery kit. */
export async function loadPassword(configDir: string): Promise<string> {
  const file = passwordFile(configDir);
  try {
    return (await readFile(file, 'utf8')).trim();
  } catch (error) {
    throw translateError(error, { operation: 'read', object: file });
  }
}

function passwordFile(configDir: string): string {
  return join(configDir, 'password.txt');
}

async function saveSecret(configDir: string, file: string, content: string): Promise<void> {
  const draft = `${file}.${randomBytes(4).toString('hex')}`;
  try {
    await mkdir(configDir, { recursive: true, mode: 0o700 });
    await using handle = await open(draft, 'wx', 0o600);
    await handle.writeFile(content);
    await handle.sync();
    await rename(draft, file);
    await using folder = await open(configDir, 'r');
    await folder.sync();
  } catch (error) {
    await rm(draft, { force: true }).catch(() => undefined); // the first error says more
    throw translateError(error, { operation: 'write', object: file });
  }
}

/** Reads a remote's configuration as it is now: rclone may have written a new token. */
export async function loadRcloneConfig(configDir: string): Promise<RcloneSections> {
  const file = rcloneConfigFile(configDir);
  try {
    return parseSections(await readFile(file, 'utf8'));
  } catch (error) {
    throw translateError(error, { operation: 'read', object: file });
  }
}

/** Every value of a configuration that must never be shown. */
export function secretsOf(sections: RcloneSections): string[] {
  return Object.values(sections).flatMap((options) =>
    Object.entries(options).flatMap(([name, value]) =>
      isSecretOption(name) ? [value, ...partsOf(value)] : [],
    ),
  );
}

/** A token is a JSON object with several secrets in it. */
function partsOf(value: string): string[] {
  return [...value.matchAll(/"[a-z_]*token"\s*:\s*"([^"]+)"/g)].map(([, part]) => part ?? '');
}

/** A configuration as rclone reads it; no value may have several lines. */
export function formatSections(sections: RcloneSections): string {
  const texts = Object.entries(sections).map(([name, options]) => {
    const lines = Object.entries(options).map(([key, value]) => {
      if (/[\r\n]/.test(value)) throw damaged(`${name}: ${key} has several lines`);
      return `${key} = ${value}\n`;
    });
    return `[${name}]\n${lines.join('')}`;
  });
  return texts.join('\n');
}

export function parseSections(text: string): RcloneSections {
  const sections: Record<string, Record<string, string>> = {};
  let options: Record<string, string> = {};
  for (const line of text.split(/\r?\n/)) {
    const [, section] = /^\s*\[(.+)\]\s*$/.exec(line) ?? [];
    if (section !== undefined) {
      options = {};
      sections[section] = options;
      continue;
    }
    const [, key, value] = /^\s*([^#;=\s][^=]*?)\s*=\s*(.*?)\s*$/.exec(line) ?? [];
    if (key !== undefined && value !== undefined) options[key] = value;
  }
  return sections;
}

function damaged(detail: string): ReelholdError {
  const facts = { kind: 'corrupt', operation: 'write', object: 'the configuration of rclone' } as const;
  return new ReelholdError(facts, detail);
}
