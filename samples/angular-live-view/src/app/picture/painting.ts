import type { Frame } from 'openmv-rx';

/** What the worker needs of a frame. */
export type Drawable = Pick<Frame, 'format' | 'width' | 'height'> & { readonly data: Uint8Array<ArrayBuffer> };

/** What the page tells its worker: first where to draw, then what. */
export type Order = { readonly canvas: OffscreenCanvas } | { readonly frame: Drawable };

/** What the worker answers to each frame: the size of the picture, or why there is none. */
export type Answer = { readonly width: number; readonly height: number } | { readonly failure: string };
