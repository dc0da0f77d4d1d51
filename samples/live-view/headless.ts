import { Camera, type Frame, type Transport } from 'openmv-rx';
import {
  defer,
  endWith,
  fromEvent,
  ignoreElements,
  take,
  takeUntil,
  tap,
  throwError,
  timeout,
  type Observable,
} from 'rxjs';

/** The camera sends no frames if nothing arrives for this long. */
const patienceMs = 10_000;

/** Reads `count` frames and prints a line for each, and one for all of them: JSON, or for people. Emits when done. */
export function reportFrames(transport: Transport, count: number, json: boolean): Observable<unknown> {
  return defer(() => {
    const total = { frames: 0, bytes: 0 };
    const began = performance.now();
    const print = (facts: Record<string, unknown>, text: string) => console.log(json ? JSON.stringify(facts) : text);
    return new Camera(transport).frames$.pipe(
      timeout({
        each: patienceMs,
        with: () => throwError(() => new Error(`no frame from ${transport.name} for ${patienceMs / 1000} seconds`)),
      }),
      take(count),
      // The reader of the lines may close the pipe, as `head` does.
      takeUntil(fromEvent(process.stdout, 'error')),
      tap(({ index, width, height, format, data }: Frame) => {
        total.frames += 1;
        total.bytes += data.length;
        print(
          { index, width, height, format, bytes: data.length },
          `frame ${index}: ${width} × ${height} ${format}, ${data.length} bytes`,
        );
      }),
      tap({
        complete: () => {
          const seconds = round((performance.now() - began) / 1000);
          const fps = round(total.frames / seconds);
          print(
            { ...total, seconds, fps },
            `${total.frames} frames, ${total.bytes} bytes in ${seconds} s: ${fps} frames a second`,
          );
        },
      }),
      ignoreElements(),
      endWith(undefined),
    );
  });
}

const round = (value: number) => Math.round(value * 1000) / 1000;
