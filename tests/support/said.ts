import { vi } from 'vitest';

/** Runs a command in this process; gives its exit code, and what it said on both outputs. */
export async function hear(
  run: () => Promise<number> | number,
): Promise<{ readonly code: number; readonly out: string; readonly err: string }> {
  const said = { out: '', err: '' };
  const listen = (to: keyof typeof said) => (text: string | Uint8Array) => {
    said[to] += typeof text === 'string' ? text : Buffer.from(text).toString();
    return true;
  };
  const spies = [
    vi.spyOn(process.stdout, 'write').mockImplementation(listen('out')),
    vi.spyOn(process.stderr, 'write').mockImplementation(listen('err')),
  ];
  try {
    return { code: await run(), ...said };
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
}
