import type { NewOperation } from './ports/catalogue.ts';

/** A file of an inbox: the inbox's name, and the path below it. */
export interface InboxFileName {
  readonly inbox: string;
  readonly path: string;
}

/** Something that the owner asks for, and that becomes an operation. */
export interface Command extends InboxFileName {
  readonly kind: 'take-inbox-file';
}

/** The operation that does it. */
export function operationOf(command: Command): Omit<NewOperation, 'notBeforeMs'> {
  return { kind: command.kind, lane: 'intake', subject: formatInboxFile(command) };
}

/** In plain characters, whatever bytes the name has: fit for a row, a form and a command line. */
export function formatInboxFile({ inbox, path }: InboxFileName): string {
  return JSON.stringify({ inbox, path }).replace(/[^ -~]/g, escapeUnit);
}

function escapeUnit(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/** Null where the text names no file of an inbox. */
export function parseInboxFile(text: string): InboxFileName | null {
  try {
    return readInboxFile(JSON.parse(text));
  } catch {
    return null;
  }
}

/** The same of what a program sent. */
export function readInboxFile(value: unknown): InboxFileName | null {
  if (typeof value !== 'object' || value === null) return null;
  const { inbox, path } = value as Partial<Record<string, unknown>>;
  return typeof inbox === 'string' && typeof path === 'string' ? { inbox, path } : null;
}
