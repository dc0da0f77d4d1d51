import { toRgba } from 'openmv-rx';
import type { Drawable } from './painting';

/** Decodes a frame to pixels. The browser decodes compressed formats, and the library decodes the camera's own. */
export async function decode(frame: Drawable): Promise<ImageBitmap> {
  const { format, width, height, data } = frame;
  if (format === 'jpeg' || format === 'png')
    return await createImageBitmap(new Blob([data], { type: `image/${format}` }));
  return await createImageBitmap(new ImageData(toRgba(frame), width, height));
}
