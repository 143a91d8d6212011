import type { ToolFeature, ToolName, ToolReport } from '#core/ports/tools.ts';
import { runTool } from './run-tool.ts';

const timeoutMs = 5000;
const maxOutputBytes = 64 * 1024;

const tools: readonly { name: ToolName; versionArgument: string; feature: ToolFeature }[] = [
  { name: 'ffprobe', versionArgument: '-version', feature: 'media-facts' },
  { name: 'ffmpeg', versionArgument: '-version', feature: 'posters' },
  { name: 'rclone', versionArgument: 'version', feature: 'remotes' },
];

/** Asks each tool for its version and reports all of them, also those that are not there. */
export function findTools(): Promise<ToolReport[]> {
  return Promise.all(
    tools.map(async ({ name, versionArgument, feature }) => {
      const limits = {
        timeoutMs: timeoutMs,
        maxOutputBytes: maxOutputBytes,
        signal: new AbortController().signal,
      };
      const run = await runTool(name, [versionArgument], limits);
      const found = run.kind === 'done';
      return { name, found, version: found ? versionIn(run.stdout) : null, feature };
    }),
  );
}

/** `ffprobe version 5.1.9-0+deb12u1 Copyright …`, `rclone v1.60.1-DEV` */
function versionIn(stdout: string): string | null {
  const [line = ''] = stdout.split('\n');
  return /^(?:\w+ version |rclone v)(\S+)/.exec(line)?.[1] ?? null;
}
