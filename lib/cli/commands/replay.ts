import { type Command, InvalidArgumentError, Option } from 'commander';
import { given } from '../../arguments.js';
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
import type { ReplayProgress } from '../../recording/index.js';
import type { Connection } from '../../transport/transport.js';
import { wholeNumber, withExample } from '../arguments/usage.js';
import { loadRecording } from '../optional-packages.js';
import { withAdvice } from '../output/failure.js';
import { interruption } from '../output/interruption.js';
import { Output } from '../output/output.js';
import { ProgressLine } from '../output/progress-line.js';
import { counted } from '../output/text.js';
import {
  checkEndpoints,
  type EndpointKind,
  type EndpointOptions,
  serveAt,
  withEndpoints,
  endpointText,
  type Serve,
} from '../serving/endpoints.js';

/** The first packet of a host, always the same bytes (PROTOCOL 1). */
const SYNC = encodePacket({ opcode: Opcode.PROTO_SYNC });

/**
 * Serves one host after another on a connection that stays open, as that of a serial port or UDP, where hosts come and go unannounced.
 * A new host has come when PROTO_SYNC arrives and nothing is being served, or `isOver` says that the last playback is over. During
 * a playback, PROTO_SYNC comes from the same host. Completes when a host or the camera ends the connection.
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

interface ReplayCommandOptions extends EndpointOptions {
  readonly speed?: number | 'fast';
  readonly from?: number;
  readonly loop?: true;
  readonly json?: true;
}

/** `replay`: serves a recording as a camera to programs that expect a serial port or an address. */
export function addReplay(program: Command): void {
  withEndpoints(
    withExample(
      program.command('replay <file>'),
      'openmv-rx record drive.mcap --virtual --duration 1 --overwrite',
      'openmv-rx replay drive.mcap --tcp 5555 --speed 2',
    ),
  )
    .description('play a recording or wire capture as a camera, to each host that connects, until Ctrl-C')
    .addOption(new Option('--speed <n>', 'speed factor, or fast: as fast as the host reads').argParser(speed))
    .option('--from <ms>', 'start this many milliseconds after the beginning', wholeNumber(0))
    .option('--loop', 'start again at the end')
    .option('--json', 'print JSON lines')
    .action(async (file: string, words: ReplayCommandOptions) => {
      checkEndpoints(program, words);
      const output = new Output(words.json === true);
      const line = new ProgressLine(output.json);
      const served$ = from(loadRecording()).pipe(
        switchMap(async (recording) => {
          await checkPlayable(recording, file);
          return recording;
        }),
        switchMap(({ replay }) => {
          const camera = (kind: EndpointKind): Serve => {
            const played = replay(file, given({ speed: words.speed, fromMs: words.from, loop: words.loop }));
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
            // With TCP, each host has its own connection.
            return kind === 'tcp' ? serve : (connection) => toEachHost(connection, serve, () => isOver);
          };
          return serveAt(words, camera);
        }),
        tap((place) => output.write(place, `${file} is at ${endpointText(place)}`)),
        takeUntil(interruption()),
        finalize(() => line.end()),
      );
      await lastValueFrom(served$, { defaultValue: undefined });
    });
}

/** Refuses a file that can't be played now, not when the first host connects. */
async function checkPlayable({ replay }: Awaited<ReturnType<typeof loadRecording>>, file: string): Promise<void> {
  try {
    await firstValueFrom(replay(file).open());
  } catch (cause) {
    // MALFORMED usually comes from a camera, and has other advice.
    if (!isOpenMVError(cause, 'MALFORMED')) throw cause;
    const message = withAdvice(cause.message, 'choose a recording of "openmv-rx record" or a wire capture');
    throw new OpenMVError('FILE_UNAVAILABLE', message, { cause });
  }
}

/** The last playback may end while the next one opens the file. */
function hasEnded({ state }: ReplayProgress): boolean {
  return state === 'ended';
}

/** A replay that has ended ends once more when its host leaves. */
function bothEnded(before: ReplayProgress, now: ReplayProgress): boolean {
  return hasEnded(before) && hasEnded(now);
}

function endOf({ entries, frames, positionMs, error }: ReplayProgress): object {
  return { ended: true, entries, frames, seconds: positionMs / 1000, ...(error && { error: error.message }) };
}

function endWords(file: string, { frames, error }: ReplayProgress): string {
  return `played ${file}: ${counted(frames, 'frame')}${error ? `; ${error.message}` : ''}`;
}

function speed(word: string): number | 'fast' {
  if (word === 'fast') return word;
  const times = Number(word);
  if (times > 0 && times < Infinity) return times;
  throw new InvalidArgumentError('Use a number above 0, as in 0.5 or 2, or fast.');
}
