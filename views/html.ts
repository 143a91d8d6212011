import type { html } from 'hono/html';

/** What `html` gives: text that is escaped already. */
export type Html = ReturnType<typeof html>;
