import { type Command, InvalidArgumentError, Option } from 'commander';
import { given } from '../../arguments.js';
import {
  catchError,
  concat,
  defer,
  EMPTY,
  finalize,
  from,
  lastValueFrom,
  map,
  type Observable,
  switchMap,
  takeLast,
  tap,
  throwError,
} from 'rxjs';
import { isOpenMVError } from '../../errors.js';
import type { NumberArrays } from '../../index.js';
import type * as Recording from '../../recording/index.js';
import type { ExportedFile } from '../../recording/index.js';
import { counted } from '../output/text.js';
import { withExample, orWrongUsage, wholeNumber } from '../arguments/usage.js';
import { interruption, orInterrupted } from '../output/interruption.js';
import { type LayoutArgument, layoutArgument } from '../arguments/layout.js';
import { loadRecording } from '../optional-packages.js';
import { Output } from '../output/output.js';
import { ProgressLine } from '../output/progress-line.js';

interface ExportCommandOptions {
  readonly frames?: string;
  readonly video?: string;
  readonly fps?: number;
  readonly text?: string;
  readonly csv?: string;
  readonly wav?: string;
  readonly npy?: string;
  readonly channel?: string;
  readonly layout?: LayoutArgument;
  readonly type?: keyof NumberArrays;
  readonly shape?: readonly number[];
  readonly widget?: string;
  readonly rate?: number;
  readonly overwrite?: true;
  readonly json?: true;
}

type Library = typeof Recording;

/** A written file or folder, and how much it contains. */
interface Exported {
  readonly file: string;
  readonly count: number;
  readonly what: string;
}

const NUMBERS: readonly (keyof NumberArrays)[] = ['u8', 'i8', 'u16', 'i16', 'u32', 'i32', 'f32', 'f64'];

/** `export FILE`: converts a recording to pictures, a video, text, tables, sound and arrays. */
export function addExport(program: Command): void {
  withExample(
    program.command('export <file>'),
    'openmv-rx record a.mcap --virtual --frames 9 --channel config:json --overwrite',
    'openmv-rx export a.mcap --frames pictures --csv config.csv --overwrite',
  )
    .description('convert a recording to files that other programs read')
    .option('--frames <folder>', 'write each frame to this folder, as JPEG or PNG')
    .option('--video <file>', 'write the frames as a video; the extension chooses the format (needs ffmpeg)')
    .option('--fps <n>', 'frames a second of the video; default 30', wholeNumber(1, 1000))
    .option('--text <file>', 'write the text that the scripts printed')
    .option('--csv <file>', 'write the values of a channel as a table, with a column for each field')
    .option('--npy <file>', 'write the values of a channel as a NumPy array')
    .option('--wav <file>', 'write the samples of a waveform widget as sound')
    .option('--channel <name>', 'the channel to export; default: the only one that was recorded')
    .option(
      '--layout <letters>',
      "the layout of a bytes channel's records, in the letters of Python's struct: '<Q6f'",
      layoutArgument,
    )
    .addOption(new Option('--type <type>', 'the type of the numbers in a bytes channel, for --npy').choices(NUMBERS))
    .option('--shape <n,n>', 'the dimensions of each value, with --type', shape)
    .option('--widget <name>', 'which waveform (or depth picture, for --npy); default: the first')
    .option('--rate <n>', 'samples a second of the sound; default: the rate of the waveform', wholeNumber(1))
    .option('--overwrite', 'replace existing files')
    .option('--json', 'print JSON lines')
    .action(async (file: string, options: ExportCommandOptions) => {
      const { frames, video, text, csv, npy, wav } = options;
      if ([frames, video, text, csv, npy, wav].every((one) => one === undefined))
        program.error('error: nothing to export: choose --frames, --video, --text, --csv, --npy or --wav');
      const output = new Output(options.json === true);
      const line = new ProgressLine(output.json);
      const exported$ = from(loadRecording()).pipe(
        switchMap((library) => concat(...orWrongUsage(program, () => exports(library, file, options, line)))),
        orInterrupted<Exported>(interruption()),
        tap(({ file: made, count, what }) => {
          line.end();
          output.write({ file: made, [what]: count }, `${made}  ${counted(count, what.replace(/s$/, ''))}`);
        }),
        finalize(() => line.end()),
      );
      await lastValueFrom(exported$, { defaultValue: undefined });
    });
}

/** Runs the chosen exports one after another, and then errors if the recording was damaged. */
function exports(
  library: Library,
  file: string,
  options: ExportCommandOptions,
  line: ProgressLine,
): Observable<Exported>[] {
  const { frames, video, text, csv, npy, wav, fps, rate, layout } = options;
  const overwrite = options.overwrite === true;
  const channel = { overwrite, ...given({ channel: options.channel }) };
  const records = { ...channel, ...given({ layout: layout?.layout, byteOrder: layout?.byteOrder }) };
  const widget = given({ widget: options.widget });
  const array = { ...records, ...widget, ...given({ type: options.type, shape: options.shape }) };
  let damage: unknown;
  const ofDamaged = <T>(exported$: Observable<T>): Observable<T> =>
    exported$.pipe(
      catchError((error: unknown) => {
        if (!isOpenMVError(error, 'TRUNCATED') && !isOpenMVError(error, 'MALFORMED')) throw error;
        damage ??= error;
        return EMPTY;
      }),
    );
  const whole = (what: string, exported$: Observable<ExportedFile>): Observable<Exported> =>
    ofDamaged(exported$).pipe(map((exported) => ({ ...exported, what })));
  const pictures = (made: string, numbers$: Observable<number>): Observable<Exported> =>
    ofDamaged(numbers$).pipe(
      tap((count) => line.show(`${made}  ${counted(count, 'frame')}`)),
      takeLast(1),
      map((count) => ({ file: made, count, what: 'frames' })),
    );
  const chosen: Observable<Exported>[] = [];
  if (frames !== undefined) {
    const exported$ = library.exportFrames(file, frames, { overwrite });
    chosen.push(pictures(frames, exported$.pipe(map(({ number }) => number))));
  }
  if (video !== undefined) {
    const exported$ = library.exportVideo(file, video, { overwrite, ...given({ framesPerSecond: fps }) });
    chosen.push(pictures(video, exported$.pipe(map((progress) => progress.frames))));
  }
  if (text !== undefined) chosen.push(whole('pieces', library.exportText(file, text, { overwrite })));
  if (csv !== undefined) chosen.push(whole('rows', library.exportCsv(file, csv, records)));
  if (npy !== undefined) chosen.push(whole('values', library.exportNpy(file, npy, array)));
  if (wav !== undefined) {
    chosen.push(
      whole('samples', library.exportWav(file, wav, { ...channel, ...widget, ...given({ sampleRate: rate }) })),
    );
  }
  return [...chosen, defer(() => (damage === undefined ? EMPTY : throwError(() => damage)))];
}

function shape(value: string): readonly number[] {
  if (/^[1-9]\d{0,8}([,x][1-9]\d{0,8})*$/.test(value)) return value.split(/[,x]/).map(Number);
  throw new InvalidArgumentError('Use whole numbers, as in 3 or 24,32.');
}
