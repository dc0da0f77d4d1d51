import jpeg from 'jpeg-js';

/** Encodes RGBA, four bytes per pixel, as JPEG of a quality from 1 to 100. */
export type EncodeJpeg = (rgba: Uint8Array<ArrayBuffer>, width: number, height: number, quality: number) => Uint8Array;

/** jpeg-js, bundled into the package without `Buffer`. A call takes some 13 ms, and longer for large pictures. */
export const encodeWithJpegJs: EncodeJpeg = (data, width, height, quality) =>
  jpeg.encode({ data, width, height }, quality).data;
