import { type Camera, type Frame } from 'openmv-rx';
import { catchError, EMPTY, exhaustMap, from, map, retry, share, type Observable } from 'rxjs';
import { decodeFrame } from './decode-frame.js';
import { element } from './element.js';
import { framesPerSecond } from './frames-per-second.js';

/** Shows the frames as they come, and what they are. */
export function showPicture(camera: Camera): void {
  const canvas = element('frame', HTMLCanvasElement);
  const context = canvas.getContext('2d', { alpha: false });
  if (context === null) throw new Error('this browser draws on no canvas');

  // A frame that makes no sense is an error of the library: the ones after it may be right.
  const frames$ = camera.frames$.pipe(retry({ delay: 1000 }), share());
  // A frame that comes while another one is decoded is dropped, so that the picture is never an old one.
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

/** The frame with its pixels, or nothing where they can not be decoded. */
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
