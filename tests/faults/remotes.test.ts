import { describe, expect, it } from 'vitest';
import { describeLocation } from '#tests/contract/location.contract.ts';
import { useLocationSetting } from '#tests/contract/location-setting.ts';
import { currentRclone, systemRclone, type TestedRclone } from '#tests/support/current-rclone.ts';
import { faultScope } from '#tests/support/reliability.ts';
import { remotes } from './fixtures/remotes.ts';

const rclones = [systemRclone, currentRclone()].filter((rclone): rclone is TestedRclone => rclone !== null);

describe.each(rclones)('with rclone $version', ({ version, binary }) => {
  for (const [name, open] of Object.entries(remotes)) {
    if (faultScope === 'all') describeLocation(`${name} ${version}`, (folder) => open(folder, binary));
    else describeInShort(name, (folder) => open(folder, binary));
  }
});

/** The contract in one breath: `npm run test:faults` has all of it. */
function describeInShort(name: string, open: Parameters<typeof useLocationSetting>[0]): void {
  describe(name, () => {
    const setting = useLocationSetting(open);

    it('takes files, proves them, and finds out what became of them', async () => {
      await setting.prepare();
      const big = Buffer.alloc(6 * 1024 * 1024, 'in two parts where parts are taken ');
      const files = [setting.file('some bytes'), setting.file(big), setting.file('other bytes')];
      const outcomes = await setting.put(files);
      expect(outcomes.map(({ kind }) => kind)).toEqual(['stored', 'stored', 'stored']);
      for (const outcome of outcomes) expect(outcome).toMatchObject({ proof: expect.stringMatching(/./) });
      const [some, two, other] = files;
      if (some === undefined || two === undefined || other === undefined) throw new Error('three files');
      await setting.harness.damage(two.path, big.length - 1);
      await setting.harness.lose(other.path);
      const findings = await setting.location.prove(files, { signal: new AbortController().signal });
      expect(findings.map(({ kind }) => kind)).toEqual(['good', 'corrupt', 'missing']);
      const listed = await setting.list('blobs');
      expect(listed.map(({ path }) => path)).toEqual([some.path, two.path].toSorted());
      expect(await setting.fetched(some)).toEqual(Buffer.from('some bytes'));
    });
  });
}
