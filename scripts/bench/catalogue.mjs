import { join } from 'node:path';
import { projectNode } from './reelhold.mjs';

const script = `
  const { DatabaseSync } = require('node:sqlite');
  const [file, sql] = process.argv.slice(1);
  const database = new DatabaseSync(file, { timeout: 10_000 });
  console.log(JSON.stringify(database.prepare(sql).all()));
`;

/** Runs one statement of SQL on the catalogue of an archive below `folder`; gives its rows. */
export async function askCatalogue({ processes }, folder, sql) {
  const file = join(folder, 'config', 'catalogue.sqlite');
  const { output } = await processes.run({
    command: projectNode,
    args: ['--no-warnings', '--eval', script, '--', file, sql],
  });
  return JSON.parse(output);
}
