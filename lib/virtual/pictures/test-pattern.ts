/** The scene of each sensor: colour bars, gray steps, and warm colours. */
const SCENES = [
  [0xebebeb, 0xebeb10, 0x10ebeb, 0x10eb10, 0xeb10eb, 0xeb1010, 0x1010eb, 0x202020],
  [0xe0e0e0, 0xc4c4c4, 0xa8a8a8, 0x8c8c8c, 0x707070, 0x545454, 0x383838, 0x1c1c1c],
  [0x5c1a00, 0x8a3300, 0xb85000, 0xe07010, 0xf09838, 0xf8b860, 0xfcd490, 0xffecc4],
] as const;
const WHITE = 0xffffff;
const MOVING_PER_CENT = 5;

/** The number of frames after which the pictures repeat. */
export const CYCLE_FRAMES = 20;

/** The parameters of a picture besides its number and size. */
interface Look {
  /** Index of the camera's sensor. */
  readonly sensor: number;
  /** The factor of each colour channel, limited to white. */
  readonly exposure: number;
}

/** RGBA: bars, a white bar that crosses the picture in 20 frames, and the frame's number within these 20 in big digits. */
export function testPattern(
  index: number,
  width: number,
  height: number,
  look: Look = { sensor: 0, exposure: 1 },
): Uint8Array {
  const rgba = new Uint8Array(4 * width * height);
  const row = barsRow(index, width, look);
  for (let y = 0; y < height; y++) rgba.set(row, y * row.length);
  drawNumber(rgba, String(index % CYCLE_FRAMES).padStart(2, '0'), width, height);
  return rgba;
}

function barsRow(index: number, width: number, { sensor, exposure }: Look): Uint8Array {
  const bars = SCENES[sensor % SCENES.length] as readonly number[];
  const row = new Uint8Array(4 * width);
  const from = Math.floor(((index % CYCLE_FRAMES) * width) / CYCLE_FRAMES);
  const to = from + Math.max(1, Math.floor((width * MOVING_PER_CENT) / 100));
  for (let x = 0; x < width; x++) {
    const colour = x >= from && x < to ? WHITE : (bars[Math.floor((x * bars.length) / width)] as number);
    for (let part = 0; part < 3; part++)
      row[4 * x + part] = Math.min(255, Math.round(((colour >> (16 - 8 * part)) & 0xff) * exposure));
    row[4 * x + 3] = 255;
  }
  return row;
}

/** Draws a number in black in the middle, as big as fits. */
function drawNumber(rgba: Uint8Array, digits: string, width: number, height: number): void {
  const { columns, rows, cells } = digitCells(digits);
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

/** The digits in a grid of 3 × 5 cells, one bit per cell, top left first. */
const DIGITS = [0x7b6f, 0x2c97, 0x73e7, 0x73cf, 0x5bc9, 0x79cf, 0x79ef, 0x7249, 0x7bef, 0x7bcf] as const;
const COLUMNS = 3;
const ROWS = 5;

/** A cell in the grid of a number. */
interface Cell {
  readonly column: number;
  readonly row: number;
}

/** The black cells of a number and the size of its grid. An empty column separates the digits. */
export function digitCells(digits: string): {
  readonly columns: number;
  readonly rows: number;
  readonly cells: readonly Cell[];
} {
  const cells = Array.from(digits).flatMap((digit, at) =>
    cellsOf(Number(digit)).map(({ column, row }) => ({ column: column + at * (COLUMNS + 1), row })),
  );
  return { columns: digits.length * (COLUMNS + 1) - 1, rows: ROWS, cells };
}

function cellsOf(digit: number): Cell[] {
  const glyph = DIGITS[digit] ?? 0;
  return Array.from({ length: COLUMNS * ROWS }, (_, cell) => ({
    column: cell % COLUMNS,
    row: Math.floor(cell / COLUMNS),
  })).filter((_, cell) => ((glyph >> (COLUMNS * ROWS - 1 - cell)) & 1) === 1);
}
