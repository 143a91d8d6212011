import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { codeOf, describeError } from '#core/errors.ts';
import { writeFlushed } from '#store/durable.ts';

/** What the doctor found, and how bad it is. */
export interface Finding {
  readonly level: 'good' | 'note' | 'bad';
  readonly text: string;
}

/** Whether a folder of the settings can be written to, and what to do where it cannot. */
export async function checkFolder(name: string, path: string, setting: string): Promise<Finding[]> {
  const probe = join(path, `.reelhold-probe-${randomBytes(4).toString('hex')}`);
  try {
    await writeFlushed(probe, 'probe');
    await rm(probe);
    return [{ level: 'good', text: `The ${name} folder ${path} can be written to.` }];
  } catch (error) {
    if (codeOf(error) === 'ENOENT')
      return [
        { level: 'note', text: `The ${name} folder ${path} is not there yet; the first start makes it.` },
      ];
    const who = `${process.getuid?.() ?? '?'}:${process.getgid?.() ?? '?'}`;
    return [
      {
        level: 'bad',
        text: `The ${name} folder ${path} cannot be written to (${codeOf(error) ?? describeError(error)}). As user ${who}, try: chown -R ${who} '${path}', or choose another folder with ${setting}.`,
      },
    ];
  }
}
