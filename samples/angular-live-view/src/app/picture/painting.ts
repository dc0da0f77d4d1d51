import type { Frame } from 'openmv-rx';

/** The part of a frame that the worker needs. */
export type Drawable = Pick<Frame, 'format' | 'width' | 'height'> & { readonly data: Uint8Array<ArrayBuffer> };

/** The messages of the page to its worker: first the canvas, then frames. */
export type Order = { readonly canvas: OffscreenCanvas } | { readonly frame: Drawable };

/** The worker's answer to each frame: the size of the picture, or an error. */
export type Answer = { readonly width: number; readonly height: number } | { readonly failure: string };
