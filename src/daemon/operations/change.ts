import { ReelholdError } from '#core/errors.ts';
import { type Change, type ChangeRefusal, planChange } from '#core/plan-change.ts';
import type { Catalogue } from '#core/ports/catalogue.ts';
import type { Clock } from '#core/ports/clock.ts';
import type { Ledger } from '#daemon/ledger.ts';
import { requestLibrary } from '#daemon/request-library.ts';
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
      const also = () => {
        requestLibrary(catalogue, clock.nowMs());
        return 'done';
      };
      return { drafts: plan.drafts, also };
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

const whereIds = '"reelhold list" shows the ids.';
const reasons: Readonly<Record<ChangeRefusal, readonly [detail: string, hint: string]>> = {
  'no-such-video': ['there is no such video', whereIds],
  'no-such-version': ['there is no such version', whereIds],
  'no-title': ['a title needs at least one letter', 'Give it another title.'],
  'same-video': ['they are one video already', 'There is nothing to merge.'],
  'in-trash': ['it is in the trash, or the other is', 'Bring it back first.'],
  'no-such-value': ['that value is not possible', 'It takes a whole number, 1 or more.'],
};

function refused(change: Change, reason: ChangeRefusal): ReelholdError {
  const [detail, hint] = reasons[reason];
  const facts = { kind: 'unsupported', operation: change.kind, object: objectOf(change), hint } as const;
  return new ReelholdError(facts, detail);
}

function objectOf(change: Change): string {
  if ('video' in change) return change.video;
  if ('from' in change) return change.from;
  return 'version' in change ? change.version : change.name;
}
