/** Digits in a grid of 3 × 5, a bit a cell, the top left one first. */
const DIGITS = [0x7b6f, 0x2c97, 0x73e7, 0x73cf, 0x5bc9, 0x79cf, 0x79ef, 0x7249, 0x7bef, 0x7bcf] as const;
const COLUMNS = 3;
const ROWS = 5;

/** Whether a cell of the text of a number is set; digits stand side by side with an empty column between. */
export function digitCell(digits: string, column: number, row: number): boolean {
  const glyph = DIGITS[Number(digits[Math.floor(column / (COLUMNS + 1))])];
  const x = column % (COLUMNS + 1);
  if (glyph === undefined || x === COLUMNS || row < 0 || row >= ROWS) return false;
  return ((glyph >> (ROWS * COLUMNS - 1 - (row * COLUMNS + x))) & 1) === 1;
}

/** How many cells a number takes, in columns and rows. */
export function digitCells(digits: string): { readonly columns: number; readonly rows: number } {
  return { columns: digits.length * (COLUMNS + 1) - 1, rows: ROWS };
}
