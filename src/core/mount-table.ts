/** One line of `/proc/<pid>/mountinfo` (proc(5)), as far as a place has to know it. */
export interface Mount {
  /** As `/proc/<pid>/fdinfo` names the mount of an open file. */
  readonly id: number;
  /** `major:minor` of the file system: a disk's own number, or one that the kernel made up (`0:…`). */
  readonly device: string;
  readonly point: string;
  readonly type: string;
  /** What is mounted: a device's path, a share's address, or any word. */
  readonly source: string;
  /** Options of the mount and of the file system below it. */
  readonly options: ReadonlySet<string>;
}

/** Reads the kernel's table of mounts; lines that are none are left out. */
export function parseMounts(text: string): Mount[] {
  return text.split('\n').flatMap((line) => {
    const [mount = '', fileSystem] = line.split(' - ');
    const [id, , device, , point, mountOptions] = mount.split(' ');
    const [type, source, superOptions] = fileSystem?.split(' ') ?? [];
    if (device === undefined || point === undefined || type === undefined) return [];
    return [
      {
        id: Number(id),
        device,
        point: unescapeOctal(point),
        type,
        source: unescapeOctal(source ?? ''),
        options: new Set(`${mountOptions},${superOptions ?? ''}`.split(',')),
      },
    ];
  });
}

/** Blanks, tabs, line breaks and backslashes stand as three octal digits. */
function unescapeOctal(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 8)),
  );
}

/** Whether nothing can be written: as mounted, or because ext4 met an error (it says so in words of its own since Linux 6.15). */
export function isReadOnlyMount({ options }: Mount): boolean {
  return options.has('ro') || options.has('emergency_ro');
}

/** Whether the file system has given up until it is mounted again. */
export function isShutDown({ options }: Mount): boolean {
  return options.has('shutdown');
}

/** FAT counts a file's bytes in 32 bits (Microsoft's FAT specification, 1.03, `DIR_FileSize`). */
const fatTypes: ReadonlySet<string> = new Set(['vfat', 'msdos']);
const largestFatBytes = 2 ** 32 - 1;

/** The size of the largest file that a mount can hold, bytes; null where it holds any that we know of. */
export function largestFileOf(mount: Pick<Mount, 'type'> | null): number | null {
  return mount !== null && fatTypes.has(mount.type) ? largestFatBytes : null;
}

/**
 * How a file's bytes are read from the medium itself. `past-cache`: the file's own cache is all that stands between.
 * `flush-device`: a program serves the file system from a device (exfat-fuse, ntfs-3g), and what that program reads
 * comes from the device's cache, which has to be emptied. `none`: what lies below cannot be known.
 */
export type ReadBackWay = 'past-cache' | 'flush-device' | 'none';

/** Decides how files on a mount are read back; a proof is worth nothing where it may come from memory. */
export function readBackWay(mount: Pick<Mount, 'type' | 'source'> | null): ReadBackWay {
  if (mount === null) return 'none';
  if (mount.type === 'fuseblk') return mount.source.startsWith('/dev/') ? 'flush-device' : 'none';
  return mount.type === 'fuse' || mount.type.startsWith('fuse.') ? 'none' : 'past-cache';
}
