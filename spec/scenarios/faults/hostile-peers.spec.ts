import { interval, type Observable } from 'rxjs';
import { isOpenMVError, type CameraState } from '../../../lib/index.js';
import { Flag, Opcode, Status, type Packet } from '../../../lib/operators/index.js';
import { encodeWords } from '../../../lib/wire/payloads/index.js';
import { Impostor } from './impostor.js';

/** How something ended, and when. */
interface End {
  code?: string;
  values: unknown[];
  atMs: number;
}

function ending(impostor: Impostor, work: Observable<unknown>): End {
  const started = impostor.clock.now();
  const end: End = { values: [], atMs: NaN };
  const over = (code: string): void => {
    end.code = code;
    end.atMs = impostor.clock.now() - started;
  };
  work.subscribe({
    next: (value) => end.values.push(value),
    error: (error: unknown) => over(isOpenMVError(error) ? error.code : String(error)),
    complete: () => over('done'),
  });
  return end;
}

/** An impostor with a session, and every state that it led the host through. */
function shakenHands(): { impostor: Impostor; states: CameraState[] } {
  const impostor = new Impostor();
  const states: CameraState[] = [];
  impostor.camera.state$.subscribe((state) => states.push(state));
  impostor.camera.connect();
  impostor.clock.pass(10);
  expect(states.at(-1)).toMatchObject({ state: 'ready' });
  return { impostor, states };
}

/** The command's own deadline, and what it may have waited for a session before (DESIGN, 4). */
const IN_TIME_MS = 8200;
const size = (impostor: Impostor): Observable<number> => impostor.camera.channel('log').size();
const write = (impostor: Impostor): Observable<unknown> => impostor.camera.channel('log').write(Uint8Array.of(1));

describe('a peer that', () => {
  it('never answers is an error in time, and is not flooded', () => {
    const impostor = new Impostor();
    for (const opcode of Object.values(Opcode)) impostor.misbehaves.set(opcode, () => undefined);
    const end = ending(impostor, impostor.camera.info());
    impostor.clock.pass(5000);
    expect(end).toMatchObject({ code: 'TIMEOUT', atMs: 4000 });
    expect(impostor.packets).toBeLessThan(10);
  });

  it('answers with bytes that are no packets is an error in time', () => {
    const impostor = new Impostor();
    const garbage = Uint8Array.from({ length: 5000 }, (_, i) => (i * i * 31) & 0xff);
    impostor.misbehaves.set(Opcode.PROTO_SYNC, () => impostor.port.receiveBytes(garbage));
    const end = ending(impostor, impostor.camera.info());
    impostor.clock.pass(5000);
    expect(end).toMatchObject({ code: 'TIMEOUT', atMs: 4000 });
  });

  it('stops answering ends reads and writes in time, each with its own word', () => {
    const { impostor } = shakenHands();
    for (const opcode of Object.values(Opcode)) impostor.misbehaves.set(opcode, () => undefined);
    const [asked, written] = [
      ending(impostor, size(impostor)),
      ending(impostor, impostor.camera.channel('stream').ioctl(9)),
    ];
    impostor.clock.pass(IN_TIME_MS + 4000);
    expect([asked.code, written.code]).toEqual(['TIMEOUT', 'TIMEOUT']);
    expect(asked.atMs).toBeLessThan(IN_TIME_MS);
  });

  it('stops answering in the middle of a write leaves it unknown, when its time is over and not before', () => {
    const { impostor } = shakenHands();
    impostor.misbehaves.set(Opcode.CHANNEL_WRITE, () => undefined);
    const end = ending(impostor, write(impostor));
    impostor.clock.pass(3900);
    expect(end.code).toBeUndefined();
    impostor.clock.pass(200);
    expect(end).toMatchObject({ code: 'OUTCOME_UNKNOWN' });
  });

  it.each([
    [
      'the answer to another command',
      (impostor: Impostor) => ({ opcode: Opcode.CHANNEL_SHAPE, sequence: impostor.sequence }),
    ],
    ['the answer of another channel', (impostor: Impostor) => ({ channel: 9, sequence: impostor.sequence })],
    ['an answer with another number', (impostor: Impostor) => ({ sequence: (impostor.sequence + 200) & 0xff })],
    ['an acknowledgement of a command that was not sent', () => ({ opcode: Opcode.CHANNEL_LOCK, flags: Flag.ACK })],
  ])('sends %s is not believed', (_, wrong) => {
    const { impostor } = shakenHands();
    impostor.misbehaves.set(Opcode.CHANNEL_SIZE, (command) =>
      impostor.port.receive({
        opcode: command.opcode,
        channel: command.channel,
        flags: Flag.ACK_REQ,
        payload: encodeWords(77),
        ...wrong(impostor),
      }),
    );
    const end = ending(impostor, size(impostor));
    impostor.clock.pass(IN_TIME_MS);
    expect(end.values).toEqual([]);
    expect(end.code).toMatch(/TIMEOUT|LINK_LOST/);
  });

  it('acknowledges a command that was not sent does no harm to the one that was', () => {
    const { impostor } = shakenHands();
    impostor.port.receive({ opcode: Opcode.CHANNEL_WRITE, channel: 4, flags: Flag.ACK, sequence: impostor.sequence });
    const end = ending(impostor, write(impostor));
    impostor.clock.pass(1000);
    // It moved the count of the host and not that of the peer, which refuses the write, and that could mean anything.
    expect(end.code).toBe('OUTCOME_UNKNOWN');
  });

  it('says events for ever ends commands in time, and holds nothing', () => {
    const { impostor } = shakenHands();
    let events = 0;
    impostor.camera.events$.subscribe(() => events++);
    impostor.misbehaves.set(Opcode.CHANNEL_SIZE, () => undefined);
    const flood = interval(1, impostor.clock).subscribe(() => {
      for (let i = 0; i < 10; i++)
        impostor.port.receive({
          opcode: Opcode.CHANNEL_EVENT,
          channel: 4,
          flags: Flag.EVENT,
          sequence: impostor.sequence,
        });
    });
    const end = ending(impostor, size(impostor));
    impostor.clock.pass(IN_TIME_MS);
    flood.unsubscribe();
    expect(end.code).toMatch(/TIMEOUT|LINK_LOST/);
    expect(events).toBeGreaterThan(50_000);
  });

  it('floods with events does not delay a reply', () => {
    const { impostor } = shakenHands();
    impostor.misbehaves.set(Opcode.CHANNEL_SIZE, (command) => {
      for (let i = 0; i < 5000; i++)
        impostor.port.receive({
          opcode: Opcode.CHANNEL_EVENT,
          channel: 4,
          flags: Flag.EVENT,
          sequence: impostor.sequence,
        });
      impostor.data(command, encodeWords(5));
    });
    expect(ending(impostor, size(impostor))).toMatchObject({ code: 'done', values: [5], atMs: 0 });
  });

  it('says events of a channel that it does not have is asked for its list once', () => {
    const { impostor } = shakenHands();
    const events: unknown[] = [];
    impostor.camera.events$.subscribe(({ channel }) => events.push(channel));
    impostor.port.written();
    for (let i = 0; i < 1000; i++)
      impostor.port.receive({
        opcode: Opcode.CHANNEL_EVENT,
        channel: 20,
        flags: Flag.EVENT,
        sequence: impostor.sequence,
      });
    const lists = impostor.port.written().filter(({ opcode, flags }) => opcode === Opcode.CHANNEL_LIST && flags === 0);
    expect(lists).toHaveLength(1);
    expect(events).toEqual(Array.from({ length: 1000 }, () => '#20'));
  });

  it('sends fragments for ever is not believed beyond what was asked for', () => {
    const { impostor, states } = shakenHands();
    let fragments = 0;
    impostor.misbehaves.set(Opcode.CHANNEL_READ, (command) => {
      const flood = interval(1, impostor.clock).subscribe(() => {
        impostor.data(command, new Uint8Array(1000), Flag.FRAGMENT);
        if (++fragments === 5000) flood.unsubscribe();
      });
    });
    impostor.misbehaves.set(Opcode.CHANNEL_SIZE, (command) => impostor.data(command, encodeWords(10_000)));
    const end = ending(impostor, impostor.camera.channel('log').read());
    impostor.clock.pass(100);
    expect(end).toMatchObject({ code: 'MALFORMED' });
    expect(end.atMs).toBeLessThan(20);
    impostor.clock.pass(10_000);
    expect(states.at(-1)).toMatchObject({ state: 'ready' });
  });

  it('sends empty fragments for ever ends the read in time', () => {
    const { impostor } = shakenHands();
    impostor.misbehaves.set(Opcode.CHANNEL_READ, (command) => {
      interval(1, impostor.clock).subscribe(() => impostor.data(command, new Uint8Array(0), Flag.FRAGMENT));
    });
    const end = ending(impostor, impostor.camera.channel('log').read());
    impostor.clock.pass(4 * IN_TIME_MS);
    expect(end.code).toMatch(/TIMEOUT|OUTCOME_UNKNOWN|LINK_LOST/);
  });

  it('claims to have 4 GB is refused before anything is held for them', () => {
    const { impostor } = shakenHands();
    impostor.misbehaves.set(Opcode.CHANNEL_SIZE, (command) => impostor.data(command, encodeWords(0xffff_ffff)));
    const before = process.memoryUsage().arrayBuffers;
    const end = ending(impostor, impostor.camera.channel('log').read());
    const frames = ending(impostor, impostor.camera.frames$);
    impostor.clock.pass(100);
    expect([end.code, frames.code]).toEqual(['TOO_LARGE', 'TOO_LARGE']);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(16 * 1024 * 1024);
    // Whatever it said, it was locked for it.
    expect(impostor.port.written().some(({ opcode }) => opcode === Opcode.CHANNEL_UNLOCK)).toBe(true);
  });

  it('announces 65535 bytes in an intact header holds up nothing', () => {
    const { impostor } = shakenHands();
    const header = { opcode: Opcode.CHANNEL_READ, channel: 4, sequence: 3, payload: new Uint8Array(65_535) };
    impostor.misbehaves.set(Opcode.CHANNEL_SIZE, (command) => {
      impostor.port.receive(header);
      impostor.data(command, encodeWords(6));
    });
    expect(ending(impostor, size(impostor))).toMatchObject({ code: 'done', values: [6] });
  });

  it('never sends the rest of a packet that it began holds up the next for a few waits', () => {
    const { impostor } = shakenHands();
    const begun = Uint8Array.of(0xaa, 0xd5, 3, 4, 0, 0x26, 0xf0, 0x1f);
    impostor.misbehaves.set(Opcode.CHANNEL_SIZE, (command) => {
      impostor.misbehaves.delete(Opcode.CHANNEL_SIZE);
      impostor.port.receiveBytes(begun);
      impostor.data(command, encodeWords(6));
    });
    const end = ending(impostor, size(impostor));
    impostor.clock.pass(1000);
    expect(end).toMatchObject({ code: 'done' });
  });

  it('goes on with the rest of a cut reply behind the answer to a SYNC confuses nobody', () => {
    const { impostor, states } = shakenHands();
    let syncs = 0;
    impostor.misbehaves.set(Opcode.PROTO_SYNC, (command) => {
      impostor.sequence = 0;
      impostor.port.receive({ opcode: command.opcode, flags: Flag.ACK });
      // A firmware that was not told to stop: it counts on from the SYNC.
      const rest: Packet = { ...command, opcode: Opcode.CHANNEL_READ, channel: 4 };
      if (++syncs <= 3)
        for (let i = 0; i < 4; i++) impostor.data(rest, new Uint8Array(100), Flag.ACK_REQ | Flag.FRAGMENT);
    });
    impostor.misbehaves.set(Opcode.CHANNEL_WRITE, () => undefined);
    const cut = ending(impostor, write(impostor));
    impostor.clock.pass(4100);
    expect(cut.code).toBe('OUTCOME_UNKNOWN');
    impostor.misbehaves.delete(Opcode.CHANNEL_WRITE);
    impostor.clock.pass(3000);
    expect(states.at(-1)).toMatchObject({ state: 'ready' });
    const read = ending(impostor, impostor.camera.channel('log').read());
    impostor.clock.pass(1000);
    expect(read).toMatchObject({ code: 'done', values: [Uint8Array.of(1, 2, 3, 4)] });
  });

  it('refuses everything with numbers of its own ends commands in time', () => {
    const { impostor } = shakenHands();
    for (const opcode of [Opcode.CHANNEL_SIZE, Opcode.CHANNEL_LIST, Opcode.PROTO_GET_CAPS]) {
      impostor.misbehaves.set(opcode, (command) =>
        impostor.clock.schedule(() => {
          impostor.sequence = (impostor.sequence + 3) & 0xff;
          impostor.refuse(command, Status.SEQUENCE);
        }, 1),
      );
    }
    const end = ending(impostor, size(impostor));
    impostor.clock.pass(IN_TIME_MS);
    expect(end.code).toMatch(/TIMEOUT|LINK_LOST/);
  });
});
