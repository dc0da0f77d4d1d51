import { keepLatest, type Frame } from 'openmv-rx';
import { fromEvent, map, Observable, take, type OperatorFunction } from 'rxjs';
import type { Answer, Drawable, Order } from './painting';

/** A frame, and the result of drawing it. */
export interface Painted {
  readonly frame: Frame;
  readonly answer: Answer;
}

/**
 * Draws frames on a canvas, in a worker, one at a time and then the latest: what is shown is never older than one decoding,
 * and the page has nothing to do with the pixels. The worker ends with the subscription, and a canvas can be given away once.
 *
 * Emits the result of each frame that was drawn. Completes and errors with the source, and errors when the worker
 * does not run.
 */
export function paintedOn(canvas: HTMLCanvasElement): OperatorFunction<Frame, Painted> {
  return (frames$) =>
    new Observable((subscriber) => {
      const worker = new Worker(new URL('./picture.worker', import.meta.url), { type: 'module' });
      subscriber.add(() => {
        worker.terminate();
      });
      worker.addEventListener('error', ({ message }) => {
        subscriber.error(new Error(`what draws the picture does not run: ${message || 'it could not be loaded'}`));
      });
      const offscreen = canvas.transferControlToOffscreen();
      order(worker, { canvas: offscreen }, offscreen);
      subscriber.add(frames$.pipe(keepLatest((frame) => painted(worker, frame))).subscribe(subscriber));
    });
}

function painted(worker: Worker, frame: Frame): Observable<Painted> {
  return new Observable((subscriber) => {
    const answer$ = fromEvent<MessageEvent<Answer>>(worker, 'message');
    subscriber.add(
      answer$
        .pipe(
          take(1),
          map(({ data }) => ({ frame, answer: data })),
        )
        .subscribe(subscriber),
    );
    const { format, width, height } = frame;
    // Others may hold the frame, such as a recording, and what a worker is given is gone here.
    const data = frame.data.slice();
    const drawable: Drawable = { format, width, height, data };
    order(worker, { frame: drawable }, data.buffer);
  });
}

function order(worker: Worker, what: Order, handedOver: Transferable): void {
  worker.postMessage(what, [handedOver]);
}
