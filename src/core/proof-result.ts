/** What reading copies back came to, as its operation notes it. */
export interface ProofResult {
  readonly proven: number;
  /** Damaged, gone, or not to be read. */
  readonly bad: number;
  /** Could not be asked about. */
  readonly unread: number;
  /** Known to be bad from before, and not read by this. */
  readonly unmended: number;
}

/** Of a share, which goes on later where more is left of it. */
export function describeShare(
  { proven, bad, unmended }: Omit<ProofResult, 'unread'>,
  goesOn: boolean,
): string {
  const known = unmended === 0 ? '' : `, ${unmended} not mended yet`;
  return `${proven} proven, ${bad} bad${known}${goesOn ? ', goes on' : ''}`;
}

export function formatProofResult(result: ProofResult): string {
  return JSON.stringify(result);
}

/** Reads either back; nothing where it is neither. */
export function parseProofResult(text: string): ProofResult {
  const match = /^(\d+) proven, (\d+) bad(?:, (\d+) not mended yet)?/.exec(text);
  if (match === null) return { ...nothing, ...(JSON.parse(text || '{}') as Partial<ProofResult>) };
  return { ...nothing, proven: Number(match[1]), bad: Number(match[2]), unmended: Number(match[3] ?? 0) };
}

const nothing: ProofResult = { proven: 0, bad: 0, unread: 0, unmended: 0 };
