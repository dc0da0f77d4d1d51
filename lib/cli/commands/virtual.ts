import { type Command, InvalidArgumentError, Option } from 'commander';
import { lastValueFrom, takeUntil, tap } from 'rxjs';
import { boardNames } from '../../virtual/board-presets.js';
import type { BoardName, SensorFormat } from '../../virtual/index.js';
import { withExample } from '../arguments/usage.js';
import { interruption } from '../output/interruption.js';
import { Output } from '../output/output.js';
import { checkPlaces, type PlaceWords, servedAt, withPlaces } from '../serving/places.js';
import { placeText } from '../serving/served-camera.js';
import { busyTimes, orWrongUsage, share, wholeNumber, widthAndHeight } from '../arguments/usage.js';
import { boardOfWord, type CameraWords, virtualCamera } from '../serving/virtual-cameras.js';

interface VirtualOptions extends CameraWords, PlaceWords {
  readonly json?: true;
}

const FORMATS: readonly SensorFormat[] = ['rgb565', 'grayscale', 'binary', 'jpeg', 'png'];

/** `virtual`: cameras that are not there, for programs that want a serial port or an address. */
export function addVirtual(program: Command): void {
  withPlaces(withExample(program.command('virtual'), 'openmv-rx virtual --tcp 5000 --size 640x480 --loss 1%'))
    .description(
      'serve virtual cameras until Ctrl-C: one for each --pty, --tcp and --udp, of which there may be several',
    )
    .option('--board <name>', `which board it is: ${boardNames.join(', ')}`, board)
    .option('--fps <n>', 'frames a second', wholeNumber(1, 1000))
    .option('--size <width>x<height>', 'of its frames, in pixels', widthAndHeight)
    .addOption(new Option('--format <name>', 'what its sensor gives').choices(FORMATS))
    .option('--quality <n>', 'of its JPEGs, 1 to 100', wholeNumber(1, 100))
    .option('--busy <n/m>', 'be busy, and answer nothing, for n of every m milliseconds: 30/100', busyTimes)
    .option('--loss <share>', 'of the packets, each way, that are lost: 0.02 or 2%', share, 0)
    .option('--damage <share>', 'of the packets, each way, in which one bit is flipped: 0.02 or 2%', share, 0)
    .option('--seed <n>', 'which packets these are', wholeNumber(0), 1)
    .option('--json', 'print JSON lines')
    .action(async (options: VirtualOptions) => {
      const output = new Output(options.json === true);
      checkPlaces(program, options);
      const served$ = orWrongUsage(program, () => servedAt(options, (way) => virtualCamera(options, way))).pipe(
        tap((place) => output.write(place, `a virtual camera is at ${placeText(place)}`)),
        takeUntil(interruption()),
      );
      await lastValueFrom(served$, { defaultValue: undefined });
    });
}

function board(word: string): BoardName {
  const name = boardOfWord(word);
  if (name === undefined) throw new InvalidArgumentError(`One of ${boardNames.join(', ')}.`);
  return name;
}
