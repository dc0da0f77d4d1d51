import { decode } from './decode';
import type { Answer, Drawable, Order } from './painting';

let context: OffscreenCanvasRenderingContext2D | null = null;

addEventListener('message', ({ data }: MessageEvent<Order>) => {
  if ('canvas' in data) context = data.canvas.getContext('2d', { alpha: false });
  else void draw(data.frame).then((answer) => postMessage(answer));
});

/** Report a malformed frame as an answer, because the next one may be valid. */
async function draw(frame: Drawable): Promise<Answer> {
  if (context === null) return { failure: 'this browser draws on no canvas in a worker' };
  try {
    const bitmap = await decode(frame);
    const { width, height } = bitmap;
    const { canvas } = context;
    // Setting a size clears the canvas, even when it is the same.
    if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
    context.drawImage(bitmap, 0, 0);
    bitmap.close();
    return { width, height };
  } catch (error) {
    return { failure: error instanceof Error ? error.message : String(error) };
  }
}
