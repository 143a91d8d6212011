import type { Config } from '#config.ts';
import { lookAtVaultLock } from '#store/vault-lock.ts';

/** A daemon on this computer answers at once. */
const answerMs = 1_000;

/** Whether a daemon runs: it has the vault, or, where its disk is away or in trouble, answers all the same. */
export async function isRunning(
  config: Pick<Config, 'vaultDir' | 'host' | 'port' | 'basePath'>,
): Promise<boolean> {
  const lock = lookAtVaultLock(config.vaultDir);
  if (lock.kind === 'taken' && lock.program === 'daemon') return true;
  const host = config.host.includes(':') ? `[${config.host}]` : config.host;
  try {
    const signal = AbortSignal.timeout(answerMs);
    const answer = await fetch(`http://${host}:${config.port}${config.basePath}/healthz`, { signal });
    return answer.ok && ((await answer.json()) as { status?: unknown }).status === 'ok';
  } catch {
    return false;
  }
}
