import { concat, of, tap, timer, type Observable } from 'rxjs';
import { Device } from '../../lib/device/device.js';
import { ScriptRunner } from '../../lib/virtual/script/script-runner.js';
import { StdinChannel } from '../../lib/device/backends/stdin-channel.js';
import { StdoutChannel } from '../../lib/device/backends/stdout-channel.js';
import { StreamChannel } from '../../lib/device/backends/stream-channel.js';
import { Opcode } from '../../lib/wire/opcode.js';
import { decodeSystemInfo } from '../../lib/wire/payloads/index.js';
import type { Clock } from './clock.js';
import { registerStandIns } from './recorded-device.js';
import { link, recordedReplies, type Link } from './support.js';

/** When the recorded scripts print, in milliseconds from their beginning: between which reads what stood gives it away. */
const FIRST_LINE_MS = 3;
const LINE_MS = 20.2;

/**
 * The camera of the captures with scripts: the channels of the firmware, and an interpreter that does what the recorded
 * one did with its scripts. It printed the same whatever the script; it registered the stand-ins where they were gone,
 * and `late` where the script asks for it.
 */
export function recordedCamera(clock: Clock): { stream: StreamChannel; link: Link } {
  const device = new Device({
    scheduler: clock,
    systemInfo: decodeSystemInfo(recordedReplies('naks', Opcode.SYS_INFO)[0]!),
  });
  let lines = 0;
  let hasStandIns = true;

  const script = (source: string) => (): Observable<unknown> => {
    if (!hasStandIns) registerStandIns(device);
    hasStandIns = true;
    if (source.includes("register(name='late'")) {
      const count = Uint8Array.from('count: 1', (char) => char.charCodeAt(0));
      device.register('late', { size: () => count.length, read: (offset) => count.subarray(offset) });
    }
    const started = of(undefined).pipe(tap(() => stdout.print('script started\n')));
    const printing = timer(FIRST_LINE_MS, LINE_MS, clock).pipe(tap(() => stdout.print(`line ${lines++} héllo\n`)));
    return concat(started, printing);
  };

  const runner = new ScriptRunner(
    {
      uploaded: () => script(stdin.source),
      started: () => stdin.announce(true),
      ended: () => {
        stdin.announce(false);
        device.softReboot();
        hasStandIns = false;
        stdin.clear();
        stdout.print('MPY: soft reboot\n');
      },
    },
    clock,
  );
  const stdin: StdinChannel = new StdinChannel(device, runner);
  const stdout = new StdoutChannel(device, 1024, 50, clock);
  const raw = { enabled: false, width: 0, height: 0 };
  const stream = new StreamChannel(device, { raw, sensors: [] }, () => undefined);
  const attached = link(device);
  stdout.attach(true);
  registerStandIns(device);
  return { stream, link: attached };
}
