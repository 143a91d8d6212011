import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { argumentPaths } from '#cli/arguments.ts';
import { useTempFolder } from '#tests/support/temp-folder.ts';

const folder = useTempFolder();

/** What a process makes of the arguments that a shell gives it, as JSON. */
function askProcess(shellArguments: string, files = 'process.argv.slice(3)'): unknown {
  const script = join(folder.path, 'script.ts');
  const module = join(import.meta.dirname, '../../src/cli/arguments.ts');
  writeFileSync(
    script,
    `import { argumentPaths } from ${JSON.stringify(module)};
     process.stdout.write(JSON.stringify(argumentPaths(${files})));`,
  );
  const line = `exec "$0" "$1" add ${shellArguments}`;
  return JSON.parse(execFileSync('sh', ['-c', line, process.execPath, script], { encoding: 'utf8' }));
}

describe('the names among the arguments', () => {
  it('are as Node has them where all of them are UTF-8', () => {
    const names = ['Rome.mp4', 'Café 🎂.mp4', '', '--odd', 'two\nlines'];
    expect(argumentPaths(names)).toBe(names);
  });

  it('are read byte for byte where one is not', () => {
    expect(askProcess(`plain.mp4 "$(printf 'caf\\351.mp4')" 'Café.mp4' ''`)).toEqual([
      'plain.mp4',
      'caf\uDCE9.mp4',
      'Café.mp4',
      '',
    ]);
  });

  it('are told from options that stand between and behind them', () => {
    expect(askProcess(`"$(printf 'caf\\351')" --recursive Rome --yes`, "['caf\uFFFD', 'Rome']")).toEqual([
      'caf\uDCE9',
      'Rome',
    ]);
  });

  it('may be the replacement character itself', () => {
    expect(askProcess(`"$(printf '\\357\\277\\275.mp4')"`)).toEqual(['\uFFFD.mp4']);
  });
});
