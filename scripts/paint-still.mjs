// Stills for the screenshots: painted, so that they belong to nobody.
import { execFileSync } from 'node:child_process';

const palettes = [
  ['#f7b267', '#f25c54', '#5b2a5e', '#2b1535', '#fff0c9'],
  ['#9fd3e6', '#d7ecd9', '#3f7d6e', '#163832', '#fffdf0'],
  ['#1d2b53', '#47659e', '#22304f', '#0d1424', '#f4ead0'],
  ['#fbe3c0', '#f0b07c', '#a5583c', '#4a241a', '#ffffff'],
  ['#c8d6e8', '#eef0ea', '#7d8fa6', '#38465c', '#ffffff'],
  ['#2a0f3d', '#b33f62', '#3d1a4f', '#170a24', '#ffd9a0'],
  ['#b9e4c9', '#f6f2c3', '#5d9c59', '#1f4d35', '#fffbe0'],
  ['#0f2f3a', '#2f8f83', '#0e4747', '#06201f', '#d9fff4'],
].map((colours) => colours.map(toRgb));

/** Paints hills below a sky, and gives the picture as WebP. */
export function paintStill(seed, width, height) {
  const [top, horizon, near, dark, sun] = palettes[seed % palettes.length];
  const sunX = width * (0.2 + 0.6 * frac(seed * 0.37));
  const sunY = height * (0.22 + 0.22 * frac(seed * 0.61));
  const radius = Math.min(width, height) * 0.085;
  const pixels = Buffer.alloc(width * height * 3);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      let colour = mix(top, horizon, y / height);
      const distance = Math.hypot(x - sunX, y - sunY);
      colour = mix(colour, sun, 0.35 * Math.exp(-((distance / (radius * 3)) ** 2)));
      if (distance < radius) colour = mix(colour, sun, Math.min(1, radius - distance));
      for (let layer = 0; layer < 4; layer += 1) {
        const edge = height * (0.5 + 0.14 * layer) + hill(x / width, seed + layer * 7) * height * 0.09;
        if (y > edge)
          colour = mix(mix(horizon, near, 0.35 + 0.3 * layer), dark, Math.max(0, layer - 1.2) * 0.5);
      }
      pixels.set(colour, (y * width + x) * 3);
    }
  }
  const input = ['-f', 'rawvideo', '-pix_fmt', 'rgb24', '-s', `${width}x${height}`, '-i', '-'];
  const output = ['-frames:v', '1', '-f', 'webp', '-quality', '88', '-'];
  return execFileSync('ffmpeg', ['-v', 'error', ...input, ...output], { input: pixels });
}

function hill(x, seed) {
  const wave = (frequency, phase) => Math.sin(x * frequency + phase * seed);
  return wave(5.1, 1.7) + 0.5 * wave(11.3, 2.9) + 0.2 * wave(27.1, 4.3);
}

function mix(from, to, share) {
  const part = Math.min(1, Math.max(0, share));
  return from.map((value, index) => Math.round(value + (to[index] - value) * part));
}

function frac(value) {
  return value - Math.floor(value);
}

function toRgb(hex) {
  return [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16));
}
