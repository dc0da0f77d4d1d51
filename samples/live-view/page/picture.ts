import { type Camera, type Frame } from 'openmv-rx';
import { catchError, EMPTY, exhaustMap, from, map, retry, share, type Observable } from 'rxjs';
import { decodeFrame } from './decode-frame.js';
import { element } from './element.js';
import { framesPerSecond } from './frames-per-second.js';

/** Shows the frames, with their size, format and rate. */
export function showPicture(camera: Camera): void {
  const canvas = element('frame', HTMLCanvasElement);
  const context = canvas.getContext('2d', { alpha: false });
  if (context === null) throw new Error('this browser draws on no canvas');

  // The library errors for a malformed frame. Continue, because the next frame may be valid.
  const frames$ = camera.frames$.pipe(retry({ delay: 1000 }), share());
  // Drop the frames that arrive while another one is decoded, so that the picture is never old.
  frames$.pipe(exhaustMap(decoded)).subscribe(({ frame, bitmap }) => {
    canvas.width = bitmap.width;
    canvas.height = bitmap.height;
    context.drawImage(bitmap, 0, 0);
    bitmap.close();
    canvas.dataset['frameIndex'] = String(frame.index);
    canvas.dataset['frameBytes'] = String(frame.data.length);
    describe(frame);
  });
  frames$.pipe(framesPerSecond()).subscribe((rate) => {
    say('fps', rate.toFixed(1));
  });
}

/** The frame with its pixels, or nothing if they can't be decoded. */
function decoded(frame: Frame): Observable<{ frame: Frame; bitmap: ImageBitmap }> {
  return from(decodeFrame(frame)).pipe(
    map((bitmap) => ({ frame, bitmap })),
    catchError(() => {
      say('format', `${frame.format}, which can not be shown`);
      return EMPTY;
    }),
  );
}

function describe({ width, height, format, data, index }: Frame): void {
  say('size', `${width} × ${height}`);
  say('format', format);
  say('bytes', data.length.toLocaleString());
  say('index', String(index));
}

function say(id: string, text: string): void {
  element(id, HTMLElement).textContent = text;
}
