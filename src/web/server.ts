import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createAdaptorServer } from '@hono/node-server';
import type { Hono } from 'hono';
import { codeOf, describeError, type FailureKind, ReelholdError } from '#core/errors.ts';

export interface Address {
  readonly host: string;
  /** 0 for any that is free. */
  readonly port: number;
}

export interface ServedApp extends AsyncDisposable {
  readonly port: number;
}

/** An upload may take hours; a request that does not even say what it wants may not. */
const timeouts = { requestTimeout: 0, headersTimeout: 60_000 };

/** Serves the page; rejects with a `ReelholdError` where the address cannot be had. Disposing cuts every connection. */
export async function serveApp(app: Hono, at: Address): Promise<ServedApp> {
  const server = createAdaptorServer({
    fetch: app.fetch,
    hostname: at.host,
    serverOptions: timeouts,
  }) as Server;
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(listenError(error, at)));
    server.listen(at.port, at.host, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      // Event streams never end by themselves.
      server.closeAllConnections();
      await closed;
    },
  };
}

const explained: Readonly<Record<string, readonly [FailureKind, string, (at: Address) => string]>> = {
  EADDRINUSE: [
    'busy',
    'another program listens there already',
    ({ port }) =>
      `Is Reelhold running already? Otherwise set REELHOLD_PORT to a port that is free, such as ${port + 1}.`,
  ],
  EACCES: ['denied', 'this user may not listen there', () => 'Set REELHOLD_PORT to a port above 1023.'],
  EADDRNOTAVAIL: ['missing', 'this machine has no such address', () => 'Set REELHOLD_HOST to one it has.'],
};

function listenError(error: unknown, at: Address): ReelholdError {
  const [kind, detail, hint] = explained[codeOf(error) ?? ''] ?? ['io', describeError(error), null];
  const facts = { kind, operation: 'listen on', object: `${at.host}, port ${at.port}` };
  return new ReelholdError(hint === null ? facts : { ...facts, hint: hint(at) }, detail, { cause: error });
}
