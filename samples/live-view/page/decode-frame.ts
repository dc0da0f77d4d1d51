import { toRgba, type Frame } from 'openmv-rx';

/** The pixels of a frame. The browser decodes what is compressed, the library the camera's own formats. */
export function decodeFrame(frame: Frame): Promise<ImageBitmap> {
  if (frame.format === 'jpeg' || frame.format === 'png')
    return createImageBitmap(new Blob([frame.data], { type: `image/${frame.format}` }));
  return createImageBitmap(new ImageData(new Uint8ClampedArray(toRgba(frame)), frame.width, frame.height));
}
