/** A number and what it counts: `1 frame`, `2 frames`. */
export function counted(count: number, singular: string): string {
  return `${count} ${singular}${count === 1 ? '' : 's'}`;
}

/** The form of bytes in the output: as text, as base64, or (`fitting`) as text if possible. */
export type BytesFormat = 'text' | 'base64' | 'fitting';

/** Bytes in a form that JSON and terminals can hold. */
export type ShownBytes = { readonly text: string } | { readonly base64: string };

/** `fitting` is text if the bytes are UTF-8 without control characters, and base64 otherwise. */
export function shownBytes(bytes: Uint8Array, format: BytesFormat): ShownBytes {
  if (format === 'text') return { text: new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes) };
  const text = format === 'fitting' ? textIn(bytes) : undefined;
  return text === undefined ? { base64: Buffer.from(bytes).toString('base64') } : { text };
}

/** The same as a line for a terminal. */
export function lineOf(shown: ShownBytes): string {
  return 'text' in shown ? shown.text : shown.base64;
}

function textIn(bytes: Uint8Array): string | undefined {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    return /[^\P{Cc}\t\n\r]/u.test(text) ? undefined : text;
  } catch {
    return undefined;
  }
}
