import { spawnSync } from 'node:child_process';

/**
 * A command that runs another one with so few watches, and changes nothing for anybody else: the limit is one of a
 * user namespace of its own (user_namespaces(7), `/proc/sys/user`). What it runs stays the process that was started.
 */
export function withFewWatches(watches: number): readonly string[] {
  const lower = `echo ${watches} > /proc/sys/user/max_inotify_watches && exec "$@"`;
  return ['unshare', '--user', '--map-root-user', 'sh', '-c', lower, 'sh'];
}

/** Why that is impossible on this machine; null where it is possible. */
export const noFewWatchesBecause = whyNot();

function whyNot(): string | null {
  const [command = '', ...args] = withFewWatches(1);
  const { status } = spawnSync(command, [...args, 'true'], { stdio: 'ignore' });
  return status === 0 ? null : 'needs user namespaces (unshare --user)';
}
