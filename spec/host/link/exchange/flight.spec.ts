import { type Command, commands } from '../../../../lib/host/link/command.js';
import { step } from '../../../../lib/host/link/exchange/exchange.js';
import {
  type ExchangeEffect,
  type ExchangeInput,
  type ExchangeState,
  IDLE,
} from '../../../../lib/host/link/exchange/state.js';
import { Flag } from '../../../../lib/wire/flags.js';
import { encodeStatus } from '../../../../lib/wire/payloads/index.js';
import { Status } from '../../../../lib/wire/status.js';

const lock = { ...commands.lock(3), isolated: true };
const size = commands.size(3);
const read = (offset: number): Command => ({ ...commands.read(3, offset, 100, 'same-session'), isolated: true });
const unlock = { ...commands.unlock(3), isolated: true };
const write = commands.write(5, 0, Uint8Array.of(1), 'never');

const NAMES = new Map<number, string>([
  [0x22, 'lock'],
  [0x25, 'size'],
  [0x26, 'read'],
  [0x23, 'unlock'],
  [0x27, 'write'],
  [0x03, 'ping'],
]);
const nameOf = ({ opcode, payload }: Command): string =>
  `${NAMES.get(opcode) ?? opcode}${opcode === 0x26 ? ` ${new DataView(payload.buffer).getUint32(0, true)}` : ''}`;

/** Runs inputs through the table and returns what the last one wrote and settled. */
function run(state: ExchangeState, ...inputs: ExchangeInput[]) {
  let effects: readonly ExchangeEffect[] = [];
  for (const input of inputs) ({ state, effects } = step(state, input));
  const sent = effects.flatMap((effect) =>
    effect.type === 'write' ? effect.commands.map((one) => `${nameOf(one.command)} @${one.sequence}`) : [],
  );
  const settled = effects.flatMap((effect) =>
    effect.type === 'settle' ? [`${nameOf(effect.command)}: ${effect.outcome.kind}`] : [],
  );
  return { state, effects, sent, settled };
}

const launch = (...launched: Command[]): ExchangeInput => ({ type: 'launch', commands: launched });
const answer = (
  { opcode, channel }: Pick<Command, 'opcode' | 'channel'>,
  sequence: number,
  flags: number,
  payload = new Uint8Array(),
): ExchangeInput => ({ type: 'packet', packet: { kind: 'packet', opcode, channel, sequence, flags, payload } });
const ack = (command: Command, sequence: number) => answer(command, sequence, Flag.ACK);
const data = (command: Command, sequence: number) => answer(command, sequence, 0, Uint8Array.of(1, 0, 0, 0));
const nak = (command: Command, sequence: number, status: number = Status.SEQUENCE) =>
  answer(command, sequence, Flag.NAK, encodeStatus(status));

const [r0, r1, r2] = [read(0), read(100), read(200)];
const at = (counter: number): ExchangeState => ({ ...IDLE, counter, acks: false });

describe('a flight', () => {
  it('sends its commands in one write, each with the number that the counter will have', () => {
    expect(run(at(254), launch(lock, size, r0)).sent).toEqual(['lock @254', 'size @255', 'read 0 @0']);
  });

  it('settles each command with its own reply', () => {
    const { state } = run(at(7), launch(lock, r0), ack(lock, 7));
    expect(run(state, data(r0, 8)).settled).toEqual(['read 0: data']);
  });

  it('sends later commands behind those on the wire', () => {
    expect(run(at(7), launch(lock, r0), ack(lock, 7), launch(unlock)).sent).toEqual(['unlock @9']);
  });

  it('reports a refusal by the camera itself', () => {
    expect(run(at(7), launch(lock, size), nak(lock, 7, Status.BUSY)).settled).toEqual(['lock: refused']);
  });

  describe('behind a lost command', () => {
    it('sends that command and all behind it again at the first refusal, with the numbers behind the refusals to come', () => {
      const { state } = run(at(7), launch(lock, r0, r1, size), ack(lock, 7));
      // `r0` was lost: the camera refuses three commands, with the numbers 8, 9 and 10.
      const refused = run(state, nak(r1, 8));
      expect(refused.sent).toEqual(['read 0 @10', 'read 100 @11', 'size @12']);
      expect(refused.settled).toEqual([]);
      expect(run(refused.state, nak(size, 9), data(r0, 10)).settled).toEqual(['read 0: data']);
    });

    it('recovers from a second loss, which makes the numbers wrong', () => {
      let now = run(at(7), launch(lock, r0, r1, size), ack(lock, 7));
      // `r0` and `r1` were lost: the camera refuses `size` alone, and then the commands with numbers that are too high.
      now = run(now.state, nak(size, 8));
      expect(now.sent).toEqual(['read 0 @9', 'read 100 @10', 'size @11']);
    });

    it('never sends a command again that was only expected to be refused', () => {
      let now = run(at(7), launch(lock, r0, r1, size), ack(lock, 7), nak(r1, 8));
      // The refusal of `size` with number 9 is lost, and so is the new `read 0`.
      now = run(now.state, nak(r1, 10));
      expect(now.sent).toEqual(['read 0 @12', 'read 100 @13', 'size @14']);
    });

    it('keeps writes exactly once: what the camera refused is sent again, what it may have done is not', () => {
      const refused = run(at(7), launch(lock, write), nak(write, 7));
      expect(refused.sent).toEqual(['lock @8', 'write @9']);
      expect(run(at(7), launch(lock, write, size), ack(lock, 7), data(size, 9)).settled).toEqual([
        'write: unknown',
        'size: data',
      ]);
    });
  });

  describe('behind a lost reply', () => {
    it('reports it at once for a command that others depend on', () => {
      expect(run(at(7), launch(lock, r0, size), ack(lock, 7), data(size, 9)).settled).toEqual([
        'read 0: unknown',
        'size: data',
      ]);
    });

    it('asks again where nothing depends on the order', () => {
      const { sent, settled } = run(at(7), launch(lock, size, unlock), ack(lock, 7), ack(unlock, 9));
      expect(sent).toEqual(['size @10']);
      expect(settled).toEqual(['unlock: done']);
    });

    it('learns from an event that the camera has gone on', () => {
      const event = answer({ opcode: 0x29, channel: 3 }, 9, Flag.EVENT);
      expect(run(at(7), launch(lock, unlock), ack(lock, 7), event).settled).toEqual(['unlock: unknown']);
    });
  });

  it('does not execute a damaged command twice', () => {
    expect(run(at(7), launch(lock, size), nak(lock, 7, Status.CHECKSUM)).settled).toEqual(['lock: damaged']);
    expect(run(at(7), launch(lock, write), ack(lock, 7), nak(write, 8, Status.CHECKSUM)).sent).toEqual(['write @9']);
  });

  describe('in silence', () => {
    const silence: ExchangeInput = { type: 'silence', forMs: 20 };

    it('sends a ping, and no copy', () => {
      expect(run(at(7), launch(lock, r0), silence).sent).toEqual(['ping @9']);
    });

    it('acknowledges what was not heard, if the camera waits for that', () => {
      const { effects } = run({ ...at(7), acks: true }, launch(lock, r0), ack(lock, 7), silence);
      const pokes = effects.flatMap((one) => (one.type === 'write' ? one.acknowledgements.pokes : []));
      expect(pokes.map(({ sequence }) => sequence)).toEqual([8]);
    });

    it('learns from the answer that the replies were lost', () => {
      const { state } = run(at(7), launch(lock, r2), ack(lock, 7), silence);
      expect(run(state, nak(commands.ping(1), 9, Status.INVALID)).settled).toEqual(['read 200: unknown']);
    });

    it('learns from the refusal that the commands were lost', () => {
      const { state } = run(at(7), launch(lock, r2), ack(lock, 7), silence);
      expect(run(state, nak(commands.ping(1), 8)).sent).toEqual(['read 200 @9']);
    });

    it('sends no more than fits into the buffer of a late camera', () => {
      let state = run({ ...at(7), acks: true }, launch(lock, r0, r1, r2)).state;
      let bytes = 0;
      for (let i = 0; i < 20; i++) {
        const next = run(state, silence);
        state = next.state;
        for (const effect of next.effects)
          if (effect.type === 'write') bytes += 10 * (effect.acknowledgements.pokes.length + effect.commands.length);
      }
      expect(bytes).toBeLessThanOrEqual(100);
    });

    it('waits for no answer once all commands have ended', () => {
      const { state } = run(at(7), launch(lock), silence, ack(lock, 7));
      expect(run(state, silence).effects).toEqual([]);
      expect(run(state, { type: 'start', command: size }).sent).toEqual(['size @9']);
    });
  });

  it('waits behind a ping while replies of earlier commands may arrive', () => {
    const held = run({ ...at(7), trailing: 'replies' }, launch(lock, size));
    expect(held.sent).toEqual(['ping @7']);
    expect(run(held.state, nak(commands.ping(1), 7, Status.INVALID)).sent).toEqual(['lock @8', 'size @9']);
  });

  it('takes a refusal that was overtaken for late, and not for that of a new session', () => {
    const { state, effects } = run(at(100), launch(r0, r1), data(r0, 100), nak(r2, 98));
    expect(effects).toEqual([]);
    expect(run(state, data(r1, 101)).settled).toEqual(['read 100: data']);
  });

  it('asks for a new session if the camera counts from the beginning', () => {
    const { effects } = run(at(100), launch(lock, size), nak(lock, 0));
    expect(effects).toContainEqual(expect.objectContaining({ type: 'resynchronise' }));
  });
});
