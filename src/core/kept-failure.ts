import { type FailureFacts, ReelholdError } from './errors.ts';

interface KeptFailure extends FailureFacts {
  readonly detail: string;
}

/** A failure as text that another process makes an error of again; null for what is none of ours. */
export function keepFailure(error: unknown): string | null {
  if (!(error instanceof ReelholdError)) return null;
  const { kind, operation, object, side, hint, retryAtMs, detail } = error;
  return JSON.stringify({ kind, operation, object, side, hint, retryAtMs, detail });
}

/** The error that {@link keepFailure} wrote down, with its kind and what can be done about it. */
export function readFailure(kept: string): ReelholdError {
  const { detail, ...facts }: KeptFailure = JSON.parse(kept);
  return new ReelholdError(facts, detail);
}
