import { EMPTY, of, Subject, throwError } from 'rxjs';
import { commands } from '../../../../lib/host/link/command.js';
import { exchange, step } from '../../../../lib/host/link/exchange/exchange.js';
import {
  IDLE,
  NO_ACKNOWLEDGEMENTS,
  type Acknowledgements,
  type ExchangeEffect,
  type ExchangeInput,
  type ExchangeState,
  type Transmission,
} from '../../../../lib/host/link/exchange/state.js';
import { Flag } from '../../../../lib/wire/flags.js';
import { Opcode } from '../../../../lib/wire/opcode.js';
import type { Discarded, Packet } from '../../../../lib/wire/packet.js';
import { encodeStatus } from '../../../../lib/wire/payloads/index.js';
import type { Message } from '../../../../lib/wire/reassembler.js';
import { Status } from '../../../../lib/wire/status.js';

const size = commands.size(3);
const write = commands.write(5, 0, Uint8Array.of(1, 2, 3), 'never');
const read = commands.read(3, 0, 100, 'same-session');
const take = commands.read(2, 0, 100, 'never');

/** Runs inputs through the table from `state`; the effects are those of the last one. */
function run(
  state: ExchangeState,
  ...inputs: ExchangeInput[]
): { state: ExchangeState; effects: readonly ExchangeEffect[] } {
  let effects: readonly ExchangeEffect[] = [];
  for (const input of inputs) ({ state, effects } = step(state, input));
  return { state, effects };
}

const at = (counter: number, acks = true): ExchangeState => ({ ...IDLE, counter, acks });
const start = (command = size): ExchangeInput => ({ type: 'start', command });

function packet(
  command: { opcode: number; channel: number },
  sequence: number,
  flags: number,
  payload: Uint8Array<ArrayBuffer> = new Uint8Array(),
): ExchangeInput {
  const fields: Packet = { kind: 'packet', opcode: command.opcode, channel: command.channel, sequence, flags, payload };
  return { type: 'packet', packet: fields };
}

function message(
  command: { opcode: number; channel: number },
  sequence: number,
  flags: number,
  fields: Partial<Message> = {},
): ExchangeInput {
  return {
    type: 'message',
    message: {
      kind: 'message',
      opcode: command.opcode,
      channel: command.channel,
      sequence,
      flags,
      packets: 1,
      payload: new Uint8Array(),
      missing: [],
      ended: true,
      ...fields,
    },
  };
}

/** A reply of one packet: it is accepted, and then it is what the packet means. */
function reply(
  command: { opcode: number; channel: number },
  sequence: number,
  flags: number,
  payload: Uint8Array<ArrayBuffer> = new Uint8Array(),
): ExchangeInput[] {
  return [packet(command, sequence, flags, payload), message(command, sequence, flags, { payload })];
}

const nak = (command: { opcode: number; channel: number }, sequence: number, status: number): ExchangeInput[] =>
  reply(command, sequence, Flag.NAK, encodeStatus(status));

const silence = (forMs: number): ExchangeInput => ({ type: 'silence', forMs });

/** The commands of all writes. */
const written = (effects: readonly ExchangeEffect[]): Transmission[] =>
  effects.flatMap((effect) => (effect.type === 'write' ? effect.commands : []));
const sends = (effects: readonly ExchangeEffect[]): string[] =>
  written(effects).map(({ sequence, flags }) => `${sequence}${(flags & Flag.RTX) === 0 ? '' : ' RTX'}`);
/** What is acknowledged in front of a command, or alone: `last`, and the numbers of packets that did not come. */
const acknowledged = (effects: readonly ExchangeEffect[]): (string | number)[] =>
  effects
    .filter((effect): effect is ExchangeEffect & { acknowledgements: Acknowledgements } => 'acknowledgements' in effect)
    .flatMap(({ acknowledgements: { last, pokes } }) => [
      ...(last ? ['last'] : []),
      ...pokes.map((one) => one.sequence),
    ]);
const types = (effects: readonly ExchangeEffect[]): string[] =>
  effects.map((effect) => (effect.type === 'write' && effect.commands.length === 0 ? 'write ACKs' : effect.type));
/** The effects, with the outcome alone in place of a `settle`. */
const outcomes = (effects: readonly ExchangeEffect[]): unknown[] =>
  effects.map((effect) => (effect.type === 'settle' ? effect.outcome : effect));

describe('the exchange', () => {
  it('sends a command with its copy of the counter and waits', () => {
    const { state, effects } = run(at(17), start());
    expect(effects).toEqual([
      {
        type: 'write',
        acknowledgements: NO_ACKNOWLEDGEMENTS,
        commands: [{ command: size, sequence: 17, flags: 0, isCopy: false }],
      },
      { type: 'wait', repeats: 0 },
    ]);
    expect(state.sent).toMatchObject({ command: size, sequence: 17, sends: 1 });
  });

  it('sends a SYNC with sequence 0, and the next command too', () => {
    const sync = commands.sync();
    const { state } = run(at(200), start(sync), ...reply(sync, 0, Flag.ACK));
    expect(state).toEqual(at(0));
    expect(sends(run(state, start()).effects)).toEqual(['0']);
  });

  it('takes nothing from the ACK of a SYNC that nobody waits for', () => {
    const { state, effects } = run(at(0), start(), packet({ opcode: Opcode.PROTO_SYNC, channel: 0 }, 0, Flag.ACK));
    expect(state.counter).toBe(0);
    expect(effects).toEqual([]);
  });

  it('settles a command at its ACK and moves the counter by one', () => {
    const { state, effects } = run(at(255), start(write), ...reply(write, 255, Flag.ACK));
    expect(outcomes(effects)).toEqual([{ kind: 'done' }]);
    expect(state).toEqual(at(0));
  });

  it('moves the counter by one for each fragment of a reply', () => {
    const whole = message(read, 9, 0, { packets: 3 });
    const { state, effects } = run(
      at(9),
      start(read),
      packet(read, 9, Flag.FRAGMENT | Flag.ACK_REQ, new Uint8Array(40)),
      packet(read, 10, Flag.FRAGMENT | Flag.ACK_REQ, new Uint8Array(40)),
      packet(read, 11, Flag.ACK_REQ, new Uint8Array(20)),
      whole,
    );
    expect(state).toEqual(at(12));
    expect(outcomes(effects)).toEqual([{ kind: 'data', message: (whole as { message: Message }).message }]);
  });

  it.each([Status.FAILED, Status.INVALID, Status.BUSY, Status.OVERFLOW])(
    'settles a command at a NAK of status %d',
    (status) => {
      const { state, effects } = run(at(5), start(), ...nak(size, 5, status));
      expect(outcomes(effects)).toEqual([{ kind: 'refused', status }]);
      expect(state).toMatchObject({ counter: 6, sent: undefined });
    },
  );

  it('takes a NAK without a status for one', () => {
    const { effects } = run(at(5), start(), ...reply(size, 5, Flag.NAK));
    expect(outcomes(effects)).toEqual([{ kind: 'refused', status: Status.UNKNOWN }]);
  });

  it('hands over what came before a NAK FAILED, for the channel ran dry', () => {
    const partial = message(take, 5, Flag.FRAGMENT, { payload: Uint8Array.of(1), ended: false });
    const { effects } = run(
      at(5),
      start(take),
      packet(take, 5, Flag.FRAGMENT, Uint8Array.of(1)),
      packet(take, 6, Flag.NAK, encodeStatus(1)),
      partial,
      message(take, 6, Flag.NAK, { payload: encodeStatus(Status.FAILED) }),
    );
    expect(outcomes(effects)).toEqual([{ kind: 'data', message: (partial as { message: Message }).message }]);
  });

  describe('what it does not take for its reply', () => {
    it.each([
      ['another opcode', { opcode: Opcode.CHANNEL_SHAPE, channel: 3 }],
      ['another channel', { opcode: Opcode.CHANNEL_SIZE, channel: 4 }],
    ])('%s: the packet moved the counter all the same', (_, other) => {
      const { state, effects } = run(at(5), start(), packet(other, 5, 0, new Uint8Array(4)));
      expect(effects).toEqual([]);
      expect(state).toMatchObject({ counter: 6, sent: { command: size } });
    });

    it('a packet of a sequence that was there before', () => {
      const { state, effects } = run(at(5), start(), packet(size, 4, Flag.RTX, new Uint8Array(4)));
      expect(effects).toEqual([]);
      expect(state.counter).toBe(5);
    });

    it('a packet when nothing was sent', () => {
      expect(run(at(5), packet(size, 5, Flag.NAK)).state).toMatchObject({ counter: 6, sent: undefined });
    });
  });

  describe('when nothing comes', () => {
    it('sends the command again with the same sequence and RTX behind the last ACK, and waits longer', () => {
      const { effects } = run(at(5), start(write), silence(100));
      expect(effects).toEqual([
        {
          type: 'write',
          acknowledgements: { last: true, pokes: [] },
          commands: [{ command: write, sequence: 5, flags: Flag.RTX, isCopy: true }],
        },
        { type: 'wait', repeats: 1, forFragment: false },
      ]);
    });

    it('acknowledges a data reply, whose own packet may be the lost one, and with each silence one packet more', () => {
      const first = run(at(255), start(read), silence(100));
      expect([acknowledged(first.effects), sends(first.effects)]).toEqual([['last', 255], ['255 RTX']]);
      const long = { ...read, replyLimit: 5000 };
      const second = run(at(255), start(long), silence(100), silence(300));
      expect([acknowledged(second.effects), sends(second.effects)]).toEqual([['last', 255, 0], ['255 RTX']]);
    });

    it('sends no NAK, whatever is missing: it resets a camera that is only late', () => {
      const fragment = packet(read, 5, Flag.FRAGMENT | Flag.ACK_REQ, new Uint8Array(10));
      for (const inputs of [[start(read)], [start(read), fragment], [start(write)], [start(take), fragment]]) {
        let { state } = run(at(5), ...inputs);
        for (let i = 0; i < 5; i++) {
          const next = run(state, silence(1000 * i));
          state = next.state;
          for (const { flags } of written(next.effects)) expect(flags & Flag.NAK).toBe(0);
          for (const effect of next.effects)
            if ('acknowledgements' in effect)
              for (const { flags } of effect.acknowledgements.pokes) expect(flags).toBe(Flag.ACK);
        }
      }
    });

    it('acknowledges the next fragment at first, and sends the command at the second silence, as a probe', () => {
      const begun = run(
        at(5),
        start({ ...read, replyLimit: 5000 }),
        packet(read, 5, Flag.FRAGMENT, new Uint8Array(10)),
      );
      const first = run(begun.state, silence(100));
      expect([types(first.effects), acknowledged(first.effects)]).toEqual([
        ['write ACKs', 'wait'],
        ['last', 6],
      ]);
      const second = run(first.state, silence(300));
      expect([sends(second.effects), acknowledged(second.effects)]).toEqual([['5 RTX'], ['last', 6, 7]]);
    });

    it('leaves a read that consumes to the timer of the device: a blind ACK could lose it', () => {
      const { effects } = run(at(5), start(take), silence(100));
      expect([types(effects), acknowledged(effects)]).toEqual([['write', 'wait'], ['last']]);
    });

    it('leaves the rest of such a read to that timer, too: copies would only be refused', () => {
      const begun = run(
        at(5),
        start({ ...take, replyLimit: 5000 }),
        packet(take, 5, Flag.FRAGMENT, new Uint8Array(10)),
      );
      const left = run(begun.state, silence(5), silence(20), silence(90), silence(600));
      expect([types(left.effects), acknowledged(left.effects)]).toEqual([['write ACKs', 'wait'], ['last']]);
      expect(sends(run(left.state, silence(2000)).effects)).toEqual(['5 RTX']);
    });

    it('acknowledges nothing where nobody waits for that', () => {
      const { effects } = run(at(5, false), start(), silence(100));
      expect([types(effects), acknowledged(effects)]).toEqual([['write', 'wait'], []]);
    });

    describe('in the middle of a reply without acknowledgements', () => {
      const begun = run(at(5, false), start(read), packet(read, 5, Flag.FRAGMENT, new Uint8Array(10))).state;
      const { state, effects } = run(begun, silence(100));
      const ping = commands.ping(1);
      const answered = (sequence: number) => packet(ping, sequence, Flag.NAK, encodeStatus(Status.SEQUENCE));

      it('sends a ping behind it: nobody would send again what is only late', () => {
        expect(effects).toEqual([
          {
            type: 'write',
            acknowledgements: NO_ACKNOWLEDGEMENTS,
            commands: [{ command: ping, sequence: 6, flags: 0, isCopy: false }],
          },
          { type: 'wait', repeats: 1 },
        ]);
      });

      it('gives up the rest when the ping is answered, and hands over what came', () => {
        const cut = message(read, 5, Flag.FRAGMENT, { payload: new Uint8Array(10), ended: false });
        const given = run(state, answered(8));
        expect([types(given.effects), given.state.counter]).toEqual([['give-up'], 9]);
        expect(outcomes(run(given.state, cut).effects)).toEqual([
          { kind: 'data', message: (cut as { message: Message }).message },
        ]);
      });

      it('takes what comes before the answer for the rest, which was late', () => {
        const whole = message(read, 5, 0, { payload: new Uint8Array(20) });
        const late = run(state, packet(read, 6, 0, new Uint8Array(10)), whole);
        expect(types(late.effects)).toEqual(['settle']);
        expect(run(late.state, answered(7)).state).toMatchObject({ counter: 8, sent: undefined });
      });

      it('does not take the answer to an earlier ping for that to the last one', () => {
        const { state: twice } = run(state, silence(300));
        expect(run(twice, answered(6)).effects).toEqual([]);
      });
    });

    describe('when the device has no room for more', () => {
      const narrow = { ...read, replyLimit: 5000, spareBytes: 100 };

      it('leaves a reply that has begun to its own timer', () => {
        const fragment = packet(read, 5, Flag.FRAGMENT, new Uint8Array(10));
        const { state } = run(at(5), start(narrow), fragment, silence(5), silence(20));
        expect(run(state, silence(50)).effects).toEqual([{ type: 'wait', repeats: 0, leastMs: 600 }]);
      });

      it('sends the command once more where there is room for that alone, when the device had the time to repeat', () => {
        const { state } = run(at(5), start({ ...narrow, spareBytes: 85 }), silence(5));
        expect(types(run(state, silence(50)).effects)).toEqual(['wait']);
        const last = run(state, silence(600));
        expect([sends(last.effects), acknowledged(last.effects)]).toEqual([['5 RTX'], ['last']]);
        expect(types(run(last.state, silence(1200)).effects)).toEqual(['wait']);
      });

      it('sends no copy that would be executed', () => {
        const uncounted: ExchangeState = { ...at(5), sequenced: false };
        const { state } = run(uncounted, start({ ...take, spareBytes: 5 }), silence(5));
        expect(types(run(state, silence(700)).effects)).toEqual(['wait']);
      });
    });

    it('leaves a command that changes something its whole time: a SYNC would make it unknown', () => {
      expect(sends(run(at(5), start(write), silence(100), silence(3900)).effects)).toEqual(['5 RTX']);
    });

    it('keeps what there is of a reply whose end was lost', () => {
      const fragment = packet(read, 5, Flag.FRAGMENT | Flag.ACK_REQ, new Uint8Array(10));
      const cut = message(read, 5, Flag.FRAGMENT, { payload: new Uint8Array(10), ended: false });
      const { effects } = run(
        at(5),
        start(read),
        fragment,
        silence(100),
        silence(200),
        packet(read, 8, Flag.NAK, encodeStatus(Status.SEQUENCE)),
        cut,
        message(read, 8, Flag.NAK, { payload: encodeStatus(Status.SEQUENCE) }),
      );
      expect(outcomes(effects)).toEqual([{ kind: 'data', message: (cut as { message: Message }).message }]);
    });

    it('sends a SYNC again for as long as it is told to, without RTX', () => {
      const sync = commands.sync();
      const silences = Array.from({ length: 9 }, () => silence(3000));
      expect(sends(run(at(5), start(sync), ...silences).effects)).toEqual(['0']);
    });

    it('does nothing when nothing was sent', () => {
      expect(run(at(5), silence(100))).toEqual({ state: at(5), effects: [] });
    });
  });

  describe('after NAK CHECKSUM', () => {
    it('sends the command again at once with the next sequence: it was not executed', () => {
      const { state, effects } = run(at(5), start(write), ...nak(write, 5, Status.CHECKSUM));
      expect(sends(effects)).toEqual(['6']);
      expect(state.sent).toMatchObject({ sequence: 6, sends: 1 });
    });
  });

  describe('after NAK SEQUENCE', () => {
    it('sends a command that changes nothing again, with the counter that the NAK tells', () => {
      const { effects } = run(at(5), start(), ...nak(size, 9, Status.SEQUENCE));
      expect(sends(effects)).toEqual(['10']);
    });

    it('does not know of a command that changes something, though it was sent once: a wire may bring it twice', () => {
      const { effects } = run(at(5), start(write), ...nak(write, 6, Status.SEQUENCE));
      expect(outcomes(effects)).toEqual([{ kind: 'unknown' }]);
    });

    it('sends a command again that was sent once, with the number that the NAK tells: it was not executed', () => {
      const { state, effects } = run(at(5), start(write), ...nak(write, 8, Status.SEQUENCE));
      expect(sends(effects)).toEqual(['9']);
      expect(state.sent).toMatchObject({ sequence: 9, sends: 1 });
    });

    it('waits for its own refusal when the NAK bears its sequence and so refuses a repeat of the command before', () => {
      const { state, effects } = run(at(5), start(write), ...nak(write, 5, Status.SEQUENCE));
      expect(types(effects)).toEqual(['late', 'wait']);
      expect(sends(run(state, ...nak(write, 6, Status.SEQUENCE)).effects)).toEqual(['7']);
    });

    it('sends with the next sequence when its own refusal is lost', () => {
      const { effects } = run(at(5), start(write), ...nak(write, 5, Status.SEQUENCE), silence(100));
      expect(sends(effects)).toEqual(['6']);
    });

    it('knows that a repeated command was not executed when a straggler took its sequence', () => {
      const straggler = packet(size, 5, Flag.NAK, encodeStatus(Status.SEQUENCE));
      const { effects } = run(at(5), start(write), straggler, silence(100));
      expect(sends(effects)).toEqual(['6']);
    });

    it('does not know of a repeated command that changes something whether it was done', () => {
      const { state, effects } = run(at(5), start(write), silence(100), ...nak(write, 6, Status.SEQUENCE));
      expect(outcomes(effects)).toEqual([{ kind: 'unknown' }]);
      expect(state.counter).toBe(7);
    });

    it('sends a repeated command that changes nothing anew', () => {
      const { effects } = run(at(5), start(), silence(100), ...nak(size, 6, Status.SEQUENCE));
      expect(sends(effects)).toEqual(['7']);
    });

    it.each([
      ['went back', 57, 0],
      ['is far ahead of what can have been missed', 200, 40],
      ['is at its beginning, and further ahead than its reply', 250, 0],
    ])('knows from a counter that %s that the camera lost its session', (_, counter, sequence) => {
      const refusal = packet(size, sequence, Flag.NAK, encodeStatus(Status.SEQUENCE));
      const { effects } = run(at(counter), start(), refusal);
      expect(effects).toEqual([{ type: 'resynchronise', cause: 'the camera lost its session' }]);
    });

    it('does not take a counter that has come round for that of a camera that lost its session', () => {
      expect(sends(run(at(255), start(), silence(100), ...nak(size, 0, Status.SEQUENCE)).effects)).toEqual(['1']);
    });

    it('does not take the refusals of copies, some of them lost, for those of a camera that lost its session', () => {
      const copied = run(at(250), start(), silence(5), silence(20), silence(90), ...reply(size, 250, 0)).state;
      const refusal = (sequence: number) => packet(size, sequence, Flag.NAK, encodeStatus(Status.SEQUENCE));
      const { state, effects } = run({ ...copied, counter: 255 }, refusal(1));
      expect([types(effects), state.counter]).toEqual([['late'], 2]);
    });

    it('does not take a refusal for one that it saw when the counter was here before', () => {
      let { state } = run(at(5), start(write), ...nak(write, 5, Status.FAILED));
      for (let i = 6; i < 256 + 5; i++) ({ state } = run(state, start(write), ...reply(write, i & 0xff, Flag.ACK)));
      const { effects } = run(state, start(write), ...nak(write, 5, Status.FAILED));
      expect(outcomes(effects)).toEqual([{ kind: 'refused', status: Status.FAILED }]);
    });

    it('does not follow the refusal of an earlier command to where a camera that lost its session counts', () => {
      const refusal = packet(write, 0, Flag.NAK, encodeStatus(Status.SEQUENCE));
      const { state, effects } = run(at(136), start(), refusal);
      expect([state.counter, effects]).toEqual([136, []]);
      expect(types(run(state, packet(size, 1, Flag.NAK, encodeStatus(Status.SEQUENCE))).effects)).toEqual([
        'resynchronise',
      ]);
    });

    it('does not take a refusal that comes twice for a camera that lost its session', () => {
      const refusal = packet(write, 5, Flag.NAK, encodeStatus(Status.SEQUENCE));
      const { state, effects } = run(at(5), packet(size, 5, 0), refusal, start(write), refusal, refusal);
      expect(effects).toEqual([]);
      expect(state.sent).toMatchObject({ command: write });
    });
  });

  it('does not take the refusal of an earlier command, come twice, for that of the next', () => {
    const other = commands.write(5, 3, Uint8Array.of(4), 'never');
    const busy = packet(write, 5, Flag.NAK, encodeStatus(Status.FAILED));
    const first = run(at(5), start(write), ...nak(write, 5, Status.FAILED)).state;
    expect(run(first, start(other), busy).effects).toEqual([]);
    const damagedTwice = run(at(5), start(write), ...nak(write, 5, Status.CHECKSUM)).state;
    expect(sends(run(damagedTwice, packet(write, 5, Flag.NAK, encodeStatus(Status.CHECKSUM))).effects)).toEqual([]);
  });

  describe('an event', () => {
    const event = (sequence: number): ExchangeInput =>
      packet({ opcode: Opcode.CHANNEL_EVENT, channel: 7 }, sequence, Flag.EVENT);

    it('that is one behind was said while the device waited for an acknowledgement', () => {
      const fragment = packet(read, 5, Flag.FRAGMENT | Flag.ACK_REQ, new Uint8Array(10));
      expect(types(run(at(5), start(read), fragment, event(5)).effects)).toEqual(['deliver']);
    });

    it('that is ahead tells that the reply is lost', () => {
      expect(sends(run(at(5), start(write), event(6)).effects)).toEqual(['5 RTX']);
    });

    it('that is far behind tells that the camera lost its session', () => {
      expect(types(run(at(57), start(), event(0)).effects)).toEqual(['resynchronise', 'deliver']);
    });
  });

  describe('what may still be under way', () => {
    /** SIZE was sent twice and answered: the second copy may come, and be refused, at any time. */
    const repeated = run(at(5), start(), silence(100), ...reply(size, 5, 0)).state;
    const pingAnswer = (number: number, sequence: number, status: number): ExchangeInput =>
      packet(commands.ping(number), sequence, Flag.NAK, encodeStatus(status));

    it('makes a command that changes something wait for the answer to a ping', () => {
      const { state, effects } = run(repeated, start(write));
      expect(written(effects)[0]).toMatchObject({ command: commands.ping(1), sequence: 6 });
      expect(sends(run(state, pingAnswer(1, 6, Status.INVALID)).effects)).toEqual(['7']);
      const refused = run(state, packet(size, 6, Flag.NAK, encodeStatus(Status.SEQUENCE)));
      expect(types(refused.effects)).toEqual(['late', 'wait']);
      expect(written(run(refused.state, pingAnswer(1, 7, Status.SEQUENCE)).effects)[0]).toMatchObject({
        command: write,
        sequence: 8,
        flags: 0,
      });
    });

    it('is asked for by a ping with another number when nothing comes, and only the last one counts', () => {
      const { state, effects } = run(repeated, start(write), silence(100));
      expect(written(effects)[0]).toMatchObject({ command: commands.ping(2), sequence: 6 });
      expect([acknowledged(effects), effects[1]]).toEqual([['last'], { type: 'wait', repeats: 1 }]);
      const first = run(state, pingAnswer(1, 6, Status.INVALID));
      expect(types(first.effects)).toEqual(['wait']);
      expect(sends(run(first.state, pingAnswer(2, 7, Status.SEQUENCE)).effects)).toEqual(['8']);
    });

    it('does not hold up a command that changes nothing, whose reply tells that it is over', () => {
      const { state, effects } = run(repeated, start(commands.shape(3)));
      expect(sends(effects)).toEqual(['6']);
      const answered = run(state, ...reply(commands.shape(3), 6, 0)).state;
      expect(written(run(answered, start(write)).effects)[0]).toMatchObject({ command: write, sequence: 7 });
    });

    it('is over when the copies were refused: nothing waits then', () => {
      const refused = run(repeated, packet(size, 6, Flag.NAK, encodeStatus(Status.SEQUENCE)));
      expect(types(refused.effects)).toEqual(['late', 'resume']);
      expect(written(run(refused.state, start(write)).effects)[0]).toMatchObject({ command: write, sequence: 7 });
    });

    it('holds up every command where it is the rest of a reply that was too long', () => {
      const piece = packet(read, 5, Flag.FRAGMENT, new Uint8Array(60));
      const { state } = run(at(5), start(read), piece, packet(read, 6, Flag.FRAGMENT, new Uint8Array(60)));
      const { state: pinged, effects } = run(state, start(read));
      expect(written(effects)[0]).toMatchObject({ command: commands.ping(1), sequence: 7 });
      // The rest does come, and is not taken for the new reply.
      const rest = run(pinged, packet(read, 7, Flag.FRAGMENT, new Uint8Array(10)), packet(read, 8, 0));
      expect(rest.effects).toEqual([]);
      expect(written(run(rest.state, pingAnswer(1, 9, Status.SEQUENCE)).effects)[0]).toMatchObject({
        command: read,
        sequence: 10,
      });
    });

    it('is nothing after a SYNC', () => {
      const sync = commands.sync();
      const { state } = run(repeated, start(sync), ...reply(sync, 0, Flag.ACK));
      expect(written(run(state, start(write)).effects)[0]).toMatchObject({ command: write, sequence: 0 });
    });
  });

  describe('a packet whose header alone is intact', () => {
    const damaged = (command: { opcode: number; channel: number }, sequence: number, flags: number): ExchangeInput => ({
      type: 'damaged',
      header: { opcode: command.opcode, channel: command.channel, sequence, flags },
    });

    it('is the refusal of an earlier command: the counter is known, and that this one was not executed', () => {
      const { state } = run(at(5), start(write), damaged(read, 5, Flag.NAK));
      expect(sends(run(state, silence(100)).effects)).toEqual(['6']);
    });

    it('is a NAK SEQUENCE if its number is another than that of the command', () => {
      expect(sends(run(at(5), start(), silence(100), damaged(size, 6, Flag.NAK)).effects)).toEqual(['7']);
    });

    it('leaves a command that changes something to its repeat, for its status is lost', () => {
      const { state, effects } = run(at(5), start(write), damaged(write, 5, Flag.NAK));
      expect(effects).toEqual([]);
      expect(sends(run(state, silence(100)).effects)).toEqual(['5 RTX']);
    });

    it('is asked for again at once where the device does not wait, and what can be read once is not', () => {
      expect(sends(run(at(5, false), start(), damaged(size, 5, 0)).effects)).toEqual(['6']);
      expect(run(at(5, false), start(take), damaged(take, 5, 0)).effects).toEqual([]);
    });

    it('ends a run of fragments if it is the last of it', () => {
      const fragment = packet(read, 5, Flag.FRAGMENT, new Uint8Array(10));
      expect(run(at(5, false), start(read), fragment, damaged(read, 6, 0)).effects).toEqual([{ type: 'give-up' }]);
    });

    describe('and that asks for an ACK', () => {
      const header = (command: { opcode: number; channel: number }, sequence: number, flags: number = Flag.ACK_REQ) =>
        damaged(command, sequence, flags);

      it('is acknowledged, and its command sent anew', () => {
        const { state, effects } = run(at(5), start(), header(size, 5));
        expect(types(effects)).toEqual(['acknowledge', 'write', 'wait']);
        expect([sends(effects), state.counter]).toEqual([['6'], 6]);
      });

      it('is acknowledged, and shows as a gap where it is a fragment', () => {
        const { state, effects } = run(at(5), start(read), header(read, 5, Flag.ACK_REQ | Flag.FRAGMENT));
        expect(types(effects)).toEqual(['acknowledge', 'wait']);
        expect(state.counter).toBe(6);
      });

      it('is acknowledged where nobody waits for it any more', () => {
        expect(types(run(at(5), header(take, 5)).effects)).toEqual(['acknowledge']);
        expect(types(run(at(5), start(), header(take, 5)).effects)).toEqual(['acknowledge']);
      });

      it('is acknowledged once more where it was there before', () => {
        const { state, effects } = run(at(5), start(), header(read, 4, Flag.ACK_REQ | Flag.RTX));
        expect([types(effects), state.counter, state.sent?.sequence]).toEqual([['acknowledge'], 5, 5]);
      });

      it('is left to the timer of the device where it can be read only once, and where it is an event', () => {
        expect(run(at(5), start(take), header(take, 5))).toMatchObject({ state: { counter: 5 }, effects: [] });
        const event = { opcode: Opcode.CHANNEL_EVENT, channel: 4 };
        expect(run(at(5), start(), header(event, 5, Flag.ACK_REQ | Flag.EVENT)).effects).toEqual([]);
      });
    });
  });

  describe('a reply whose beginning was lost', () => {
    it.each([Status.SEQUENCE, Status.FAILED])('and then its end, is not taken for the whole at NAK %d', (status) => {
      const nakked = [
        packet(read, 6, Flag.FRAGMENT | Flag.ACK_REQ, new Uint8Array(10)),
        packet(read, 8, Flag.NAK, encodeStatus(status)),
        message(read, 6, Flag.FRAGMENT, { payload: new Uint8Array(10), ended: false }),
        message(read, 8, Flag.NAK, { payload: encodeStatus(status) }),
      ];
      expect(sends(run(at(5), start(read), ...nakked).effects)).toEqual(['9']);
    });

    const late = [packet(read, 7, 0, new Uint8Array(10)), message(read, 7, 0)];

    it('is asked for again', () => {
      expect(sends(run(at(5), start(read), ...late).effects)).toEqual(['8']);
    });

    it('is put behind a hole where it is known how long the whole is', () => {
      const slice = { ...read, into: new Uint8Array(100) };
      const rest = { payload: new Uint8Array(60).fill(7), missing: [{ offset: 20, length: 20 }] };
      const { effects } = run(at(5), start(slice), packet(read, 7, 0), message(read, 7, 0, rest));
      const [settled] = effects as unknown as [{ outcome: { message: Message } }];
      expect(settled.outcome.message.missing).toEqual([
        { offset: 0, length: 40 },
        { offset: 60, length: 20 },
      ]);
      expect([...settled.outcome.message.payload]).toEqual([
        ...Array<number>(40).fill(0),
        ...Array<number>(60).fill(7),
      ]);
    });

    it('is unknown where the read consumed it', () => {
      const gone = [packet(take, 7, 0, new Uint8Array(10)), message(take, 7, 0)];
      expect(outcomes(run(at(5), start(take), ...gone).effects)).toEqual([{ kind: 'unknown' }]);
    });
  });

  it('believes no reply that is longer than was asked for, and keeps the session', () => {
    const piece = packet(read, 5, Flag.FRAGMENT, new Uint8Array(60));
    const more = packet(read, 6, Flag.FRAGMENT, new Uint8Array(60));
    const { state, effects } = run(at(5), start(read), piece, more);
    expect(effects.map((effect) => (effect.type === 'settle' ? effect.outcome.kind : effect.type))).toEqual([
      'give-up',
      'overrun',
    ]);
    expect(state.sent).toBeUndefined();
  });

  describe('with a device that does not count', () => {
    const uncounted: ExchangeState = { ...at(5), sequenced: false };
    const ioctl = commands.ioctl(3, 0, undefined, 'always');

    it('sends no copy, which would be executed, but a ping behind which it is sent anew', () => {
      const { state, effects } = run(uncounted, start(read), silence(100));
      expect([types(effects), acknowledged(effects)]).toEqual([['write', 'wait'], ['last']]);
      expect(written(effects)[0]).toMatchObject({ command: { opcode: Opcode.PROTO_STATS, channel: 1 } });
      const ping = { opcode: Opcode.PROTO_STATS, channel: 1 };
      const late = packet(read, 5, 0, new Uint8Array(100));
      expect(types(run(state, late).effects)).toEqual([]);
      const answered = run(state, late, packet(ping, 6, Flag.NAK, encodeStatus(Status.INVALID)));
      expect(written(answered.effects)[0]).toMatchObject({ command: read, sequence: 7 });
    });

    it('sends no probe in the middle of a reply, for it would be executed', () => {
      const begun = [start(read), packet(read, 5, Flag.FRAGMENT, new Uint8Array(10))];
      expect(types(run(uncounted, ...begun, silence(100), silence(200)).effects)).toEqual(['write ACKs', 'wait']);
    });

    it('takes the answer to a copy of a SET_CAPS for the reply, for the first has made it stop counting', () => {
      const set = commands.setCapabilities({ crc: true, seq: false, ack: true, events: true, maxPayload: 64 });
      const { effects } = run(at(5), start(set), silence(100), ...reply(set, 6, Flag.ACK));
      expect(outcomes(effects)).toEqual([{ kind: 'done' }]);
    });

    it('and not for what was sent once', () => {
      expect(run(uncounted, start(write), packet(write, 6, Flag.ACK)).effects).toEqual([]);
    });

    it('sends nothing behind such a copy but a ping, for its answer looks like that of the next', () => {
      const stopped: ExchangeState = { ...uncounted, trailing: 'copies' };
      expect(written(run(stopped, start(ioctl)).effects)[0]).toMatchObject({ command: { opcode: Opcode.PROTO_STATS } });
      expect(written(run({ ...stopped, sequenced: true }, start(ioctl)).effects)[0]).toMatchObject({ command: ioctl });
    });

    it('does not send what changes something again where another packet bore its number: that refuses nothing there', () => {
      const other = packet({ opcode: Opcode.CHANNEL_SIZE, channel: 4 }, 5, 0, new Uint8Array(4));
      expect(sends(run(uncounted, start(write), other, silence(100)).effects)).toEqual([]);
      expect(sends(run(at(5), start(write), other, silence(100)).effects)).toEqual(['6']);
    });
  });

  it('waits for no reply to a reset', () => {
    expect(types(run(at(5), start(commands.reset())).effects)).toEqual(['write', 'settle']);
  });

  it('forgets a command that is abandoned', () => {
    expect(run(at(5), start(), { type: 'abandon' })).toEqual({ state: at(5), effects: [] });
  });

  it('counts from 0 when a new session begins', () => {
    expect(run(at(5, false), start(), { type: 'begin' })).toEqual({ state: IDLE, effects: [] });
  });

  it('names the command that ends, and the sequence number of the next one', () => {
    const { effects } = run(at(255), start(write), ...reply(write, 255, Flag.ACK));
    expect(effects).toEqual([{ type: 'settle', command: write, outcome: { kind: 'done' }, counter: 0, restMs: 0 }]);
  });

  it('asks for a pause after a command that was sent twice, because its copy may still be refused', () => {
    const { effects } = run(at(5), start(write), silence(100), ...reply(write, 5, Flag.ACK));
    expect(effects).toMatchObject([{ type: 'settle', restMs: 4 }]);
  });

  it('does what SET_CAPS says about ACKs and sequence numbers, once the camera has acknowledged it', () => {
    const set = commands.setCapabilities({ crc: true, seq: false, ack: false, events: true, maxPayload: 64 });
    expect(run(at(5), start(set), ...nak(set, 5, Status.INVALID)).state).toMatchObject({ acks: true, sequenced: true });
    expect(run(at(5), start(set), ...reply(set, 5, Flag.ACK)).state).toMatchObject({ acks: false, sequenced: false });
  });

  it('marks the packet that answers the command itself: its time is the round trip', () => {
    const isFirst = (...inputs: ExchangeInput[]): unknown[] =>
      run(at(5), start(read), ...inputs).effects.flatMap((effect) =>
        effect.type === 'deliver' ? [effect.isFirst] : [],
      );
    const fragment = (sequence: number): ExchangeInput => packet(read, sequence, Flag.FRAGMENT, new Uint8Array(10));
    expect(isFirst(fragment(5))).toEqual([true]);
    expect(isFirst(fragment(5), fragment(6))).toEqual([false]);
    expect(isFirst(fragment(6))).toEqual([false]);
  });
});

describe('the exchange as an operator', () => {
  const intact = (sequence: number): Packet => ({
    kind: 'packet',
    opcode: size.opcode,
    channel: size.channel,
    sequence,
    flags: 0,
    payload: new Uint8Array(4),
  });
  const seen = (work: (received$: Subject<Packet | Discarded>, inputs$: Subject<ExchangeInput>) => void): string[] => {
    const received$ = new Subject<Packet | Discarded>();
    const inputs$ = new Subject<ExchangeInput>();
    const effects: ExchangeEffect[] = [];
    received$.pipe(exchange(inputs$)).subscribe((effect) => effects.push(effect));
    work(received$, inputs$);
    return types(effects);
  };

  it('emits the effects of the inputs and of the packets that arrive, in order', () => {
    const effects = seen((received$, inputs$) => {
      inputs$.next(start());
      received$.next(intact(0));
    });
    expect(effects).toEqual(['write', 'wait', 'wait', 'deliver']);
  });

  it('takes a damaged payload for an input, and no other rejection', () => {
    const header = { opcode: size.opcode, channel: size.channel, sequence: 0, flags: Flag.ACK_REQ, length: 4 };
    const effects = seen((received$) => {
      received$.next({ kind: 'discarded', reason: 'garbage', bytes: 3 });
      received$.next({ kind: 'discarded', reason: 'too-long', bytes: 10, header });
      received$.next({ kind: 'discarded', reason: 'payload', bytes: 10, header });
    });
    expect(effects).toEqual(['acknowledge']);
  });

  it('processes an input that an effect causes at once, as a reply is joined while its last packet is delivered', () => {
    const inputs$ = new Subject<ExchangeInput>();
    const effects: ExchangeEffect[] = [];
    const [, joined] = reply(size, 0, 0) as [ExchangeInput, ExchangeInput];
    const received$ = new Subject<Packet | Discarded>();
    received$.pipe(exchange(inputs$)).subscribe((effect) => {
      effects.push(effect);
      if (effect.type === 'deliver') inputs$.next(joined);
    });
    inputs$.next(start());
    received$.next(intact(0));
    inputs$.next(start());
    expect(types(effects)).toEqual(['write', 'wait', 'wait', 'deliver', 'settle', 'write', 'wait']);
    expect(sends(effects)).toEqual(['0', '1']);
  });

  it('does not complete with the packets, because a command in flight still needs its timeouts', () => {
    const inputs$ = new Subject<ExchangeInput>();
    const effects: ExchangeEffect[] = [];
    const exchanged = EMPTY.pipe(exchange(inputs$)).subscribe((effect) => effects.push(effect));
    inputs$.next(start());
    inputs$.next(silence(100));
    expect([sends(effects), exchanged.closed]).toEqual([['0', '0 RTX'], false]);
  });

  it('errors with the packets, and leaves the inputs', () => {
    const inputs$ = new Subject<ExchangeInput>();
    const errors: unknown[] = [];
    throwError(() => 'the port is gone')
      .pipe(exchange(inputs$))
      .subscribe({ error: (error: unknown) => errors.push(error) });
    expect([errors, inputs$.observed]).toEqual([['the port is gone'], false]);
  });

  it('keeps its state to the subscription', () => {
    const inputs$ = new Subject<ExchangeInput>();
    const counted: string[][] = [];
    for (let i = 0; i < 2; i++) {
      const effects: ExchangeEffect[] = [];
      const subscription = of(intact(7))
        .pipe(exchange(inputs$))
        .subscribe((effect) => effects.push(effect));
      inputs$.next(start());
      subscription.unsubscribe();
      counted.push(sends(effects));
    }
    expect(counted).toEqual([['8'], ['8']]);
    expect(inputs$.observed).toBe(false);
  });
});
