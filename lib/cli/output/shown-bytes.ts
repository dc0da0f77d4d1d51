/** How bytes are shown: as text, as base64, or as whichever fits them. */
export type Shown = 'text' | 'base64' | 'fitting';

/** Bytes in a form that JSON and terminals can hold. */
export type ShownBytes = { readonly text: string } | { readonly base64: string };

/** `fitting` is text where the bytes are UTF-8 without control characters, and base64 where they are not. */
export function shownBytes(bytes: Uint8Array, as: Shown): ShownBytes {
  if (as === 'text') return { text: new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes) };
  const text = as === 'fitting' ? textIn(bytes) : undefined;
  return text === undefined ? { base64: Buffer.from(bytes).toString('base64') } : { text };
}

/** The same for a line on a terminal. */
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
