import type { Config } from '#config.ts';
import type { Change } from '#core/plan-change.ts';
import { formatChange } from '#daemon/operations/change.ts';
import { exitCodes } from './exit-codes.ts';
import { runOperation } from './run-operation.ts';

/** Has a change recorded, by this process or by the daemon that holds the vault. */
export async function runChange(config: Config, change: Change): Promise<number> {
  const result = await runOperation(config, {
    ...{ kind: 'change', lane: 'intake', subject: formatChange(change), name: change.kind },
    handler: (archive) => archive.change,
  });
  process.stdout.write(result === 'nothing to do' ? 'It was so already.\n' : 'Done.\n');
  return exitCodes.done;
}
