import { createCipheriv, createHash } from 'node:crypto';
import { mkdir, open } from 'node:fs/promises';
import { join } from 'node:path';

const SEED = 'reelhold bench 1';
const CHUNK_BYTES = 1024 * 1024;

// Raw video (YUV4MPEG2): a header, then frames of bytes without any order. So every file is a video that
// ffprobe and ffmpeg read, and none of them can be made smaller.
const FRAME_MARK = Buffer.from('FRAME\n');
/** ffmpeg reads no header of more than 96 bytes. */
const HEADER_BYTES = 82;
const LARGE_PICTURE = { width: 640, height: 360 };
const SMALL_PICTURE = { width: 362, height: 184 };
/** 8 to 40 MB of the large picture. */
const LARGE_FRAMES = { least: 24, most: 115 };
/** 17 MB of it: 64 make 1 GiB. */
const CLIP_FRAMES = 49;
/** As little as is a video still. */
const TINY_PICTURE = { width: 16, height: 16 };

// Three words each make 5,832 names, a fourth 104,976: a name with a number in it might be taken for another file's
// version.
const firstWords =
  'amber breezy crimson dappled evening frosty golden hidden ivory jagged lonely misty northern orchid painted quiet rusty silver';
const secondWords =
  'harbour meadow lantern orchard glacier market canyon village lighthouse forest bakery railway garden island carnival workshop vineyard bridge';
const thirdWords =
  'sunrise reunion storm wedding journey picnic concert marathon harvest parade festival rescue birthday regatta homecoming bonfire snowfall farewell';
const fourthWords =
  'alone again apart ashore below beyond early forever halfway homeward indoors late online outside overhead together twice upstream';

/** The data sets as they will be: names and sizes, the same on every machine. */
export function planDataSets({ isQuick }) {
  return [
    planSet('large', isQuick ? 8 : 64, LARGE_PICTURE, (name) => {
      const { least, most } = LARGE_FRAMES;
      return least + Math.floor(fractionOf(name) * (most - least + 1));
    }),
    planSet('small', isQuick ? 500 : 5000, SMALL_PICTURE, () => 1),
    planSet('clips', isQuick ? 8 : 64, LARGE_PICTURE, () => CLIP_FRAMES),
    planSet('tiny', isQuick ? 5000 : 100_000, TINY_PICTURE, () => 1),
  ];
}

function planSet(name, count, picture, framesOf) {
  const frameBytes = (picture.width * picture.height * 3) / 2;
  const files = Array.from({ length: count }, (_, index) => {
    const fileName = nameOf(index);
    const frames = framesOf(`${name}/${fileName}`);
    return { fileName, frames, bytes: HEADER_BYTES + frames * (FRAME_MARK.length + frameBytes) };
  });
  return { name, picture, frameBytes, files, bytes: files.reduce((sum, file) => sum + file.bytes, 0) };
}

function nameOf(index) {
  const lists = [thirdWords, secondWords, firstWords].map((list) => list.split(' '));
  let rest = index;
  const words = lists.map((list) => {
    const word = list[rest % list.length];
    rest = Math.floor(rest / list.length);
    return word;
  });
  const further = rest === 0 ? [] : [fourthWords.split(' ')[rest]];
  return `${[...words.reverse(), ...further].join(' ')}.y4m`;
}

function fractionOf(name) {
  return createHash('sha256').update(`${SEED}/${name}`).digest().readUInt32BE() / 2 ** 32;
}

/** Writes a set into a folder of its own below `root`; gives the folder and the files' full paths. */
export async function writeDataSet(plan, root, signal) {
  const folder = join(root, plan.name);
  await mkdir(folder);
  for (const file of plan.files) {
    signal.throwIfAborted();
    await writeVideo(plan, file, join(folder, file.fileName));
  }
  const files = plan.files.map(({ fileName }) => join(folder, fileName));
  return { name: plan.name, folder, files, bytes: plan.bytes };
}

async function writeVideo(plan, { fileName, frames }, path) {
  const key = createHash('sha256').update(`${SEED}/${plan.name}/${fileName}`).digest();
  const noise = createCipheriv('aes-256-ctr', key, Buffer.alloc(16));
  const zeros = Buffer.alloc(Math.min(plan.frameBytes, CHUNK_BYTES));
  const file = await open(path, 'wx');
  try {
    await file.write(header(plan.picture));
    for (let frame = 0; frame < frames; frame += 1) {
      await file.write(Buffer.concat([FRAME_MARK, noise.update(zeros)]));
    }
  } finally {
    await file.close();
  }
}

/** `X` begins a comment, which fills the header up to its fixed length. */
function header({ width, height }) {
  const start = `YUV4MPEG2 W${width} H${height} F25:1 C420jpeg X`;
  return `${start.padEnd(HEADER_BYTES - 1, 'x')}\n`;
}
