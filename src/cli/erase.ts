import { createInterface } from 'node:readline/promises';
import type { Config } from '#config.ts';
import { type Erased, formatEraseWish } from '#daemon/operations/erase.ts';
import { exitCodes } from './exit-codes.ts';
import { askCatalogue } from './places.ts';
import { runOperation } from './run-operation.ts';
import { counted } from './words.ts';

/**
 * Deletes a video everywhere, once its title was typed; 3 where a place is still to follow, which it does when it is
 * next there.
 */
export async function runErase(
  config: Config,
  {
    video,
    now,
    title,
  }: { readonly video: string; readonly now: boolean; readonly title: string | undefined },
): Promise<number> {
  const known = askCatalogue(config, (queries) => queries.video(video));
  if (known === null) {
    process.stderr.write('There is no such video. "reelhold list" shows the ids.\n');
    return exitCodes.failed;
  }
  process.stdout.write(
    `This deletes "${known.title}" everywhere, ${counted(known.versions.length, 'version', 'versions')}, for ever. Nothing brings it back.\n`,
  );
  const typed = title ?? (await ask('Type its title to go on: '));
  if (typed.trim() === '') {
    process.stdout.write('Nothing was deleted.\n');
    return exitCodes.failed;
  }
  const result = await runOperation(config, {
    ...{
      kind: 'erase',
      lane: 'vault',
      subject: formatEraseWish({ video, title: typed, now }),
      name: known.title,
    },
    handler: ({ erase }) => erase,
  });
  const { pending, shared }: Erased = JSON.parse(result ?? '{"pending":[],"shared":0}');
  const code = sayPending(config, pending);
  if (shared > 0) process.stdout.write(`${stays(shared)}\n`);
  return code;
}

function stays(files: number): string {
  const [what, them] =
    files === 1 ? ['One of its files stays', 'it'] : [`${files} of its files stay`, 'them'];
  return `${what}, because another video has ${them} too. Whoever wants ${them} gone deletes that one as well.`;
}

function sayPending(config: Config, pending: readonly string[]): number {
  if (pending.length === 0) {
    process.stdout.write('It is gone.\n');
    return exitCodes.done;
  }
  const places = askCatalogue(config, (queries) => queries.places()) ?? [];
  const names = pending.map(
    (id) =>
      places.find(({ settings }) => settings.location === id)?.settings.name ??
      `a place that was removed (${id})`,
  );
  process.stdout.write(
    `It is gone here. It goes when they are next there, and nothing brings it back from: ${names.join(', ')}.\n`,
  );
  return exitCodes.notAllProven;
}

async function ask(question: string): Promise<string> {
  const lines = createInterface({ input: process.stdin, output: process.stdout });
  try {
    return await lines.question(question);
  } finally {
    lines.close();
  }
}
