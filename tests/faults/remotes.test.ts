import { describe, expect, it } from 'vitest';
import { useLocationSetting } from '#tests/contract/location-setting.ts';
import { remotes } from '#tests/contract/remotes.ts';
import { testedRclones } from '#tests/support/current-rclone.ts';

/** The contract in one breath: `npm run test:remotes` has all of it. */
describe.each(testedRclones())('with rclone $version', ({ binary }) => {
  describe.each(Object.keys(remotes))('%s', (name) => {
    const setting = useLocationSetting((folder) => remotes[name]?.(folder, binary) ?? Promise.reject());

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
});
