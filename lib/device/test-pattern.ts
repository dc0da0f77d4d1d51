import { digitCell, digitCells } from './digits.js';

const BARS = [0xebebeb, 0xebeb10, 0x10ebeb, 0x10eb10, 0xeb10eb, 0xeb1010, 0x1010eb, 0x202020] as const;
const BAR_WIDTH_PER_CENT = 5;
const FRAMES_ACROSS = 50;

/** Colour bars, a white bar that moves across in 50 frames, and the frame's number in big digits; RGBA. */
export function testPattern(index: number, width: number, height: number): Uint8Array {
  const rgba = new Uint8Array(4 * width * height);
  const view = new DataView(rgba.buffer);
  const moving = Math.floor(((index % FRAMES_ACROSS) * width) / FRAMES_ACROSS);
  const movingWidth = Math.max(1, Math.floor((width * BAR_WIDTH_PER_CENT) / 100));
  const inDigit = digitsAt(String(index), width, height);
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++, at += 4) {
      const isMoving = x >= moving && x < moving + movingWidth;
      const bar = BARS[Math.floor((x * BARS.length) / width)] ?? 0;
      view.setUint32(at, (((inDigit(x, y) ? 0x000000 : isMoving ? 0xffffff : bar) << 8) | 0xff) >>> 0);
    }
  }
  return rgba;
}

/** Whether a pixel belongs to the number, which fills the middle of the picture. */
function digitsAt(digits: string, width: number, height: number): (x: number, y: number) => boolean {
  const { columns, rows } = digitCells(digits);
  const cell = Math.max(1, Math.floor(Math.min((width * 0.8) / columns, (height * 0.6) / rows)));
  const left = Math.floor((width - cell * columns) / 2);
  const top = Math.floor((height - cell * rows) / 2);
  return (x, y) => x >= left && digitCell(digits, Math.floor((x - left) / cell), Math.floor((y - top) / cell));
}
