/** A line of `/proc/self/mountinfo`: what is mounted where. */
export interface Mount {
  readonly mountPoint: string;
  /** As the kernel names it: `ext4`, `cifs`, `fuse.sshfs`. */
  readonly type: string;
}

/**
 * Whose changes a watcher hears of: `local`: everybody's; `fuse`: this machine's alone, as what stands behind the
 * mount may change by itself; `network`: as good as nobody's.
 */
export type FileSystemReach = 'local' | 'fuse' | 'network';

export interface Reach {
  readonly reach: FileSystemReach;
  /** The file system that it is said of. */
  readonly type: string;
}

/** Reads the mounts in their order, later ones over earlier ones (proc_pid_mountinfo(5)); skips what is no line of it. */
export function parseMountInfo(text: string): readonly Mount[] {
  return text.split('\n').flatMap((line) => {
    const fields = line.split(' ');
    // Optional fields, of any number, end with a lone hyphen.
    const end = fields.indexOf('-', 6);
    const [mountPoint, type] = [fields[4], fields[end + 1]];
    if (end < 0 || mountPoint === undefined || !type || !mountPoint.startsWith('/')) return [];
    return [{ mountPoint: unescapeOctal(mountPoint), type }];
  });
}

/** The kernel writes space, tab, line break, backslash and hash in octal (`mangle_path`). */
function unescapeOctal(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 8)),
  );
}

/**
 * The mount that an absolute path without links lies on; null where none is known.
 *
 * @internal
 */
export function mountOf(path: string, mounts: readonly Mount[]): Mount | null {
  let best: Mount | null = null;
  for (const mount of mounts) {
    if (!contains(mount.mountPoint, path)) continue;
    if (best === null || mount.mountPoint.length >= best.mountPoint.length) best = mount;
  }
  return best;
}

function contains(folder: string, path: string): boolean {
  return folder === '/' || path === folder || path.startsWith(`${folder}/`);
}

const networkTypes: ReadonlySet<string> = new Set(
  // Windows shares, NFS, what virtual machines and cluster and old network file systems use
  'cifs smb3 smbfs nfs nfs4 9p virtiofs vboxsf vmhgfs prl_fs afs ceph glusterfs lustre ocfs2 gfs2 orangefs coda ncpfs davfs afpfs'.split(
    ' ',
  ),
);

/**
 * Whose changes a watcher hears of on a file system of this type. `fuseblk` is a disk of this machine (NTFS, exFAT),
 * which nobody changes behind the mount.
 *
 * @internal
 */
export function reachOf(type: string): FileSystemReach {
  if (networkTypes.has(type)) return 'network';
  return type === 'fuse' || type.startsWith('fuse.') ? 'fuse' : 'local';
}

/**
 * Judges a folder by the mount that it lies on, and by those below it: one that is not local makes a look through
 * everything needed. A network drive below a local folder leaves the rest of it watched.
 */
export function reachOfFolder(root: string, mounts: readonly Mount[]): Reach {
  const own = mountOf(root, mounts);
  const ownReach = own === null ? 'local' : reachOf(own.type);
  if (ownReach !== 'local') return { reach: ownReach, type: own?.type ?? '' };
  const below = mounts.filter(({ mountPoint }) => mountPoint !== root && contains(root, mountPoint));
  const far = below.find(({ type }) => reachOf(type) !== 'local');
  return far === undefined ? { reach: 'local', type: own?.type ?? '' } : { reach: 'fuse', type: far.type };
}
