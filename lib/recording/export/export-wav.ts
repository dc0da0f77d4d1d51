import type { Observable } from 'rxjs';
import { requireOptions, type OptionNames } from '../../arguments.js';
import { OpenMVError } from '../../errors.js';
import type { Samples, WaveformWidget } from '../../widgets/index.js';
import { checkChannel, chosenChannel, valuesOf } from './channel-values.js';
import { exportFile, type ExportedFile, type ExportOptions, type Pieces, type Source } from './export-file.js';
import { widgetsIn } from './rows.js';
import { wavFormat, wavHead } from './wav.js';

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
  if (sampleRate !== undefined && !(Number.isInteger(sampleRate) && sampleRate > 0 && sampleRate < 2 ** 32)) {
    throw new OpenMVError('INVALID_ARGUMENT', `sampleRate must be a whole number above 0, not ${sampleRate}`);
  }
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
