/**
 * The programs of the system that Reelhold uses, as data: `binaries` are looked up, `package` is
 * Debian's name (`elsewhere` where another distribution's differs), `without` is what is off when it
 * is missing, and `tests` says that only the tests need it. `libraries` are looked up below the folders of
 * libraries, where a package has no program of its own.
 */
export const systemTools = [
  {
    binaries: ['ffmpeg', 'ffprobe'],
    package: 'ffmpeg',
    elsewhere: { dnf: 'ffmpeg-free' },
    without: 'no posters, and no length, size or codec of a video is known',
    tests: false,
  },
  {
    binaries: ['rclone'],
    package: 'rclone',
    without: 'no copies to a cloud or to another machine',
    tests: false,
  },
  {
    binaries: ['blockdev', 'blkid'],
    package: 'util-linux',
    elsewhere: { apk: 'util-linux-misc' },
    without:
      'copies on a drive with exFAT or NTFS cannot be read back, and a copy of a drive is not told from it',
    tests: false,
  },
  {
    binaries: ['git'],
    package: 'git',
    without: 'the set-up test cannot list the files of a clone',
    tests: true,
  },
  { binaries: ['chromium'], package: 'chromium', without: 'no browser tests', tests: true },
  {
    binaries: ['smbd'],
    package: 'samba',
    services: ['smbd', 'nmbd'],
    without: 'no tests of uploads into an SMB share',
    tests: true,
  },
  {
    binaries: ['smbclient'],
    package: 'smbclient',
    without: 'no tests of uploads into an SMB share',
    tests: true,
  },
  {
    binaries: ['xfs_io', 'mkfs.xfs'],
    package: 'xfsprogs',
    without: 'no tests of reflinks and of power cuts',
    tests: true,
  },
  {
    binaries: ['mkfs.ext4', 'debugfs'],
    package: 'e2fsprogs',
    without: 'no tests on an ext4 file system of their own',
    tests: true,
  },
  {
    binaries: ['losetup', 'mount'],
    package: 'mount',
    elsewhere: { apk: 'util-linux', dnf: 'util-linux' },
    without: 'no tests on file systems of their own',
    tests: true,
  },
  {
    binaries: ['mkfs.exfat'],
    package: 'exfatprogs',
    without: 'no tests on a drive as shops sell it',
    tests: true,
  },
  {
    binaries: ['mount.exfat-fuse'],
    package: 'exfat-fuse',
    elsewhere: { apk: 'fuse-exfat', dnf: 'fuse-exfat' },
    without: 'no tests on a drive as shops sell it',
    tests: true,
  },
  {
    binaries: ['fincore'],
    package: 'util-linux-extra',
    elsewhere: { apk: 'util-linux', dnf: 'util-linux' },
    without: 'no test that a proof reads from the disk and not from the cache',
    tests: true,
  },
  {
    binaries: ['strace'],
    package: 'strace',
    without: 'no tests of the order of writes and of failing ones',
    tests: true,
  },
  {
    binaries: ['busybox'],
    package: 'busybox',
    without: 'no test that the archive is restored with a bare shell',
    tests: true,
  },
  { binaries: ['nbdkit'], package: 'nbdkit', without: 'no tests of failing disks', tests: true },
  {
    binaries: ['nbdfuse'],
    package: 'libnbd-bin',
    elsewhere: { apk: 'libnbd', dnf: 'nbdfuse' },
    without: 'no tests of failing disks',
    tests: true,
  },
  {
    binaries: [],
    libraries: ['samba/vfs/fruit.so'],
    package: 'samba-vfs-modules',
    elsewhere: { apk: 'samba', dnf: 'samba' },
    without: 'no test of uploads into a share for Macs',
    tests: true,
  },
  { binaries: ['rsync'], package: 'rsync', without: 'no tests of files that rsync brings', tests: true },
  { binaries: ['curl'], package: 'curl', without: 'no tests of files that curl brings', tests: true },
  {
    binaries: ['python3'],
    package: 'python3',
    without: 'no tests of uploads as Explorer makes them, and of questions on a terminal',
    tests: true,
  },
];
