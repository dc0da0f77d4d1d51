import { toRgba, type Frame } from 'openmv-rx';

/** The pixels of a frame. The browser decodes what is compressed, the library the camera's own formats. */
export async function decodeFrame({ format, width, height, data }: Frame): Promise<ImageBitmap> {
  if (format === 'jpeg' || format === 'png') {
    // A page without worker threads has no shared memory, which is all that the type leaves open.
    return await createImageBitmap(new Blob([data], { type: `image/${format}` }));
  }
  return await createImageBitmap(new ImageData(toRgba({ format, width, height, data }), width, height));
}
