import { isReelholdError, ReelholdError } from '#core/errors.ts';
import { placeFileOf } from '#core/plan-mirror.ts';
import type { Prover } from '#daemon/operations/prover.ts';
import type { OpenPlace } from './place-book.ts';

/** Few enough that little is read again when it is broken off; a remote is asked for more, as each call is dear. */
const atOnce = { drive: 8, remote: 100, memory: 8 } as const;

/** Reads a place's copies back there. */
export function createPlaceProver(place: () => OpenPlace | null): Prover {
  return {
    async prove(refs, tell, signal) {
      const open = place();
      if (open === null) throw away('the place was removed');
      const { location } = open;
      for (let start = 0; start < refs.length; start += atOnce[location.kind]) {
        signal.throwIfAborted();
        const batch = refs.slice(start, start + atOnce[location.kind]);
        const findings = await location.prove(batch.map(placeFileOf), { signal });
        let gone: ReelholdError | null = null;
        for (const [index, { digest }] of batch.entries()) {
          const finding = findings[index];
          if (finding === undefined) continue;
          if (finding.kind !== 'unknown') tell.found(digest, finding.kind);
          else if (isReelholdError(finding.error, 'io')) tell.found(digest, 'unreadable');
          else if (isReelholdError(finding.error, 'unreachable')) gone = finding.error;
          else tell.unread(digest, finding.error);
        }
        if (gone !== null) throw gone;
      }
    },
  };
}

function away(detail: string): ReelholdError {
  return new ReelholdError({ kind: 'unreachable', operation: 'read back', object: 'a place' }, detail);
}
