import type { Command } from 'commander';
import {
  concat,
  connect,
  defer,
  EMPTY,
  finalize,
  ignoreElements,
  interval,
  merge,
  type Observable,
  switchMap,
  takeUntil,
  tap,
} from 'rxjs';
import { type Measurement, measurementText } from '../bench/measurement.js';
import { largestChannel, opening, readable, reading, repeats, roundTrips, streaming } from '../bench/measurements.js';
import { cameraCommand, type CameraCommandOptions, rawOption, withCamera } from '../camera-command.js';
import { orInterrupted } from '../output/interruption.js';
import { ProgressLine } from '../output/progress-line.js';
import { wholeNumber } from '../arguments/usage.js';
import { checkAlive } from '../liveness.js';

interface BenchOptions extends CameraCommandOptions {
  readonly seconds: number;
  readonly channel?: string;
}

const LOOK_MS = 100;
/** The parts that take time: round trips, frames, reading. */
const PARTS = 3;

/** `bench`: measures a camera and the connection to it. */
export function addBench(program: Command): void {
  cameraCommand(
    program,
    'bench',
    'measure the camera and the connection: opening, round trips, frames, reading',
    'openmv-rx bench --virtual --seconds 1',
  )
    .addOption(rawOption())
    .option('--seconds <n>', 'how long to measure each', wholeNumber(1, 600), 2)
    .option('--channel <name>', 'the channel to read (default: the largest channel of the script)')
    .action(({ seconds, channel, ...options }: BenchOptions) =>
      withCamera(options, ({ camera, output, stop$ }) => {
        const ms = seconds * 1000;
        const progress = new BenchProgress(new ProgressLine(output.json), ms);
        const name$ = channel === undefined ? largestChannel(camera) : [channel];
        const all$ = concat(
          opening(camera),
          // Fail before the long measurements.
          channel === undefined ? EMPTY : readable(camera, channel),
          progress.during('round trips', roundTrips(camera, ms)),
          progress.during('frames', streaming(camera, ms)),
          defer(() => name$).pipe(
            switchMap((name) =>
              name === undefined ? EMPTY : progress.during(`reading ${name}`, reading(camera.channel(name), ms)),
            ),
          ),
          // The measurements end by time, even if the camera has vanished.
          checkAlive(camera),
          repeats(camera),
        );
        return all$.pipe(
          orInterrupted(stop$),
          tap((measurement) => {
            progress.end();
            output.write(
              measurement,
              `${output.name(measurement.measured.padEnd(11))}  ${measurementText(measurement)}`,
            );
          }),
          finalize(() => progress.end()),
        );
      }),
    );
}

/** Shows the progress of all measurements, by time. */
class BenchProgress {
  readonly #line: ProgressLine;
  readonly #partMs: number;
  #parts = 0;

  constructor(line: ProgressLine, partMs: number) {
    this.#line = line;
    this.#partMs = partMs;
  }

  /** Shows the progress of one measurement until it ends. */
  during(what: string, work: Observable<Measurement>): Observable<Measurement> {
    return defer(() => {
      const before = this.#parts++;
      const begun = performance.now();
      const shown$ = interval(LOOK_MS).pipe(
        tap(() => {
          const share = Math.min((performance.now() - begun) / this.#partMs, 1);
          this.#line.show(`measuring ${what}`, (before + share) / PARTS);
        }),
        ignoreElements(),
      );
      return work.pipe(connect((work$) => merge(work$, shown$.pipe(takeUntil(work$)))));
    });
  }

  end(): void {
    this.#line.end();
  }
}
