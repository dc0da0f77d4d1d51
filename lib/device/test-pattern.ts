import { digitCells, type Cell } from './digits.js';

const BARS = [0xebebeb, 0xebeb10, 0x10ebeb, 0x10eb10, 0xeb10eb, 0xeb1010, 0x1010eb, 0x202020] as const;
const WHITE = 0xffffff;
const MOVING_PER_CENT = 5;
const FRAMES_ACROSS = 50;

/** Colour bars, a white bar that moves across in 50 frames, and the frame's number in big digits; RGBA. */
export function testPattern(index: number, width: number, height: number): Uint8Array {
  const rgba = new Uint8Array(4 * width * height);
  const row = barsRow(index, width);
  for (let y = 0; y < height; y++) rgba.set(row, y * row.length);
  drawNumber(rgba, index, width, height);
  return rgba;
}

function barsRow(index: number, width: number): Uint8Array {
  const row = new Uint8Array(4 * width);
  const view = new DataView(row.buffer);
  const from = Math.floor(((index % FRAMES_ACROSS) * width) / FRAMES_ACROSS);
  const to = from + Math.max(1, Math.floor((width * MOVING_PER_CENT) / 100));
  for (let x = 0; x < width; x++) {
    const bar = BARS[Math.floor((x * BARS.length) / width)] ?? 0;
    view.setUint32(4 * x, (((x >= from && x < to ? WHITE : bar) << 8) | 0xff) >>> 0);
  }
  return row;
}

/** The number in black in the middle, as big as fits. */
function drawNumber(rgba: Uint8Array, index: number, width: number, height: number): void {
  const { columns, rows, cells } = digitCells(String(index));
  const size = Math.max(1, Math.floor(Math.min((width * 0.8) / columns, (height * 0.6) / rows)));
  const left = Math.max(0, Math.floor((width - size * columns) / 2));
  const top = Math.max(0, Math.floor((height - size * rows) / 2));
  const black = new Uint8Array(4 * size).fill(0xff);
  for (let at = 0; at < black.length; at += 4) black.fill(0, at, at + 3);
  const draw = ({ column, row }: Cell) => {
    const x = left + column * size;
    if (x + size > width) return;
    for (let y = top + row * size; y < Math.min(height, top + (row + 1) * size); y++)
      rgba.set(black, 4 * (y * width + x));
  };
  cells.forEach(draw);
}
