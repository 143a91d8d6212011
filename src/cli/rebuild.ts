import type { Config } from '#config.ts';
import { exitCodes } from './exit-codes.ts';
import { runOperation } from './run-operation.ts';
import { counted } from './words.ts';

interface Rebuilt {
  readonly videos: number;
  readonly versions: number;
  readonly parts: number;
  readonly damaged: number;
  readonly unreadable: number;
  readonly orphans: number;
  readonly missing: number;
}

/** Makes the catalogue again from the journal and the videos, and says what was found; 1 where anything is amiss. */
export async function runRebuild(config: Config): Promise<number> {
  const result = await runOperation(config, {
    ...{ kind: 'rebuild', lane: 'intake', subject: '', name: 'the catalogue' },
    handler: ({ rebuild }) => rebuild,
  });
  const found = JSON.parse(result ?? '{}') as Rebuilt;
  const lines = [
    `The catalogue was made again: ${counted(found.videos, 'video', 'videos')}, ${counted(found.versions, 'version', 'versions')}${found.parts > 0 ? `, ${counted(found.parts, 'part', 'parts')}` : ''}.`,
    ...(found.orphans > 0
      ? [`${counted(found.orphans, 'file', 'files')} without a record will be adopted by the daemon.`]
      : []),
    ...(found.missing > 0 ? [`${counted(found.missing, 'file is', 'files are')} missing in the vault.`] : []),
    ...(found.damaged > 0
      ? [`${counted(found.damaged, 'part', 'parts')} of the journal are damaged; what can be read was used.`]
      : []),
    ...(found.unreadable > 0
      ? [`${counted(found.unreadable, 'part', 'parts')} of the journal could not be read; try again.`]
      : []),
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
  return found.missing + found.damaged + found.unreadable > 0 ? exitCodes.failed : exitCodes.done;
}
