import type { Frame } from 'openmv-rx';
import { download } from '../download';

/** Downloads a frame unchanged: the camera's own JPEG or PNG, or the bytes of its pixels. */
export function downloadFrame({ format, width, height, index, data }: Frame): void {
  const isFile = format === 'jpeg' || format === 'png';
  const name = isFile
    ? `frame-${index}.${format === 'jpeg' ? 'jpg' : 'png'}`
    : `frame-${index}-${width}x${height}.${format}`;
  download(new Blob([data.slice()], { type: isFile ? `image/${format}` : 'application/octet-stream' }), name);
}
