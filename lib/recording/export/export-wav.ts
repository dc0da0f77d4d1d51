import type { Observable } from 'rxjs';
import { type OptionNames, requireOptions, requireWhole } from '../../arguments.js';
import { OpenMVError } from '../../errors.js';
import type { Samples, WaveformWidget } from '../../widgets/index.js';
import { encodeUtf8 } from '../../wire/payloads/index.js';
import { checkChannel, chosenChannel, valuesOf } from './channel-values.js';
import { type ExportedFile, exportFile, type ExportOptions, type Pieces, type Source } from './export-file.js';
import { widgetsIn } from './rows.js';

/** Options of exporting a waveform. */
export interface ExportWavOptions extends ExportOptions {
  /** The name of the channel with the widgets. Default: the only one whose values were recorded. */
  readonly channel?: string;
  /** The name of the waveform. Default: the first of the channel. */
  readonly widget?: string;
  /** Samples a second. Default: what the waveform says. */
  readonly sampleRate?: number;
}

/**
 * Writes the samples of a waveform widget to a WAV file, with a channel for each series. Samples of 8 and 16 bits are PCM, floats are
 * floats; unsigned samples of 16 bits, which WAV has not, are moved to the middle.
 *
 * The samples of one value follow those of the value before, and values with the same `timeUs` are written once. A script that shows windows which
 * overlap repeats samples.
 *
 * Cold. Reads the recording several times. Emits the file once, when it is whole, and completes; `count` is samples of each series. Unsubscribing
 * leaves no file. Holds a chunk of the recording.
 *
 * Errors with `MALFORMED` where there is no such waveform, or its type, series or rate change; with `INVALID_ARGUMENT` where the channel has to be
 * chosen or the rate has to be said; with `TOO_LARGE` over 4 GB; otherwise as `exportText` does.
 *
 * @throws {OpenMVError} `INVALID_ARGUMENT` that names the argument.
 *
 * @example
 * ```ts
 * import { exportWav } from 'openmv-rx/recording';
 *
 * exportWav('flight.mcap', 'signal.wav', { channel: 'controls' }).subscribe(({ count }) => console.log(count));
 * ```
 */
export function exportWav(recording: string, file: string, options: ExportWavOptions = {}): Observable<ExportedFile> {
  requireOptions('exportWav', options, KNOWN);
  const { sampleRate } = options;
  checkChannel(options);
  if (sampleRate !== undefined) requireWhole('sampleRate', sampleRate, 1, 0xffff_ffff);
  return exportFile(recording, file, options, (source) => sound(source, options));
}

async function* sound(source: Source, options: ExportWavOptions): Pieces {
  const channel = await chosenChannel(source, options.channel);
  let first: WaveformWidget | undefined;
  let samples = 0;
  for await (const waveform of waveformsOf(source, channel, options.widget)) {
    first ??= waveform;
    requireSame(first, waveform);
    samples += waveform.data.length;
  }
  if (first === undefined) {
    const which = options.widget === undefined ? 'no waveform with samples' : `no waveform '${options.widget}'`;
    throw source.nothing(`has ${which} in channel '${channel}'`);
  }
  const format = wavFormat(first.data);
  yield wavHead(format, { series: first.series, sampleRate: options.sampleRate ?? rateOf(first), samples });
  for await (const { data } of waveformsOf(source, channel, options.widget)) yield format.encode(data);
  if ((samples * format.bytes) % 2 === 1) yield Uint8Array.of(0);
  return samples / first.series;
}

/** The values that have samples, once each. */
async function* waveformsOf(
  source: Source,
  channel: string,
  name: string | undefined,
): AsyncGenerator<WaveformWidget & { readonly data: Samples }, void, undefined> {
  let lastUs: number | undefined;
  for await (const value of valuesOf(source, channel)) {
    const found = widgetsIn(value).find((one) => one.type === 'waveform' && (name === undefined || one.name === name));
    if (found?.type !== 'waveform' || found.data.length === 0) continue;
    if (found.timeUs !== undefined && found.timeUs === lastUs) continue;
    lastUs = found.timeUs;
    yield found;
  }
}

function requireSame(first: WaveformWidget, { name, series, samplePeriod, data }: WaveformWidget): void {
  const isSame =
    series === first.series && samplePeriod === first.samplePeriod && data.constructor === first.data.constructor;
  if (isSame && name === first.name) return;
  const words = `waveform '${first.name}' changes its series, its rate or the type of its samples, which a WAV has once`;
  throw new OpenMVError('MALFORMED', words);
}

function rateOf({ name, samplePeriod = 0 }: WaveformWidget): number {
  const rate = Math.round(1 / samplePeriod);
  if (rate >= 1 && rate < 2 ** 32) return rate;
  const words = `waveform '${name}' has no rate that a WAV can have: say how many samples a second it has`;
  throw new OpenMVError('INVALID_ARGUMENT', words);
}

const KNOWN: OptionNames<ExportWavOptions> = { channel: true, widget: true, sampleRate: true, overwrite: true };

const PCM = 1;
const FLOAT = 3;
/** RIFF counts bytes in 32 bits. */
const MOST_BYTES = 0xffff_ff00;

/** How samples of a type lie in a WAV file. */
interface WavFormat {
  readonly tag: number;
  /** The bytes of a sample. */
  readonly bytes: number;
  readonly encode: (samples: Samples) => Uint8Array;
}

/** Facts of the samples of a WAV file. */
interface WavContents {
  readonly series: number;
  readonly sampleRate: number;
  /** The samples of all series. */
  readonly samples: number;
}

/** WAV has unsigned samples of 8 bits and signed ones of 16; the others are moved by half of their range. */
function wavFormat(of: Samples): WavFormat {
  if (of instanceof Float32Array)
    return { tag: FLOAT, bytes: 4, encode: encoder(4, (view, at, value) => view.setFloat32(at, value, true)) };
  if (of.BYTES_PER_ELEMENT === 1) {
    const middle = of instanceof Int8Array ? 0x80 : 0;
    return { tag: PCM, bytes: 1, encode: encoder(1, (view, at, value) => view.setUint8(at, value + middle)) };
  }
  const middle = of instanceof Uint16Array ? 0x8000 : 0;
  return { tag: PCM, bytes: 2, encode: encoder(2, (view, at, value) => view.setInt16(at, value - middle, true)) };
}

/**
 * The bytes in front of the samples.
 *
 * @throws {OpenMVError} `TOO_LARGE` for more than the format can hold.
 */
function wavHead({ tag, bytes }: WavFormat, { series, sampleRate, samples }: WavContents): Uint8Array {
  const data = samples * bytes;
  if (data > MOST_BYTES) throw new OpenMVError('TOO_LARGE', 'a WAV file holds at most 4 GB: export it as NPY');
  const format = [...word(tag, 2), ...word(series, 2), ...word(sampleRate, 4)];
  format.push(...word(sampleRate * series * bytes, 4), ...word(series * bytes, 2), ...word(8 * bytes, 2));
  // Float WAV needs an empty extension and a `fact` chunk with the sample count.
  const isPcm = tag === PCM;
  if (!isPcm) format.push(...word(0, 2));
  const fact = isPcm ? [] : chunk('fact', word(samples / series, 4));
  const head = [...encodeUtf8('WAVE'), ...chunk('fmt ', format), ...fact, ...encodeUtf8('data'), ...word(data, 4)];
  return Uint8Array.of(...encodeUtf8('RIFF'), ...word(head.length + data + (data % 2), 4), ...head);
}

function chunk(name: string, bytes: readonly number[]): readonly number[] {
  return [...encodeUtf8(name), ...word(bytes.length, 4), ...bytes];
}

function word(value: number, bytes: number): readonly number[] {
  return Array.from({ length: bytes }, (_, at) => Math.floor(value / 2 ** (8 * at)) % 256);
}

function encoder(size: number, set: (view: DataView, at: number, value: number) => void) {
  return (samples: Samples): Uint8Array => {
    const bytes = new Uint8Array(size * samples.length);
    const view = new DataView(bytes.buffer);
    samples.forEach((value, index) => set(view, size * index, value));
    return bytes;
  };
}
