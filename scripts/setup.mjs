// Brings what `npm start` and `npm test` need. It runs under the Node of the system, before anything is
// installed, so it has no dependencies; and this one file is also readable to a Node that is too old.
import { fileURLToPath } from 'node:url';

const OLDEST_NODE = 20;

if (Number.parseInt(process.versions.node, 10) < OLDEST_NODE) {
  console.error(
    `Reelhold needs Node ${OLDEST_NODE} or newer to set itself up; this is ${process.version} (${process.execPath}). ` +
      'Install a newer one (https://nodejs.org) and run the same command again.',
  );
  process.exitCode = 1;
} else {
  run(process.argv.slice(2)).catch((error) => {
    console.error(`Reelhold could not be set up: ${error.message}`);
    process.exitCode = 1;
  });
}

/** `--tests` looks for the tools of the tests too; `--quiet` leaves the system's tools alone. */
async function run(flags) {
  process.chdir(fileURLToPath(new URL('..', import.meta.url)));
  const { installPackages } = await import('./install-packages.mjs');
  await installPackages();
  if (flags.includes('--quiet') || process.env.REELHOLD_SKIP_TOOLS === '1') return;
  const { installTools } = await import('./install-tools.mjs');
  await installTools({ forTests: flags.includes('--tests') });
}
