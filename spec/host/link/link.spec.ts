import { Subscription, type Observable } from 'rxjs';
import { commands, type Command } from '../../../lib/host/link/command.js';
import type { Reply } from '../../../lib/host/link/job.js';
import { Link } from '../../../lib/host/link/link.js';
import { Tracer } from '../../../lib/host/link/trace.js';
import type { Connection } from '../../../lib/transport/transport.js';
import { encodePacket } from '../../../lib/wire/encoder.js';
import { Flag } from '../../../lib/wire/flags.js';
import { Opcode, opcodeName } from '../../../lib/wire/opcode.js';
import { encodeStatus, encodeWords } from '../../../lib/wire/payloads/index.js';
import { Status } from '../../../lib/wire/status.js';
import { Clock } from '../../device/clock.js';
import { flagsOf, ScriptedPort } from '../scripted-port.js';

interface Watched {
  readonly replies: Reply[];
  error: unknown;
  completed: boolean;
  readonly subscription: Subscription;
}

function watch(source: Observable<Reply>): Watched {
  const watched: Watched = { replies: [], error: undefined, completed: false, subscription: new Subscription() };
  watched.subscription.add(
    source.subscribe({
      next: (reply) => watched.replies.push(reply),
      error: (error: unknown) => (watched.error = error),
      complete: () => (watched.completed = true),
    }),
  );
  return watched;
}

describe('Link', () => {
  let clock: Clock;
  let port: ScriptedPort;
  let link: Link;
  let lost: string[];
  /** The channels that events came from. */
  let events: number[];
  /** The bytes of each write. */
  let writes: number[];
  let running: Subscription;
  let onEvent: () => void;

  const TIMEOUT_MS = 3000;
  const OPEN_TIMEOUT_MS = 4000;
  const request = (command: Command): Watched => watch(link.request(command, TIMEOUT_MS));
  const wrote = (): string[] =>
    port.written().map((packet) => `${opcodeName(packet.opcode)} ${packet.sequence} ${flagsOf(packet)}`.trim());
  const size = commands.size(3);
  const sizeIs = (sequence: number, value: number, flags: number = Flag.ACK_REQ): void =>
    port.receive({ opcode: Opcode.CHANNEL_SIZE, channel: 3, sequence, flags, payload: encodeWords(value) });
  const ack = (command: Command, sequence: number): void =>
    port.receive({ opcode: command.opcode, channel: command.channel, sequence, flags: Flag.ACK });

  beforeEach(() => {
    clock = new Clock();
    port = new ScriptedPort();
    writes = [];
    port.open().subscribe((opened: Connection) => {
      const connection: Connection = {
        bytes$: opened.bytes$,
        write: (bytes) => {
          writes.push(bytes.length);
          return opened.write(bytes);
        },
      };
      const limits = { shortestWaitMs: 4, longestWaitMs: 1000, openTimeoutMs: OPEN_TIMEOUT_MS };
      link = new Link(connection, clock, new Tracer(clock), limits);
    });
    lost = [];
    link.sessionLost$.subscribe((cause) => lost.push(cause));
    events = [];
    onEvent = () => undefined;
    running = link.run().subscribe(({ channel }) => {
      events.push(channel);
      onEvent();
    });
  });

  it('sends nothing before it is subscribed to', () => {
    link.request(size, TIMEOUT_MS);
    expect(wrote()).toEqual([]);
  });

  it('acknowledges a reply and emits it', () => {
    const asked = request(size);
    sizeIs(0, 1234);
    expect(wrote()).toEqual(['CHANNEL_SIZE 0', 'CHANNEL_SIZE 0 ACK']);
    expect(asked.replies).toEqual([
      { payload: encodeWords(1234), missing: [], ended: true, pace: { firstMs: 0, restMs: 0 } },
    ]);
    expect(asked.completed).toBe(true);
  });

  it('sends one command at a time, each with the sequence that the replies before it left', () => {
    const asked = [request(size), request(size)];
    expect(wrote()).toEqual(['CHANNEL_SIZE 0']);
    sizeIs(0, 1);
    sizeIs(1, 2);
    // The ACK goes out once more in front of the next command: one that is lost costs nothing.
    expect(wrote()).toEqual(['CHANNEL_SIZE 0 ACK', 'CHANNEL_SIZE 0 ACK', 'CHANNEL_SIZE 1', 'CHANNEL_SIZE 1 ACK']);
    expect(asked.map(({ replies }) => replies[0]?.payload[0])).toEqual([1, 2]);
  });

  it('puts fragments together, and lets events through between them', () => {
    const asked = request(commands.read(3, 0, 5, 'same-session'));
    const fragment = { opcode: Opcode.CHANNEL_READ, channel: 3 };
    port.receive(
      { ...fragment, sequence: 0, flags: Flag.FRAGMENT | Flag.ACK_REQ, payload: Uint8Array.of(1, 2) },
      { opcode: Opcode.CHANNEL_EVENT, channel: 7, sequence: 1, flags: Flag.EVENT },
      { ...fragment, sequence: 1, flags: Flag.FRAGMENT | Flag.ACK_REQ, payload: Uint8Array.of(3, 4) },
      { ...fragment, sequence: 2, flags: Flag.ACK_REQ, payload: Uint8Array.of(5) },
    );
    expect(asked.replies[0]?.payload).toEqual(Uint8Array.of(1, 2, 3, 4, 5));
    expect(events).toEqual([7]);
    expect(wrote()).toHaveLength(4);
  });

  it('errors with the status of a NAK', () => {
    const asked = request(size);
    port.receive({ opcode: size.opcode, channel: 3, flags: Flag.NAK, payload: encodeStatus(Status.INVALID) });
    expect(asked.error).toMatchObject({ code: 'NAK', status: Status.INVALID });
  });

  it('copes with a port that answers before the write returns', () => {
    port.onPacket = (packet) => {
      if (packet.flags === 0) sizeIs(packet.sequence, packet.sequence);
    };
    const asked = [request(size), request(size), request(size)];
    expect(asked.map(({ replies }) => replies[0]?.payload[0])).toEqual([0, 1, 2]);
  });

  it('sends a command again when nothing comes, and takes the reply', () => {
    const write = commands.write(5, 0, Uint8Array.of(9), 'never');
    const asked = request(write);
    clock.pass(200);
    expect(wrote()).toEqual(['CHANNEL_WRITE 0', 'CHANNEL_WRITE 0 RTX']);
    ack(write, 0);
    expect(asked.completed).toBe(true);
  });

  it('acknowledges a damaged reply and asks for it anew at once', () => {
    const asked = request(size);
    const damaged = encodePacket({ opcode: size.opcode, channel: 3, flags: Flag.ACK_REQ, payload: encodeWords(1234) });
    damaged[10]! ^= 0x40;
    wrote();
    port.receiveBytes(damaged);
    expect(wrote()).toEqual(['CHANNEL_SIZE 0 ACK', 'CHANNEL_SIZE 0 ACK', 'CHANNEL_SIZE 1']);
    sizeIs(1, 1234);
    expect(asked.replies[0]?.payload).toEqual(encodeWords(1234));
  });

  it('sends ACKs and the command behind them in one write', () => {
    request(size);
    sizeIs(0, 1);
    writes.length = 0;
    request(size);
    clock.pass(1000);
    expect(writes.slice(0, 2)).toEqual([20, 30]);
  });

  it('waits for the refusals of its copies, which come right behind the reply, before it sends the next command', () => {
    const write = commands.write(5, 0, Uint8Array.of(9), 'never');
    request(write);
    request(write);
    clock.pass(200);
    wrote();
    ack(write, 0);
    expect(wrote()).toEqual([]);
    port.receive({ opcode: write.opcode, channel: 5, sequence: 1, flags: Flag.NAK, payload: encodeStatus(6) });
    expect(wrote()).toEqual(['CHANNEL_WRITE 2']);
  });

  it('does not wait long for refusals, which may be lost', () => {
    request(size);
    request(commands.shape(3));
    clock.pass(200);
    sizeIs(0, 1);
    wrote();
    clock.pass(4);
    expect(wrote()).toEqual(['CHANNEL_SIZE 0 ACK', 'CHANNEL_SHAPE 1']);
  });

  it('does not ask for what a read consumed', () => {
    request(commands.read(2, 0, 4, 'never'));
    const damaged = encodePacket({
      opcode: Opcode.CHANNEL_READ,
      channel: 2,
      flags: Flag.ACK_REQ,
      payload: encodeWords(1234),
    });
    damaged[10]! ^= 0x40;
    wrote();
    port.receiveBytes(damaged);
    expect(wrote()).toEqual([]);
  });

  it('takes a command that was unsubscribed from out of the queue', () => {
    request(size);
    request(commands.shape(3)).subscription.unsubscribe();
    sizeIs(0, 1);
    expect(wrote()).toEqual(['CHANNEL_SIZE 0', 'CHANNEL_SIZE 0 ACK']);
  });

  it('lets what is on the wire end quietly', () => {
    const asked = request(size);
    asked.subscription.unsubscribe();
    const next = request(commands.shape(3));
    expect(wrote()).toEqual(['CHANNEL_SIZE 0']);
    sizeIs(0, 1);
    expect(wrote()).toEqual(['CHANNEL_SIZE 0 ACK', 'CHANNEL_SIZE 0 ACK', 'CHANNEL_SHAPE 1']);
    expect([asked.replies, next.completed]).toEqual([[], false]);
  });

  it('serves the system first and the channels in turn', () => {
    request(size);
    request(commands.size(4));
    request(commands.shape(4));
    request(commands.size(5));
    request(commands.poll());
    port.onPacket = ({ flags, opcode, channel, sequence }) => {
      if (flags === 0) port.receive({ opcode, channel, sequence, payload: encodeWords(0) });
    };
    const order: string[] = [];
    const answer = port.onPacket;
    port.onPacket = (packet) => {
      order.push(`${opcodeName(packet.opcode)} ${packet.channel}`);
      answer(packet);
    };
    sizeIs(0, 1, 0);
    expect(order).toEqual(['CHANNEL_POLL 0', 'CHANNEL_SIZE 4', 'CHANNEL_SIZE 5', 'CHANNEL_SHAPE 4']);
  });

  describe('deadlines', () => {
    it('ends a command on time though events never stop', () => {
      const asked = request(size);
      for (let ms = 0; ms < TIMEOUT_MS; ms += 10) {
        port.receive({ opcode: Opcode.CHANNEL_EVENT, channel: 7, flags: Flag.EVENT });
        clock.pass(10);
      }
      expect(asked.error).toMatchObject({ code: 'TIMEOUT' });
      expect(lost.length).toBeGreaterThan(0);
    });

    it('ends a command on time though fragments never stop', () => {
      const asked = request(commands.read(3, 0, 1_000_000, 'same-session'));
      for (let sequence = 0, ms = 0; ms < TIMEOUT_MS; ms += 10) {
        port.receive({
          opcode: Opcode.CHANNEL_READ,
          channel: 3,
          sequence,
          flags: Flag.FRAGMENT,
          payload: Uint8Array.of(1),
        });
        sequence = (sequence + 1) & 0xff;
        clock.pass(10);
      }
      expect(asked.error).toMatchObject({ code: 'TIMEOUT' });
    });

    it('does not say that a command failed which may have been executed', () => {
      const asked = request(commands.write(5, 0, Uint8Array.of(1), 'never'));
      clock.pass(TIMEOUT_MS);
      expect(asked.error).toMatchObject({ code: 'OUTCOME_UNKNOWN' });
    });

    it('waits on for a camera that is silent, and doubts the session when that does not help', () => {
      const asked = request(size);
      clock.pass(TIMEOUT_MS);
      expect(asked.error).toMatchObject({ code: 'TIMEOUT' });
      clock.pass(OPEN_TIMEOUT_MS - 1);
      expect(lost).toEqual([]);
      clock.pass(1);
      expect(lost).toEqual(['CHANNEL_SIZE on channel 3 timed out']);
    });

    it('keeps the session of a camera that answers after all, and serves what waits', () => {
      request(size);
      clock.pass(TIMEOUT_MS + 1000);
      const next = request(commands.shape(3));
      sizeIs(0, 1);
      clock.pass(10);
      port.receive({ opcode: Opcode.CHANNEL_SHAPE, channel: 3, sequence: 1, payload: encodeWords(4) });
      expect([next.completed, lost]).toEqual([true, []]);
    });

    it('lets a command that must be sent wait for its turn however long that takes, and in a full queue', () => {
      request(size);
      for (let i = 0; i < 1024; i++) request(commands.shape(3));
      const cleanUp = watch(link.request(commands.unlock(3), TIMEOUT_MS, true));
      clock.pass(TIMEOUT_MS + 1000);
      expect(cleanUp.error).toBeUndefined();
      wrote();
      sizeIs(0, 1);
      // Its copies are refused, each with the next number.
      port.onPacket = ({ opcode, channel, sequence, flags }) => {
        if (opcode === Opcode.PROTO_STATS)
          port.receive({ opcode, channel, sequence, flags: Flag.NAK, payload: encodeStatus(Status.INVALID) });
        else if (flags === 0) ack(commands.unlock(3), sequence);
      };
      clock.pass(10);
      expect(cleanUp.completed).toBe(true);
    });
  });

  describe('when its session ends', () => {
    it('ends all commands, and says of the one that changes something that nobody knows', () => {
      const sent = request(commands.write(5, 0, Uint8Array.of(1), 'never'));
      const waiting = request(commands.write(5, 0, Uint8Array.of(2), 'never'));
      link.abort('the test says so');
      expect(sent.error).toMatchObject({ code: 'OUTCOME_UNKNOWN' });
      expect(waiting.error).toMatchObject({ code: 'LINK_LOST' });
    });

    it('sends no command whose turn comes in the chunk that ends the session', () => {
      onEvent = () => link.abort('the camera reboots');
      const lock = request(commands.lock(3));
      const next = request(commands.write(5, 0, Uint8Array.of(2), 'never'));
      port.written();
      const granted = encodePacket({ opcode: Opcode.CHANNEL_LOCK, channel: 3, sequence: 0, flags: Flag.ACK });
      const rebooted = encodePacket({ opcode: Opcode.SYS_EVENT, channel: 0, sequence: 1, flags: Flag.EVENT });
      port.receiveBytes(Uint8Array.of(...granted, ...rebooted));
      expect(lock.completed).toBe(true);
      expect(wrote()).toEqual([]);
      expect(next.error).toMatchObject({ code: 'LINK_LOST' });
    });

    it('leaves no timer behind when it closes', () => {
      request(size);
      running.unsubscribe();
      expect(clock.actions.filter(({ closed }) => !closed)).toEqual([]);
    });

    it('refuses commands once it is closed', () => {
      running.unsubscribe();
      expect(request(size).error).toMatchObject({ code: 'LINK_LOST' });
    });
  });

  describe('synchronise', () => {
    it('repeats SYNC until it is answered, and begins to count at 0', () => {
      const asked = watch(link.synchronise(TIMEOUT_MS));
      clock.pass(300);
      expect(wrote()).toEqual(['PROTO_SYNC 0', 'PROTO_SYNC 0']);
      port.receive({ opcode: Opcode.PROTO_SYNC, flags: Flag.ACK });
      expect(asked.completed).toBe(true);
      request(size);
      expect(wrote()).toEqual(['CHANNEL_SIZE 0']);
    });

    it('finds the answer behind a packet of which only a part came', () => {
      const part = encodePacket({ opcode: Opcode.CHANNEL_READ, channel: 3, payload: new Uint8Array(4000) }).subarray(
        0,
        100,
      );
      port.receiveBytes(part);
      const asked = watch(link.synchronise(TIMEOUT_MS));
      port.receive({ opcode: Opcode.PROTO_SYNC, flags: Flag.ACK });
      expect(asked.completed).toBe(true);
    });

    it('errors when nobody answers', () => {
      const asked = watch(link.synchronise(TIMEOUT_MS));
      clock.pass(TIMEOUT_MS);
      expect(asked.error).toMatchObject({ code: 'TIMEOUT' });
    });
  });
});
