/** Digits in a grid of 3 × 5, a bit a cell, the top left one first. */
const DIGITS = [0x7b6f, 0x2c97, 0x73e7, 0x73cf, 0x5bc9, 0x79cf, 0x79ef, 0x7249, 0x7bef, 0x7bcf] as const;
const COLUMNS = 3;
const ROWS = 5;

/** A place in the grid of a number. */
export interface Cell {
  readonly column: number;
  readonly row: number;
}

/** The set cells of a number's digits, which stand side by side with an empty column between, and how many it takes. */
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
