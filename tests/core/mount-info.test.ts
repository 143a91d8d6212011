import { describe, expect, it } from 'vitest';
import { type Mount, mountOf, parseMountInfo, reachOf, reachOfFolder } from '#core/mount-info.ts';
import fc from '#tests/support/properties.ts';

/** As a NAS has them; after proc_pid_mountinfo(5). */
const nas = `22 27 0:20 / /sys rw,nosuid shared:7 - sysfs sysfs rw
27 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw,errors=remount-ro
36 27 0:33 / /mnt/phone rw,relatime shared:20 master:3 propagate_from:2 - cifs //10.0.0.2/dcim rw,vers=3.1.1
37 27 0:34 / /mnt/old\\040NAS rw - nfs4 10.0.0.3:/videos rw
38 27 0:35 / /mnt/user rw,nosuid,nodev shared:21 - fuse.shfs shfs rw,user_id=0
39 27 8:17 / /mnt/usb rw - fuseblk /dev/sdb1 rw
40 27 0:36 / /srv/inbox/cloud rw - fuse.rclone gdrive: rw
41 27 0:37 / /vm rw - 9p share rw
42 27 0:38 / /mnt/tab\\011line\\012back\\134slash\\043 rw - virtiofs share rw
43 27 8:33 / /mnt/over rw - ext4 /dev/sdc1 rw
44 43 0:39 / /mnt/over rw - smb3 //10.0.0.2/over rw
`;

describe('a folder', () => {
  it.each([
    ['/home', 'local', 'ext4'],
    ['/srv', 'fuse', 'fuse.rclone'],
    ['/mnt/phone', 'network', 'cifs'],
    ['/mnt/phone/DCIM', 'network', 'cifs'],
    ['/mnt/phones', 'local', 'ext4'],
    ['/mnt/old NAS/in', 'network', 'nfs4'],
    ['/mnt/user/inbox', 'fuse', 'fuse.shfs'],
    ['/mnt/usb/in', 'local', 'fuseblk'],
    ['/srv/inbox', 'fuse', 'fuse.rclone'],
    ['/srv/inbox/cloud/a', 'fuse', 'fuse.rclone'],
    ['/srv/inbox/clouds', 'local', 'ext4'],
    ['/vm/in', 'network', '9p'],
    ['/mnt/tab\tline\nback\\slash#/in', 'network', 'virtiofs'],
    ['/mnt/over/in', 'network', 'smb3'],
  ])('%j is %s, on %s', (root, reach, type) => {
    expect(reachOfFolder(root, parseMountInfo(nas))).toEqual({ reach, type });
  });

  it('of which nothing is known is taken for local', () => {
    expect(reachOfFolder('/a', [])).toEqual({ reach: 'local', type: '' });
  });
});

describe('a file system', () => {
  it.each([
    ...[
      'ext4',
      'btrfs',
      'xfs',
      'zfs',
      'overlay',
      'tmpfs',
      'exfat',
      'ntfs3',
      'fuseblk',
      'f2fs',
      'bcachefs',
    ].map((type) => [type, 'local'] as const),
    ...['cifs', 'smb3', 'nfs', 'nfs4', '9p', 'virtiofs', 'vboxsf', 'ceph', 'afs'].map(
      (type) => [type, 'network'] as const,
    ),
    ...['fuse', 'fuse.sshfs', 'fuse.mergerfs', 'fuse.shfs', 'fuse.grpcfuse', 'fuse.osxfs'].map(
      (type) => [type, 'fuse'] as const,
    ),
  ])('%s is %s', (type, reach) => {
    expect(reachOf(type)).toBe(reach);
  });
});

describe('mountinfo', () => {
  const asKernel = (path: string) =>
    path.replace(/[ \t\n\\#]/g, (c) => `\\${c.charCodeAt(0).toString(8).padStart(3, '0')}`);
  const part = fc.string({
    unit: fc.constantFrom('a', 'b', ' ', '\\', '\n', '0', '4', '-', 'é', '\udce9'),
    minLength: 1,
    maxLength: 6,
  });
  const mount = fc.record({
    mountPoint: fc.array(part, { maxLength: 4 }).map((parts) => `/${parts.join('/')}`),
    type: fc.constantFrom('ext4', 'cifs', 'fuse.x'),
    optional: fc.array(fc.constantFrom('shared:1', 'master:2', 'unbindable')),
  });
  const lineOf = ({ mountPoint, type, optional }: Mount & { optional: string[] }) =>
    ['1 2 0:3 /', asKernel(mountPoint), 'rw', ...optional, '-', type, 'src', 'rw'].join(' ');

  it('is read whatever the names and however many optional fields', () => {
    fc.assert(
      fc.property(fc.array(mount), (mounts) => {
        const read = parseMountInfo(mounts.map(lineOf).join('\n'));
        expect(read).toEqual(mounts.map(({ mountPoint, type }) => ({ mountPoint, type })));
      }),
    );
  });

  it('gives the nearest mount above a path, the later of two at one place', () => {
    fc.assert(
      fc.property(fc.array(mount), mount, (mounts, { mountPoint: path }) => {
        const above = mounts.filter(
          ({ mountPoint }) => mountPoint === '/' || `${path}/`.startsWith(`${mountPoint}/`),
        );
        const longest = Math.max(0, ...above.map(({ mountPoint }) => mountPoint.length));
        const expected = above.findLast(({ mountPoint }) => mountPoint.length === longest) ?? null;
        expect(mountOf(path, mounts)).toEqual(expected);
      }),
    );
  });

  it('of any text is read without harm', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        for (const { mountPoint } of parseMountInfo(text)) expect(mountPoint.startsWith('/')).toBe(true);
      }),
    );
    expect(parseMountInfo('1 2 0:3 / /a rw - \n1 2 0:3 / a rw - ext4 x rw\nnonsense\n')).toEqual([]);
  });
});
