import type { Observable } from 'rxjs';
import { Camera, type Connection } from '../../lib/index.js';
import { type Backend, Device } from '../../lib/device/index.js';
import { Flag, Opcode, isPacket } from '../../lib/operators/index.js';
import { memoryPair } from '../../lib/testing.js';
import { Decoder } from '../../lib/wire/decoder.js';
import { Clock } from '../device/clock.js';

/** A camera whose channel counts its calls, on a line that loses the first reply to a command of one opcode. */
function losing(opcode: number): { clock: Clock; camera: Camera; calls: string[] } {
  const clock = new Clock();
  const calls: string[] = [];
  const backend: Backend = {
    write: (_offset, data) => (calls.push('write'), data.length),
    ioctl: () => void calls.push('ioctl'),
  };
  const device = new Device({ scheduler: clock });
  device.register('knob', backend);
  const [host, far] = memoryPair({ scheduler: clock });
  let lost = false;
  const plugged = (connection: Connection): void => {
    device.attach({
      bytes$: connection.bytes$,
      write: (bytes) => {
        const [reply] = new Decoder().push(bytes.slice());
        if (
          !lost &&
          reply !== undefined &&
          isPacket(reply) &&
          reply.opcode === opcode &&
          (reply.flags & Flag.ACK) !== 0
        ) {
          lost = true;
          return connection.write(new Uint8Array(0));
        }
        return connection.write(bytes);
      },
    });
  };
  // The host's end closes when a test is over, and this one with it.
  far.open().subscribe({ next: plugged, error: () => undefined });
  return { clock, calls, camera: new Camera(host, { scheduler: clock }) };
}

describe('a command whose reply is lost', () => {
  it('is not executed twice, and its outcome unknown', () => {
    const { clock, camera, calls } = losing(Opcode.CHANNEL_WRITE);
    let error: unknown;
    camera
      .channel('knob')
      .write(Uint8Array.of(1))
      .subscribe({ error: (thrown: unknown) => (error = thrown) });
    clock.pass(3000);
    expect(error).toMatchObject({ code: 'OUTCOME_UNKNOWN' });
    expect(calls).toEqual(['write']);
  });

  it.each([
    [
      'write',
      Opcode.CHANNEL_WRITE,
      (camera: Camera): Observable<unknown> => camera.channel('knob').write(Uint8Array.of(1), { atLeastOnce: true }),
    ],
    [
      'ioctl',
      Opcode.CHANNEL_IOCTL,
      (camera: Camera): Observable<unknown> => camera.channel('knob').ioctl(1, undefined, { atLeastOnce: true }),
    ],
  ] as const)('is sent again where the program says that this does no harm: %s', (name, opcode, command) => {
    const { clock, camera, calls } = losing(opcode);
    let completed = false;
    command(camera).subscribe({ complete: () => (completed = true) });
    clock.pass(3000);
    expect(completed).toBe(true);
    expect(calls).toEqual([name, name]);
  });
});
