import { type Command, InvalidArgumentError, Option } from 'commander';
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
import { counted } from '../output/words.js';
import { withExample } from '../arguments/usage.js';
import { interruption, orInterrupted } from '../output/interruption.js';
import { type LayoutArgument, layoutArgument } from '../arguments/layout.js';
import { loadRecording } from '../load.js';
import { Output } from '../output/output.js';
import { ProgressLine } from '../output/progress-line.js';
import { orWrongUsage, wholeNumber } from '../arguments/usage.js';

interface ExportWords {
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

/** A file, or a folder of them, and how much is in it. */
interface Exported {
  readonly file: string;
  readonly count: number;
  readonly what: string;
}

const NUMBERS: readonly (keyof NumberArrays)[] = ['u8', 'i8', 'u16', 'i16', 'u32', 'i32', 'f32', 'f64'];

/** `export FILE`: a recording as pictures, a video, text, tables, sound and arrays. */
export function addExport(program: Command): void {
  withExample(
    program.command('export <file>'),
    'openmv-rx record a.mcap --virtual --frames 9 --channel config:json --overwrite',
    'openmv-rx export a.mcap --frames pictures --csv config.csv --overwrite',
  )
    .description('write what is in a recording to files that other programs read')
    .option('--frames <folder>', 'each frame as a file of this folder, JPEG or PNG')
    .option('--video <file>', 'the frames as a video of the kind that its ending says (needs ffmpeg)')
    .option('--fps <n>', 'pictures a second of the video; default 30', wholeNumber(1, 1000))
    .option('--text <file>', 'what the scripts printed')
    .option('--csv <file>', 'the values of a channel as a table, with a column for each field')
    .option('--npy <file>', 'the values of a channel as an array for NumPy')
    .option('--wav <file>', 'the samples of a waveform widget as sound')
    .option('--channel <name>', 'whose values; default: the only channel that was recorded')
    .option('--layout <letters>', "of the records of a channel of bytes, as Python's struct: '<Q6f'", layoutArgument)
    .addOption(new Option('--type <type>', 'of the numbers of a channel of bytes, for --npy').choices(NUMBERS))
    .option('--shape <n,n>', 'the dimensions of each of its values, with --type', shape)
    .option('--widget <name>', 'which waveform, or for --npy picture of distances; default: the first')
    .option('--rate <n>', 'samples a second of the sound; default: what the waveform says', wholeNumber(1))
    .option('--overwrite', 'replace files that are there already')
    .option('--json', 'print JSON lines')
    .action(async (file: string, words: ExportWords) => {
      const { frames, video, text, csv, npy, wav } = words;
      if ([frames, video, text, csv, npy, wav].every((one) => one === undefined))
        program.error('error: nothing to export: choose --frames, --video, --text, --csv, --npy or --wav');
      const output = new Output(words.json === true);
      const line = new ProgressLine(output.json);
      const exported$ = from(loadRecording()).pipe(
        switchMap((library) => concat(...orWrongUsage(program, () => exports(library, file, words, line)))),
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

/** The chosen exports, one after another; behind all of them, what was wrong with the recording. */
function exports(library: Library, file: string, words: ExportWords, line: ProgressLine): Observable<Exported>[] {
  const { frames, video, text, csv, npy, wav, fps, rate, layout } = words;
  const overwrite = words.overwrite === true;
  const channel = { overwrite, ...given({ channel: words.channel }) };
  const records = { ...channel, ...given({ layout: layout?.layout, byteOrder: layout?.byteOrder }) };
  const widget = given({ widget: words.widget });
  const array = { ...records, ...widget, ...given({ type: words.type, shape: words.shape }) };
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

/** Without what was not said. */
function given<T extends object>(options: T): { [K in keyof T]?: NonNullable<T[K]> } {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: NonNullable<T[K]>;
  };
}

function shape(value: string): readonly number[] {
  if (/^[1-9]\d{0,8}([,x][1-9]\d{0,8})*$/.test(value)) return value.split(/[,x]/).map(Number);
  throw new InvalidArgumentError('Whole numbers, as in 3 or 24,32.');
}
