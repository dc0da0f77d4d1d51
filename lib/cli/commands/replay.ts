import { type Command, InvalidArgumentError, Option } from 'commander';
import {
  distinctUntilChanged,
  finalize,
  firstValueFrom,
  from,
  lastValueFrom,
  skipWhile,
  switchMap,
  takeUntil,
  tap,
} from 'rxjs';
import type { ReplayOptions, ReplayProgress } from '../../recording/index.js';
import { isOpenMVError, OpenMVError } from '../../errors.js';
import { counted } from '../counted.js';
import { withExample } from '../example.js';
import { withAdvice } from '../failure.js';
import { interruption } from '../interruption.js';
import { loadRecording } from '../load-recording.js';
import { Output } from '../output.js';
import { checkPlaces, type PlaceWords, servedAt, withPlaces } from '../places.js';
import { ProgressLine } from '../progress-line.js';
import { placeText, type Serve } from '../served-camera.js';
import { toEachHost } from '../to-each-host.js';
import { wholeNumber } from '../usage.js';

interface ReplayWords extends PlaceWords {
  readonly speed?: number | 'fast';
  readonly from?: number;
  readonly loop?: true;
  readonly json?: true;
}

/** `replay`: a recording as a camera, for programs that want a serial port or an address. */
export function addReplay(program: Command): void {
  withPlaces(
    withExample(
      program.command('replay <file>'),
      'openmv-rx record drive.mcap --virtual --duration 1 --overwrite',
      'openmv-rx replay drive.mcap --tcp 5555 --speed 2',
    ),
  )
    .description('play a recording, or a wire capture, as a camera to each host that comes, until Ctrl-C')
    .addOption(new Option('--speed <n>', 'times its own speed, or fast: as fast as it is read').argParser(speed))
    .option('--from <ms>', 'begin so many milliseconds behind its beginning', wholeNumber(0))
    .option('--loop', 'begin anew behind its end')
    .option('--json', 'print JSON lines')
    .action(async (file: string, words: ReplayWords) => {
      checkPlaces(program, words);
      const output = new Output(words.json === true);
      const line = new ProgressLine(output.json);
      const served$ = from(loadRecording()).pipe(
        switchMap(async (recording) => {
          await checkPlayable(recording, file);
          return recording;
        }),
        switchMap(({ replay }) => {
          const one = (way: 'usb' | 'tcp' | 'udp'): Serve => {
            const played = replay(file, replayOptions(words));
            let isOver = false;
            const serve: Serve = (connection) => {
              isOver = false;
              const watching = played.progress$
                .pipe(skipWhile(hasEnded), distinctUntilChanged(bothEnded))
                .subscribe((progress) => {
                  line.show(`${(progress.positionMs / 1000).toFixed(1)} s  ${counted(progress.frames, 'frame')}`);
                  if (progress.state !== 'ended') return;
                  isOver = true;
                  line.end();
                  output.write(endOf(progress), endWords(file, progress));
                });
              return played.serve(connection).pipe(finalize(() => watching.unsubscribe()));
            };
            // By TCP each host has a connection of its own.
            return way === 'tcp' ? serve : (connection) => toEachHost(connection, serve, () => isOver);
          };
          return servedAt(words, one);
        }),
        tap((place) => output.write(place, `${file} is at ${placeText(place)}`)),
        takeUntil(interruption()),
        finalize(() => line.end()),
      );
      await lastValueFrom(served$, { defaultValue: undefined });
    });
}

/** Refuses a file that can't be played before it is served, not when the first host comes. */
async function checkPlayable({ replay }: Awaited<ReturnType<typeof loadRecording>>, file: string): Promise<void> {
  try {
    await firstValueFrom(replay(file).open());
  } catch (cause) {
    // What is malformed otherwise came from a camera.
    if (!isOpenMVError(cause, 'MALFORMED')) throw cause;
    const message = withAdvice(cause.message, 'name a file that "openmv-rx record" has written, or a wire capture');
    throw new OpenMVError('FILE_UNAVAILABLE', message, { cause });
  }
}

/** The last playing, which may end while the next one opens the file. */
function hasEnded({ state }: ReplayProgress): boolean {
  return state === 'ended';
}

/** A replay that has ended ends once more when its host goes. */
function bothEnded(before: ReplayProgress, now: ReplayProgress): boolean {
  return hasEnded(before) && hasEnded(now);
}

function endOf({ entries, frames, positionMs, error }: ReplayProgress): object {
  return { ended: true, entries, frames, seconds: positionMs / 1000, ...(error && { error: error.message }) };
}

function endWords(file: string, { frames, error }: ReplayProgress): string {
  return `${file} is played: ${counted(frames, 'frame')}${error ? `; ${error.message}` : ''}`;
}

function replayOptions({ speed: times, from: fromMs, loop }: ReplayWords): ReplayOptions {
  return {
    ...(times !== undefined && { speed: times }),
    ...(fromMs !== undefined && { fromMs }),
    ...(loop && { loop }),
  };
}

function speed(word: string): number | 'fast' {
  if (word === 'fast') return word;
  const times = Number(word);
  if (times > 0 && times < Infinity) return times;
  throw new InvalidArgumentError('A number above 0, as in 0.5 or 2, or fast.');
}
