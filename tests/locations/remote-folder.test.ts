import { describe, expect, it } from 'vitest';
import { createRemoteFolder } from '#locations/remote-folder.ts';
import { createPlayingRclone } from '#tests/support/playing-rclone.ts';
import { useTempFolder } from '#tests/support/temp-folder.ts';

const folder = useTempFolder();
const call = { signal: new AbortController().signal, operation: 'list', object: 'blobs' };
const open = () => {
  const playing = createPlayingRclone(folder.path);
  return { playing, remote: createRemoteFolder(playing.rclone, 'server:archive') };
};

describe('a list of a remote', () => {
  it('is given only once it is known as a whole', async () => {
    const { playing, remote } = open();
    const entry = '{"Path":"ab/x.mp4","Name":"x.mp4","Size":3,"IsDir":false,"Hashes":{"MD5":"AB"}}';
    playing.play({ stdout: `[\n${entry}\n]\n` });
    const listed = await remote.list('blobs', 'md5', call);
    const files: unknown[] = [];
    for await (const file of listed ?? []) files.push(file);
    expect(files).toEqual([{ path: 'blobs/ab/x.mp4', sizeBytes: 3, hashes: { md5: 'ab' } }]);
  });

  it.each([
    [
      'fails half-way',
      { stdout: '[\n{"Path":"x","Size":1},\n', stderr: 'ERROR : i/o timeout\n', code: 1 },
      'unreachable',
    ],
    [
      'says that a part failed, and exits with 0',
      { stdout: '[\n]\n', stderr: 'ERROR : ab: error reading\n' },
      'io',
    ],
  ])('is none where it %s', async (_, play, kind) => {
    const { playing, remote } = open();
    playing.play(play);
    await expect(remote.list('blobs', null, call)).rejects.toMatchObject({ name: 'ReelholdError', kind });
  });

  it('is none where a folder below went away: only a folder that is not there has no files', async () => {
    const { playing, remote } = open();
    // Whatever is asked, it says that a folder is not there.
    playing.play({ stdout: '[\n]\n', stderr: 'ERROR : error listing: directory not found\n', code: 3 });
    await expect(remote.list('blobs', null, call)).rejects.toMatchObject({ kind: 'missing' });
  });

  it('is none where rclone answers with something else', async () => {
    const { playing, remote } = open();
    playing.play({ stdout: '<html>hello</html>\n' });
    const listed = await remote.list('blobs', null, call);
    const reading = (async () => {
      for await (const file of listed ?? []) expect(file).toBeUndefined();
    })();
    await expect(reading).rejects.toMatchObject({ name: 'ReelholdError', kind: 'io' });
  });
});

it.each(['../x', '/x', 'a//b', 'a/./b', 'a\nb', 'a\\b', ''])('never asks for %j', async (path) => {
  const { playing, remote } = open();
  await expect(remote.stat([path], null, call)).rejects.toThrow(RangeError);
  expect(playing.calls()).toEqual([]);
});

it('names files in a list only, and the place behind a double dash', async () => {
  const { playing, remote } = open();
  await remote.stat(['--config=x', 'b c'], null, call);
  const [args = []] = playing.calls();
  expect(args.slice(-2)).toEqual(['--', 'server:archive']);
  expect(args.join(' ')).not.toMatch(/config=x|b c/);
});
