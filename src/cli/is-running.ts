import type { Config } from '#config.ts';
import { lookAtVaultLock } from '#store/vault-lock.ts';

/** A daemon on this computer answers at once. */
const answerMs = 1_000;

/** Whether a daemon runs: it answers, or has the vault. A vault that hangs is asked only where nobody answers. */
export async function isRunning(
  config: Pick<Config, 'vaultDir' | 'host' | 'port' | 'basePath'>,
): Promise<boolean> {
  if (await answers(config)) return true;
  const lock = lookAtVaultLock(config.vaultDir);
  return lock.kind === 'taken' && lock.program === 'daemon';
}

async function answers(config: Pick<Config, 'host' | 'port' | 'basePath'>): Promise<boolean> {
  const host = config.host.includes(':') ? `[${config.host}]` : config.host;
  try {
    const signal = AbortSignal.timeout(answerMs);
    const answer = await fetch(`http://${host}:${config.port}${config.basePath}/healthz`, { signal });
    return answer.ok && ((await answer.json()) as { status?: unknown }).status === 'ok';
  } catch {
    return false;
  }
}
