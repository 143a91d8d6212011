import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** Gives the command a terminal of its own, types the answer when it asks, and ends with its exit code. */
const script = `
import os, pty, sys
answer = sys.argv[1].encode()
pid, terminal = pty.fork()
if pid == 0:
    os.execvp(sys.argv[2], sys.argv[2:])
said = b''
while True:
    try:
        piece = os.read(terminal, 65536)
    except OSError:
        break
    if not piece:
        break
    said += piece
    if answer and b'[y/N]' in said:
        os.write(terminal, answer)
        answer = b''
sys.stdout.buffer.write(said)
sys.stdout.flush()
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
`;

/** Runs a command on a terminal, to its end. */
export async function onTerminal(
  command: readonly string[],
  env: NodeJS.ProcessEnv,
  answer: string,
): Promise<{ readonly code: number | null; readonly output: string }> {
  const child = spawn('python3', ['-c', script, answer, ...command], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk;
  });
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, output };
}
