// Run by the project's Node, which has SQLite: CATALOGUE LIST. Copies the one video of a catalogue, with its version and
// its copy in the vault, for each line of the list, DIGEST BYTES, and notes a copy of each at the one other place.
import { readFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';

const [file, list] = process.argv.slice(2);
const database = new DatabaseSync(file);
const only = (table) => database.prepare(`SELECT * FROM ${table}`).get();
const inserter = (table, row) => {
  const columns = Object.keys(row);
  const marks = columns.map(() => '?').join(', ');
  const statement = database.prepare(`INSERT INTO ${table} (${columns.join(', ')}) VALUES (${marks})`);
  return (change) => statement.run(...Object.values({ ...row, ...change }));
};

const [video, version, copy, place] = ['videos', 'versions', 'copies', 'locations'].map(only);
const addVideo = inserter('videos', video);
const addVersion = inserter('versions', version);
const addCopy = inserter('copies', copy);
const lines = readFileSync(list, 'utf8').trimEnd().split('\n');
database.exec('BEGIN');
for (const [index, line] of lines.entries()) {
  const [digest, bytes] = line.split(' ');
  const id = `bench-${index}`;
  addVideo({ id, folder: id, folder_key: id });
  addVersion({ id, video_id: id, digest, size_bytes: Number(bytes), name_key: null });
  addCopy({ digest });
  addCopy({ digest, location: place.id });
}
// Looking into all those videos would take the daemon longer than everything else here.
database.exec('DELETE FROM operations');
database.exec('COMMIT');
