import { execa } from 'execa';

export interface Picture {
  readonly width: number;
  readonly height: number;
  /** One byte of brightness a pixel, row by row. */
  readonly pixels: Uint8Array;
}

/** Decodes a picture with the system's ffmpeg, so that a test looks at what people would see. */
export async function readPicture(path: string): Promise<Picture> {
  const { stdout: size } = await execa('ffprobe', [
    ...[
      '-v',
      'error',
      '-select_streams',
      'v:0',
      '-show_entries',
      'stream=width,height',
      '-of',
      'csv=p=0',
      path,
    ],
  ]);
  const [width = 0, height = 0] = size.split(',').map(Number);
  const { stdout } = await execa(
    'ffmpeg',
    ['-v', 'error', '-i', path, '-frames:v', '1', '-pix_fmt', 'gray', '-f', 'rawvideo', '-'],
    { encoding: 'buffer', stdin: 'ignore' },
  );
  return { width, height, pixels: stdout };
}

/** Turns a picture clockwise by quarters. */
export function turned(picture: Picture, quarters: number): Picture {
  let result = picture;
  for (let quarter = 0; quarter < quarters; quarter += 1) result = turnedOnce(result);
  return result;
}

/** The mean brightness, 0 to 255. */
export function brightness({ pixels }: Picture): number {
  return pixels.reduce((sum, pixel) => sum + pixel, 0) / pixels.length;
}

/** The mean difference in brightness of two pictures of one size. */
export function difference(a: Picture, b: Picture): number {
  if (a.width !== b.width || a.height !== b.height) return 255;
  return (
    a.pixels.reduce((sum, pixel, at) => sum + Math.abs(pixel - (b.pixels[at] ?? 0)), 0) / a.pixels.length
  );
}

function turnedOnce({ width, height, pixels }: Picture): Picture {
  const result = new Uint8Array(pixels.length);
  pixels.forEach((pixel, at) => {
    const [x, y] = [at % width, Math.floor(at / width)];
    result[x * height + (height - 1 - y)] = pixel;
  });
  return { width: height, height: width, pixels: result };
}
