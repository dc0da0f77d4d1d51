import { fstatSync, statSync } from 'node:fs';
import { given } from '../../arguments.js';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { concat, defer, EMPTY, filter, finalize, from, ignoreElements, switchMap, tap, throwError } from 'rxjs';
import type { RecordedChannel, RecordedFrames, RecordingProgress, RecordOptions } from '../../recording/index.js';
import { OpenMVError } from '../../errors.js';
import { cutName } from '../../host/arguments.js';
import { cameraCommand, type CameraCommandOptions, rawOption, withCamera } from '../camera-command.js';
import { counted } from '../output/text.js';
import { orInterrupted } from '../output/interruption.js';
import { layoutArgument } from '../arguments/layout.js';
import { loadRecording } from '../optional-packages.js';
import { Output } from '../output/output.js';
import { ProgressLine } from '../output/progress-line.js';
import { each, wholeNumber } from '../arguments/usage.js';
import { checkAlive } from '../liveness.js';

interface RecordCommandOptions extends CameraCommandOptions {
  readonly frames?: number;
  readonly duration?: number;
  readonly latest?: true;
  readonly every?: number;
  readonly channel?: readonly RecordedChannel[];
  readonly splitBytes?: number;
  readonly splitSeconds?: number;
  readonly overwrite?: true;
}

/** `record`: records everything that a camera sends to an MCAP file. */
export function addRecord(program: Command): void {
  cameraCommand(
    program,
    'record <file>',
    'record frames, text, events and channels to an MCAP file, until Ctrl-C',
    'openmv-rx record flight.mcap --virtual --frames 50 --channel config:json',
  )
    .addOption(rawOption())
    .option('--frames <n>', 'stop after this many frames', wholeNumber(1))
    .option('--duration <seconds>', 'stop after this long', wholeNumber(1))
    .addOption(
      new Option('--latest', 'drop frames if the disk is slow (default: make the camera wait)').conflicts('every'),
    )
    .option('--every <ms>', 'record one frame every so many milliseconds', wholeNumber(1))
    .option(
      '--channel <name[:kind]>',
      'also record a channel, as json, cbor, bytes (default) or records: imu:<Q6f (may be repeated)',
      each(channel),
    )
    .option('--split-bytes <n>', 'start a new file at this size', wholeNumber(1))
    .option('--split-seconds <n>', 'start a new file after this long', wholeNumber(1))
    .option('--overwrite', 'replace an existing file')
    .action((file: string, words: RecordCommandOptions) =>
      withCamera(words, ({ camera, output, stop$ }) => {
        const line = new ProgressLine(output.json);
        let last: RecordingProgress | undefined;
        const seen = new Set<string>();
        const looking = camera.channels$.subscribe({
          next: (channels) => channels.forEach(({ name }) => seen.add(name)),
          error: () => undefined,
        });
        let isAskedFor = false;
        const until$ = stop$.pipe(tap(() => (isAskedFor = true)));
        const recorded$ = from(loadRecording()).pipe(
          switchMap(({ record }) => record(camera, { ...recordOptions(file, words), until$ })),
          // Before there is a file, an interruption has nothing to complete.
          orInterrupted(stop$.pipe(filter(() => last === undefined))),
          tap((progress) => {
            last = progress;
            line.show(progressWords(progress), shareOf(progress, words));
          }),
          finalize(() => {
            line.end();
            looking.unsubscribe();
          }),
          ignoreElements(),
        );
        // A recording with --duration ends by time, even if the camera has vanished.
        const answered$ = defer(() => (words.duration === undefined || isAskedFor ? EMPTY : checkAlive(camera)));
        const summary$ = defer(() => {
          // A recording to standard output must be alone there.
          const summary = isStandardOutput(file) ? new Output(output.json, process.stderr) : output;
          if (last) summary.write(last, `${last.file}: ${progressWords(last)}`);
          return [];
        });
        const complete$ = defer(() => {
          const missing = (words.channel ?? []).map(nameOf).filter((name) => !seen.has(cutName(name)));
          if (missing.length === 0 || last === undefined) return EMPTY;
          const message = `the camera has no channel ${missing.map((name) => `'${name}'`).join(' or ')}: nothing was recorded of it`;
          return throwError(() => new OpenMVError('NO_SUCH_CHANNEL', message));
        });
        return concat(recorded$, summary$, answered$, complete$);
      }),
    );
}

function isStandardOutput(file: string): boolean {
  try {
    const [named, own] = [statSync(file), fstatSync(process.stdout.fd)];
    return named.dev === own.dev && named.ino === own.ino;
  } catch {
    return false;
  }
}

function recordOptions(file: string, words: RecordCommandOptions): RecordOptions {
  const { frames, duration, channel: channels = [], splitBytes: bytes, splitSeconds: seconds, overwrite } = words;
  const split = given({ bytes, seconds });
  return {
    file,
    frames: chosenFrames(words),
    channels,
    overwrite: overwrite === true,
    ...(frames !== undefined && { maxFrames: frames }),
    ...(duration !== undefined && { durationMs: duration * 1000 }),
    ...(Object.keys(split).length > 0 && { split }),
  };
}

function chosenFrames({ latest, every }: RecordCommandOptions): RecordedFrames {
  if (every !== undefined) return { everyMs: every };
  return latest ? 'latest' : 'lossless';
}

function shareOf({ frames, seconds }: RecordingProgress, words: RecordCommandOptions): number | undefined {
  const shares = [
    ...(words.frames === undefined ? [] : [frames / words.frames]),
    ...(words.duration === undefined ? [] : [seconds / words.duration]),
  ];
  return shares.length === 0 ? undefined : Math.max(...shares);
}

function progressWords({ frames, dropped, files, bytes, seconds, framesPerSecond }: RecordingProgress): string {
  return [
    counted(frames, 'frame'),
    ...(dropped > 0 ? [`${dropped} dropped`] : []),
    ...(files > 1 ? [counted(files, 'file')] : []),
    `${(bytes / 1e6).toFixed(1)} MB`,
    `${seconds.toFixed(1)} s`,
    `${framesPerSecond.toFixed(1)} fps`,
  ].join('  ');
}

function nameOf(recorded: RecordedChannel): string {
  return typeof recorded === 'string' ? recorded : recorded.name;
}

function channel(word: string): RecordedChannel {
  const [, name = '', encoding = 'bytes'] = /^(.+?)(?::(json|cbor|bytes|[<>=!@].*))?$/.exec(word) ?? [];
  if (name === '' || name.includes(':'))
    throw new InvalidArgumentError("Use a channel, as in config, config:json, list:cbor or 'imu:<Q6f'.");
  if (/^[>!]/.test(encoding)) {
    throw new InvalidArgumentError(
      "Records must be little-endian, with < or =. Record big-endian ones as bytes, and pass --layout to 'export'.",
    );
  }
  if (/^[<=@]/.test(encoding)) return { name, layout: layoutArgument(encoding).layout };
  return { name, encoding: encoding as 'bytes' };
}
