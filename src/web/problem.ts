import { STATUS_CODES } from 'node:http';
import type { Context } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';

/** Something that cannot be asked this way; says what is allowed. */
export class BadRequestError extends Error {
  override readonly name = 'BadRequestError';
}

/** Something that is not here. */
export class NotFoundError extends Error {
  override readonly name = 'NotFoundError';
}

/** An error for programs (RFC 9457). */
export function problem(c: Context, status: ContentfulStatusCode, detail: string): Response {
  const body = { type: 'about:blank', title: STATUS_CODES[status] ?? 'Error', status, detail };
  return c.body(JSON.stringify(body), status, {
    'Content-Type': 'application/problem+json',
    'Cache-Control': 'no-store',
  });
}
