import { toRgba } from 'openmv-rx';
import type { Drawable } from './painting';

/** The pixels of a frame. The browser decodes what is compressed, the library the camera's own formats. */
export async function decode(frame: Drawable): Promise<ImageBitmap> {
  const { format, width, height, data } = frame;
  if (format === 'jpeg' || format === 'png')
    return await createImageBitmap(new Blob([data], { type: `image/${format}` }));
  return await createImageBitmap(new ImageData(toRgba(frame), width, height));
}
