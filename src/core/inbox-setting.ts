import type { InboxKind, InboxMode } from './inbox-mode.ts';

/** An inbox as the owner set it. */
export interface InboxSetting {
  /** Its folder: absolute, and its name in rows. */
  readonly dir: string;
  readonly mode: InboxMode;
  readonly kind: InboxKind;
}

/** What the setting of the inboxes may be, as a sentence's end. */
export const inboxesAllowed =
  'must be folders with commas between them, each optionally followed by :keep or :consume, and by :loose or :projects';

const modes: readonly string[] = ['consume', 'keep'] satisfies InboxMode[];
const kinds: readonly string[] = ['loose', 'projects'] satisfies InboxKind[];

/**
 * Reads `/a,/b:keep,/c:consume:projects`: the two words in either order, `consume` and `loose` where none is given.
 * Null where it names no folder, or a word of a sort twice. Folders come as they are written.
 */
export function parseInboxes(text: string): readonly InboxSetting[] | null {
  const inboxes = text.split(',').map((entry) => parseInbox(entry.trim()));
  return inboxes.every((inbox) => inbox !== null) ? inboxes : null;
}

function parseInbox(entry: string): InboxSetting | null {
  const words: string[] = [];
  let dir = entry;
  for (;;) {
    const [, before, word] = /^(.*):(consume|keep|loose|projects)$/s.exec(dir) ?? [];
    if (before === undefined || word === undefined) break;
    words.push(word);
    dir = before;
  }
  const [mode = 'consume', ...moreModes] = words.filter((word) => modes.includes(word));
  const [kind = 'loose', ...moreKinds] = words.filter((word) => kinds.includes(word));
  if (dir === '' || dir.includes('\0') || moreModes.length + moreKinds.length > 0) return null;
  return { dir, mode: mode as InboxMode, kind: kind as InboxKind };
}
