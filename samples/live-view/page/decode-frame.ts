import { toRgba, type Frame } from 'openmv-rx';

/** Decodes a frame to pixels. The browser decodes compressed formats, and the library decodes the camera's own. */
export async function decodeFrame({ format, width, height, data }: Frame): Promise<ImageBitmap> {
  if (format === 'jpeg' || format === 'png') {
    // The type also allows shared memory, which a page without worker threads never has.
    return await createImageBitmap(new Blob([data], { type: `image/${format}` }));
  }
  return await createImageBitmap(new ImageData(toRgba({ format, width, height, data }), width, height));
}
