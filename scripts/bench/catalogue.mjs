import { join } from 'node:path';
import { projectNode } from './reelhold.mjs';

const script = `
  const { DatabaseSync } = require('node:sqlite');
  const [file, sql] = process.argv.slice(1);
  const database = new DatabaseSync(file, { timeout: 60_000 });
  console.log(JSON.stringify(database.prepare(sql).all()));
`;

/** The catalogue of an archive below `folder`. */
export function catalogueIn(folder) {
  return join(folder, 'config', 'catalogue.sqlite');
}

/** Runs one statement of SQL on the catalogue of an archive below `folder`; gives its rows. */
export async function askCatalogue({ processes }, folder, sql) {
  const { output } = await processes.run({
    command: projectNode,
    args: ['--no-warnings', '--eval', script, '--', catalogueIn(folder), sql],
  });
  return JSON.parse(output);
}
