import type { Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { html } from 'hono/html';
import { type InboxFileName, parseInboxFile, readInboxFile } from '#core/command.ts';
import { displayName } from '#core/file-name.ts';
import type { CommandOutcome } from '#core/ports/commands.ts';
import { messagePage } from '#views/message.ts';
import type { Site } from '#views/site.ts';
import { BadRequestError, problem } from '#web/problem.ts';
import { readQuery } from '#web/query-params.ts';
import type { WebDeps } from '#web/web-deps.ts';
import { isBare } from './pages.ts';

/** Far more than a path may have, each of its bytes written as six. */
const limit = bodyLimit({ maxSize: 64 * 1024 });

/** Taking a file of an inbox that is not taken by itself: for people by a form, and for programs. */
export function addTake(app: Hono, deps: WebDeps, makeSite: () => Site): void {
  const { basePath, inboxes, commands } = deps;

  const take = (file: InboxFileName | null, { problems }: Site['words']): Promise<CommandOutcome> => {
    if (file === null) throw new BadRequestError(problems.noFile);
    if (!inboxes.includes(file.inbox)) throw new BadRequestError(problems.noInbox(displayName(file.inbox)));
    return commands.run({ kind: 'take-inbox-file', ...file });
  };

  app.post('/inbox/take', limit, async (c) => {
    readQuery(c.req.url, {});
    const site = makeSite();
    const { file } = await c.req.parseBody();
    const named = typeof file === 'string' ? parseInboxFile(file) : null;
    const outcome = await take(named, site.words);
    const { taking } = site.words;
    const text = taking.outcome(stateOf(outcome), outcome.kind === 'failed' ? outcome.why : '');
    if (isBare(c)) return c.html(html`<span class="arrival-state" role="status">${text}</span>`);
    if (outcome.kind !== 'failed') return c.redirect(`${basePath}/arriving`, 303);
    return c.html(messagePage(site, { title: taking.failedTitle, text }), 409);
  });

  app.post('/api/v1/inbox/take', limit, async (c) => {
    readQuery(c.req.url, {});
    const outcome = await take(readInboxFile(await readJson(c)), makeSite().words);
    if (outcome.kind === 'failed') return problem(c, 409, outcome.why);
    const state = stateOf(outcome);
    const taken = outcome.kind === 'done' ? takenOf(outcome.result) : {};
    return c.json({ state, ...taken }, state === 'taken' ? 200 : 202);
  });
}

type TakeState = 'taken' | 'settling' | 'working' | 'failed';

function stateOf(outcome: CommandOutcome): TakeState {
  if (outcome.kind !== 'done') return outcome.kind;
  return (JSON.parse(outcome.result ?? '{}') as { kind?: string }).kind === 'settling' ? 'settling' : 'taken';
}

/** What the file became, for programs. */
function takenOf(result: string | null): Record<string, unknown> {
  const { outcome } = JSON.parse(result ?? '{}') as {
    outcome?: { kind: string; video: string; version: string };
  };
  if (outcome === undefined) return {};
  return { outcome: outcome.kind, video: outcome.video, version: outcome.version };
}

/** A page elsewhere may send a form, but no JSON unasked: browsers ask us first, and we say nothing. */
async function readJson(c: Context): Promise<unknown> {
  if (!/^application\/json\b/i.test(c.req.header('Content-Type') ?? '')) {
    throw new BadRequestError('The Content-Type must be application/json.');
  }
  try {
    return await c.req.json();
  } catch {
    throw new BadRequestError('The body is no JSON.');
  }
}
