import { type Command, InvalidArgumentError, Option } from 'commander';
import { lastValueFrom, merge, type Observable, takeUntil, tap } from 'rxjs';
import { boardNames } from '../../device/board-presets.js';
import type { BoardName, SensorFormat } from '../../index.js';
import { withExample } from '../example.js';
import { interruption } from '../interruption.js';
import { Output } from '../output.js';
import { type Place, placeText, servedAtPty, servedAtTcp, servedAtUdp } from '../served-camera.js';
import { each, share, wholeNumber, widthAndHeight, orWrongUsage } from '../usage.js';
import { boardOfWord, type CameraWords, virtualCamera } from '../virtual-cameras.js';

interface VirtualOptions extends CameraWords {
  readonly pty: readonly string[];
  readonly tcp: readonly number[];
  readonly udp: readonly number[];
  readonly host?: string;
  readonly json?: true;
}

const FORMATS: readonly SensorFormat[] = ['rgb565', 'grayscale', 'binary', 'jpeg', 'png'];

/** `virtual`: cameras that are not there, for programs that want a serial port or an address. */
export function addVirtual(program: Command): void {
  const port = wholeNumber(0, 65_535);
  withExample(program.command('virtual'), 'openmv-rx virtual --tcp 5000 --size 640x480 --loss 1%')
    .description(
      'serve virtual cameras until Ctrl-C: one for each --pty, --tcp and --udp, of which there may be several',
    )
    .option('--pty <link>', 'as a serial port at this path, which is made (needs socat)', each(String), [])
    .option('--tcp <port>', 'by TCP, to one host at a time; 0 takes a free port', each(port), [])
    .option('--udp <port>', 'by UDP, to whoever wrote last; 0 takes a free port', each(port), [])
    .option('--host <address>', 'where to listen; 0.0.0.0 is all networks (default: 127.0.0.1, this computer alone)')
    .option('--board <name>', `which board it is: ${boardNames.join(', ')}`, board)
    .option('--fps <n>', 'frames a second', wholeNumber(1, 1000))
    .option('--size <width>x<height>', 'of its frames, in pixels', widthAndHeight)
    .addOption(new Option('--format <name>', 'what its sensor gives').choices(FORMATS))
    .option('--quality <n>', 'of its JPEGs, 1 to 100', wholeNumber(1, 100))
    .option('--loss <share>', 'of the packets, each way, that are lost: 0.02 or 2%', share, 0)
    .option('--damage <share>', 'of the packets, each way, in which one bit is flipped: 0.02 or 2%', share, 0)
    .option('--seed <n>', 'which packets these are', wholeNumber(0), 1)
    .option('--json', 'print JSON lines')
    .action(async (options: VirtualOptions) => {
      const output = new Output(options.json === true);
      const served$ = orWrongUsage(program, () => places(program, options)).pipe(
        tap((place) => output.write(place, `a virtual camera is at ${placeText(place)}`)),
        takeUntil(interruption()),
      );
      await lastValueFrom(served$, { defaultValue: undefined });
    });
}

/** Serves a camera at each place. */
function places(program: Command, { pty, tcp, udp, host, ...words }: VirtualOptions): Observable<Place> {
  if (pty.length + tcp.length + udp.length === 0)
    program.error('error: where is it to be served? --pty LINK, --tcp PORT or --udp PORT');
  if (new Set(pty).size < pty.length) program.error('error: each --pty needs a path of its own');
  if (host !== undefined && tcp.length + udp.length === 0)
    program.error('error: --host says where --tcp and --udp listen');
  return merge(
    ...pty.map((link) => servedAtPty(link, virtualCamera(words, 'usb'))),
    ...tcp.map((port) => servedAtTcp(port, host, virtualCamera(words, 'tcp'))),
    ...udp.map((port) => servedAtUdp(port, host, virtualCamera(words, 'udp'))),
  );
}

function board(word: string): BoardName {
  const name = boardOfWord(word);
  if (name === undefined) throw new InvalidArgumentError(`One of ${boardNames.join(', ')}.`);
  return name;
}
