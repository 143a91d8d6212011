import { Hono } from 'hono';
import { HTTPException } from 'hono/http-exception';
import { describeError } from '#core/errors.ts';
import { noticeOf } from '#core/overview.ts';
import { troubleOf } from '#core/trouble.ts';
import { messagePage } from '#views/message.ts';
import { loadAssets } from './assets.ts';
import { knownHostsOnly, safeHeaders, sameOriginOnly } from './guards.ts';
import { createLive } from './live.ts';
import { readArriving, readOverview, readPlaces } from './page-facts.ts';
import { BadRequestError, NotFoundError, problem } from './problem.ts';
import { addApi } from './routes/api.ts';
import { addEvents } from './routes/events.ts';
import { addFiles } from './routes/files.ts';
import { addPages } from './routes/pages.ts';
import { addTake } from './routes/take.ts';
import { createSiteMaker } from './site-maker.ts';
import type { WebDeps } from './web-deps.ts';

export type { WebDeps } from './web-deps.ts';

/** The page and its API; reads, and asks others to act. */
export function createApp(deps: WebDeps): Hono {
  const { queries, content, basePath, log } = deps;
  const assets = loadAssets();
  const makeSite = createSiteMaker(deps, assets);
  const root = new Hono({ strict: false });
  root.use('*', knownHostsOnly(deps.allowedHosts), safeHeaders, sameOriginOnly);
  handleErrors(root, deps, makeSite);
  if (basePath !== '') root.get('/', (c) => c.redirect(`${basePath}/`));
  const app = basePath === '' ? root : root.basePath(basePath);
  // Alive, and nothing more: it wakes no disk and waits for no lock.
  app.get('/healthz', (c) => c.json({ status: 'ok' }));
  addFiles(app, assets, content);
  addApi(app, deps);
  addPages(app, deps, makeSite);
  addTake(app, deps, makeSite);
  addEvents(
    app,
    createLive({
      dataVersion: () => queries.dataVersion(),
      fingerprints: {
        verdict: () => JSON.stringify(readOverview(queries, deps.inboxes, deps.trouble())),
        places: () => JSON.stringify(readPlaces(queries)),
        arriving: () => JSON.stringify(readArriving(queries, deps.inboxes)),
        videos: () => `${queries.videosFingerprint()} ${queries.summary().verdict}`,
      },
      log,
    }),
  );
  return root;
}

const lookAgainSeconds = 10;

type Failed = readonly [status: 400 | 404 | 500 | 503, title: string, text: string];

/** Programs get a problem, people a sentence; nobody gets the inside of an error. */
function handleErrors(
  app: Hono,
  { basePath, log, trouble }: WebDeps,
  makeSite: ReturnType<typeof createSiteMaker>,
): void {
  const { problems, notices } = makeSite().words;
  app.notFound((c) => {
    if (c.req.path.startsWith(`${basePath}/api/`)) return problem(c, 404, problems.notFound);
    return c.html(messagePage(makeSite(), { title: problems.notFoundTitle, text: problems.notFound }), 404);
  });
  app.onError((error, c) => {
    if (error instanceof HTTPException) return error.getResponse();
    const [status, title, text] = failureOf(error);
    if (status === 500)
      log.error({ path: c.req.path, error: describeError(error) }, 'A page could not be made.');
    if (c.req.path.startsWith(`${basePath}/api/`)) {
      return problem(c, status, status === 503 ? `${title} ${text}` : text);
    }
    const again = status === 503 ? { againSeconds: lookAgainSeconds } : {};
    return c.html(messagePage(makeSite(), { title, text, ...again }), status);
  });

  function failureOf(error: Error): Failed {
    if (error instanceof BadRequestError) return [400, problems.badRequestTitle, error.message];
    if (error instanceof NotFoundError) return [404, problems.notFoundTitle, error.message];
    const found = troubleOf(error);
    const isOfCatalogue = found?.state === 'failing' && found.place === 'settings';
    if (!isOfCatalogue) return [500, problems.failedTitle, problems.failed];
    // The catalogue cannot be asked: that is no fault of the page's, and it looks again by itself.
    const { what, next } = notices.words(noticeOf(trouble() ?? found), String);
    return [503, what, next];
  }
}
