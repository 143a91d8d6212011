import { judgeName } from '#core/candidates.ts';
import { ReelholdError } from '#core/errors.ts';
import { displayName } from '#core/file-name.ts';
import type { TakeOutcome } from '#core/plan-intake.ts';
import type { Catalogue } from '#core/ports/catalogue.ts';
import { fingerprint } from '#core/settle.ts';
import type { InboxState } from './inbox-state.ts';
import type { Look } from './look.ts';
import type { Sightings } from './sightings.ts';
import type { Taker } from './taker.ts';
import { requireInboxFile } from './walk.ts';

/** What became of the wish: it was taken; or it is still being written, and is taken when it has stopped changing. */
export type TakenAnyway =
  | { readonly kind: 'taken'; readonly outcome: TakeOutcome }
  | { readonly kind: 'settling' };

/**
 * Takes what the owner asks for by name: a file that is no video, or one that is held back. One that has not settled
 * gets a row, which says from then on, also after a restart, that it is wanted.
 */
export function createTakeAnyway(deps: {
  readonly inbox: string;
  readonly root: string;
  readonly state: InboxState;
  readonly catalogue: Catalogue;
  readonly sightings: Sightings;
  readonly taker: Taker;
  readonly look: Pick<Look, 'belongsOf'>;
}): (path: string) => Promise<TakenAnyway> {
  const { inbox, state, catalogue, sightings, taker, look } = deps;
  return async (path) => {
    refuseOutside(path);
    refuseName(path, path.split('/')[0] ?? '');
    if (!state.isKnown() || !(await state.isSame())) throw notThere(deps.root);
    const stat = await requireInboxFile(state.root(), path);
    const belongs = await look.belongsOf(path);
    const isOfProject = belongs?.kind === 'project';
    if (!isOfProject) refuseName(path, null);
    if (stat.sizeBytes === 0 && !isOfProject) throw empty(path);
    if (taker.defer(path)) return { kind: 'settling' };
    const row = catalogue.sightings.find(inbox, path);
    const isOpen = row === null || row.state === 'settling' || row.state === 'taking';
    const hasSettled = !isOpen && row.fingerprint === fingerprint(stat);
    if (hasSettled || sightings.see({ path, stat }, false, isOfProject)) {
      return { kind: 'taken', outcome: (await taker.takeAnyway(path, belongs)).outcome };
    }
    return { kind: 'settling' };
  };
}

function refuseOutside(path: string): void {
  const isInside = path.split('/').every((part) => part !== '.' && part !== '..') && !path.startsWith('/');
  const facts = { kind: 'unsupported', operation: 'take', object: displayName(path) } as const;
  if (!isInside || path.includes('\0')) throw new ReelholdError(facts, 'it is not a file of the inbox');
}

/** More names are taken in a project than elsewhere. */
function refuseName(path: string, project: string | null): void {
  if (judgeName(path, project) !== 'ignored') return;
  const facts = { kind: 'unsupported', operation: 'take', object: displayName(path) } as const;
  const hint = 'Give it another name, and it is taken.';
  throw new ReelholdError(
    { ...facts, hint },
    'its name is that of an unfinished copy, or of a file that systems make for themselves',
  );
}

function empty(path: string): ReelholdError {
  const hint = 'Wait until it has been written.';
  const facts = { kind: 'unsupported', operation: 'take', object: displayName(path), hint } as const;
  return new ReelholdError(facts, 'it is empty');
}

function notThere(root: string): ReelholdError {
  const hint = 'If it is on a share or a drive, connect it again, and try again in a moment.';
  const facts = { kind: 'unreachable', operation: 'look at', object: root, side: 'source', hint } as const;
  return new ReelholdError(facts, 'the inbox is not there, or was not looked through yet');
}
