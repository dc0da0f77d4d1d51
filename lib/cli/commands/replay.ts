import { type Command, InvalidArgumentError, Option } from 'commander';
import {
  concat,
  distinctUntilChanged,
  filter,
  finalize,
  firstValueFrom,
  from,
  ignoreElements,
  lastValueFrom,
  type Observable,
  of,
  skipWhile,
  switchMap,
  takeUntil,
  takeWhile,
  tap,
} from 'rxjs';
import { isOpenMVError, OpenMVError } from '../../errors.js';
import { decode, encodePacket, isPacket, Opcode } from '../../operators/index.js';
import type { ReplayOptions, ReplayProgress } from '../../recording/index.js';
import type { Connection } from '../../transport/transport.js';
import { wholeNumber, withExample } from '../arguments/usage.js';
import { loadRecording } from '../load.js';
import { withAdvice } from '../output/failure.js';
import { interruption } from '../output/interruption.js';
import { Output } from '../output/output.js';
import { ProgressLine } from '../output/progress-line.js';
import { counted } from '../output/words.js';
import { checkPlaces, type PlaceWords, servedAt, withPlaces } from '../serving/places.js';
import { placeText, type Serve } from '../serving/served-camera.js';

/** The first packet of a host, always the same bytes (PROTOCOL 1). */
const SYNC = encodePacket({ opcode: Opcode.PROTO_SYNC });

/**
 * Serves each host that comes, where hosts come and go without a word on a connection that stays, as that of a serial
 * port and of UDP does. A host has come when it synchronises while nothing is served, or `isOver` says so of what is: one that
 * is being served may synchronise as well, and is served on. Completes when a host or the camera has ended the connection.
 */
export function toEachHost(connection: Connection, serve: Serve, isOver: () => boolean): Observable<never> {
  let served = false;
  return connection.bytes$.pipe(
    decode(),
    filter((one) => isPacket(one) && one.opcode === Opcode.PROTO_SYNC && (!served || isOver())),
    switchMap(() => {
      served = true;
      const bytes$ = concat(of(SYNC), connection.bytes$);
      return concat(serve({ bytes$, write: (bytes) => connection.write(bytes) }), of('ended'));
    }),
    takeWhile((one) => one !== 'ended'),
    ignoreElements(),
  );
}

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
