import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { stageFile } from '#store/stage-file.ts';
import { useTempFolder } from '#tests/support/temp-folder.ts';

const temp = useTempFolder();

describe('copying a file to a name that is taken', () => {
  it.each([true, false])(
    'fails, and leaves what stands there (clone it if possible: %s)',
    async (tryReflink) => {
      const [source, target] = [join(temp.path, 'source'), join(temp.path, 'target')];
      writeFileSync(source, 'new');
      writeFileSync(target, 'standing');
      const job = {
        kind: 'stage',
        source: Buffer.from(source),
        within: null,
        target,
        tryReflink,
        also: null,
      } as const;
      const progress = { isAborted: () => false, setBytesDone: () => {}, allowance: async () => 1 };
      const copying = stageFile(job, progress);
      await expect(copying).rejects.toMatchObject({ kind: 'unsupported', side: 'vault' });
      expect(readFileSync(target, 'utf8')).toBe('standing');
    },
  );
});
