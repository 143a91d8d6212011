import { describeError, isReelholdError } from '#core/errors.ts';
import { ConfigError } from './config.ts';

/** What a person reads when something fails: the reason, and what to do. */
export function explainFailure(error: unknown): string {
  if (error instanceof ConfigError) return error.message;
  const hint = isReelholdError(error) && error.hint !== undefined ? `\n${error.hint}` : '';
  return `${describeError(error)}${hint}`;
}
