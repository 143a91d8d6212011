import { ReelholdError } from '#core/errors.ts';
import { type Change, type ChangeRefusal, planChange } from '#core/plan-change.ts';
import type { Catalogue } from '#core/ports/catalogue.ts';
import type { Clock } from '#core/ports/clock.ts';
import type { Ledger } from '#daemon/ledger.ts';
import type { Handler } from '#daemon/worker.ts';

/** Does what the owner asked for: records it, and has the readable tree follow. */
export function createChange(deps: {
  readonly catalogue: Catalogue;
  readonly ledger: Ledger;
  readonly clock: Clock;
}): Handler {
  const { catalogue, ledger, clock } = deps;
  return async ({ subject }) => {
    const change = parseChange(subject);
    return await ledger.commit(() => {
      const plan = planChange(change, catalogue.archive);
      if (plan.kind === 'refused') throw refused(change, plan.reason);
      if (plan.kind === 'nothing-to-do') return { drafts: [], also: () => 'nothing to do' };
      return { drafts: plan.drafts, also: () => refreshLibrary(catalogue, clock.nowMs()) };
    });
  };
}

/** A change as an operation's subject. */
export function formatChange(change: Change): string {
  return JSON.stringify(change);
}

function parseChange(subject: string): Change {
  return JSON.parse(subject) as Change;
}

function refreshLibrary({ operations }: Catalogue, nowMs: number): string {
  operations.insert({ kind: 'library', lane: 'library', subject: '', notBeforeMs: nowMs }, nowMs);
  return 'done';
}

const reasons: Readonly<Record<ChangeRefusal, string>> = {
  'no-such-video': 'there is no such video',
  'no-such-version': 'there is no such version',
  'no-title': 'a title needs at least one letter',
  'same-video': 'it is one video already',
  'in-trash': 'one of them is in the trash; bring it back first',
  'no-such-value': 'that value is not possible',
};

function refused(change: Change, reason: ChangeRefusal): ReelholdError {
  const object = 'video' in change ? change.video : 'version' in change ? change.version : change.kind;
  return new ReelholdError({ kind: 'unsupported', operation: change.kind, object }, reasons[reason]);
}
