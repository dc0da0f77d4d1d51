import { type Command, InvalidArgumentError, Option } from 'commander';
import { finalize, from, lastValueFrom, merge, switchMap, takeUntil, tap, type Observable } from 'rxjs';
import type { ReplayOptions, ReplayProgress } from '../../recording/index.js';
import { withExample } from '../example.js';
import { interruption } from '../interruption.js';
import { loadRecording } from '../load-recording.js';
import { Output } from '../output.js';
import { ProgressLine } from '../progress-line.js';
import { type Place, placeText, type Serve, servedAtPty, servedAtTcp, servedAtUdp } from '../served-camera.js';
import { each, wholeNumber } from '../usage.js';

interface ReplayWords {
  readonly pty: readonly string[];
  readonly tcp: readonly number[];
  readonly udp: readonly number[];
  readonly host?: string;
  readonly speed?: number | 'fast';
  readonly from?: number;
  readonly loop?: true;
  readonly json?: true;
}

/** `replay`: a recording as a camera, for programs that want a serial port or an address. */
export function addReplay(program: Command): void {
  const port = wholeNumber(0, 65_535);
  withExample(
    program.command('replay <file>'),
    'openmv-rx record drive.mcap --virtual --duration 1 --overwrite',
    'openmv-rx replay drive.mcap --tcp 5555 --speed 2',
  )
    .description('play a recording, or a wire capture, as a camera to each host that comes, until Ctrl-C')
    .option('--pty <link>', 'as a serial port at this path, which is made (needs socat)', each(String), [])
    .option('--tcp <port>', 'by TCP, to one host at a time; 0 takes a free port', each(port), [])
    .option('--udp <port>', 'by UDP, to whoever wrote last; 0 takes a free port', each(port), [])
    .option('--host <address>', 'where to listen (default: 127.0.0.1, this computer alone)')
    .addOption(new Option('--speed <n>', 'times its own speed, or fast: as fast as it is read').argParser(speed))
    .option('--from <ms>', 'begin so many milliseconds behind its beginning', wholeNumber(0))
    .option('--loop', 'begin anew behind its end')
    .option('--json', 'print JSON lines')
    .action(async (file: string, words: ReplayWords) => {
      if (words.pty.length + words.tcp.length + words.udp.length === 0)
        program.error('error: where is it to be served? --pty LINK, --tcp PORT or --udp PORT');
      const output = new Output(words.json === true);
      const line = new ProgressLine(output.json);
      const served$ = from(loadRecording()).pipe(
        switchMap(async (recording) => {
          // A file that can't be played is told at once, and not to the first host.
          const entries = recording.readRecording(file);
          await entries.next();
          await entries.return();
          return recording;
        }),
        switchMap(({ replay }) => {
          const one = (): Serve => {
            const played = replay(file, replayOptions(words));
            return (connection) => {
              const watching = played.progress$.subscribe((progress) => {
                line.show(`${(progress.positionMs / 1000).toFixed(1)} s  ${progress.frames} frames`);
                if (progress.state !== 'ended') return;
                line.end();
                output.write(endOf(progress), endWords(file, progress));
              });
              return played.serve(connection).pipe(finalize(() => watching.unsubscribe()));
            };
          };
          return places(words, one);
        }),
        tap((place) => output.write(place, `${file} is at ${placeText(place)}`)),
        takeUntil(interruption()),
        finalize(() => line.end()),
      );
      await lastValueFrom(served$, { defaultValue: undefined });
    });
}

function endOf({ entries, frames, positionMs, error }: ReplayProgress): object {
  return { ended: true, entries, frames, seconds: positionMs / 1000, ...(error && { error: error.message }) };
}

function endWords(file: string, { frames, error }: ReplayProgress): string {
  return `${file} is played: ${frames} frames${error ? `; ${error.message}` : ''}`;
}

function places({ pty, tcp, udp, host }: ReplayWords, serve: () => Serve): Observable<Place> {
  return merge(
    ...pty.map((link) => servedAtPty(link, serve())),
    ...tcp.map((port) => servedAtTcp(port, host, serve())),
    ...udp.map((port) => servedAtUdp(port, host, serve())),
  );
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
