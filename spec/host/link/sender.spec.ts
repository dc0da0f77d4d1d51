import { EMPTY, NEVER } from 'rxjs';
import { commands } from '../../../lib/host/link/command.js';
import { Sender } from '../../../lib/host/link/sender.js';
import { Tracer } from '../../../lib/host/link/trace.js';
import { acknowledgement } from '../../../lib/operators/acknowledge.js';
import { Clock } from '../../device/clock.js';

const size = commands.size(3);
const noAcks = { last: false, pokes: [] };

function sender() {
  const clock = new Clock();
  const written: Uint8Array[] = [];
  const write = (bytes: Uint8Array) => (written.push(bytes), EMPTY);
  const made = new Sender({ bytes$: NEVER, write }, clock, new Tracer(clock));
  const send = (sequence: number, isAcknowledged = true): void =>
    made.write(() => undefined, {
      type: 'write',
      acknowledgements: noAcks,
      commands: [{ command: size, sequence, flags: 0, isCopy: false, isAcknowledged }],
    });
  const acknowledge = (sequence: number): number => {
    const before = written.length;
    made.acknowledge(acknowledgement({ opcode: size.opcode, channel: 3, flags: 0, sequence }));
    return written.length - before;
  };
  return { made, written, send, acknowledge };
}

describe('the sender', () => {
  it('writes the ACK of a reply behind its command, and not again when the reply arrives', () => {
    const { written, send, acknowledge } = sender();
    send(5);
    expect(written.map(({ length }) => length)).toEqual([20]);
    expect(acknowledge(5)).toBe(0);
  });

  it('acknowledges a repeat of that reply', () => {
    const { send, acknowledge } = sender();
    send(5);
    acknowledge(5);
    expect(acknowledge(5)).toBe(1);
  });

  it('acknowledges on receipt as well while packets are lost', () => {
    const { made, send, acknowledge } = sender();
    send(5);
    made.lost();
    expect(acknowledge(5)).toBe(1);
  });

  it('acknowledges a later reply with the number of one that was refused', () => {
    const { send, acknowledge } = sender();
    send(5);
    for (let sequence = 6; sequence < 261; sequence++) send(sequence & 0xff, false);
    expect(acknowledge(5)).toBe(1);
  });
});
