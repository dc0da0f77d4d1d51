import { defer, EMPTY, NEVER, of, switchMap, throwError, timer, type Observable } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { OpenMVError } from '../../../lib/errors.js';
import type { Command } from '../../../lib/host/link/command.js';
import type { Link } from '../../../lib/host/link/link.js';
import { Session } from '../../../lib/host/session/session.js';
import type { CameraEvent } from '../../../lib/host/session/camera-event.js';
import { Opcode } from '../../../lib/wire/opcode.js';
import type { Message } from '../../../lib/wire/reassembler.js';
import { Status } from '../../../lib/wire/status.js';

const STREAM = 3;
const OTHER = 4;
const DONE = { payload: new Uint8Array(), missing: [], ended: true, pace: undefined };
const CAPABILITIES = { crc: true, seq: true, ack: false, events: true, maxPayload: 4082 };

/** A session with a camera that locks what it is told to, and refuses the rest with BUSY. */
function sessionOf(grants: (channel: number) => boolean, scheduler: TestScheduler): Session {
  const request = ({ opcode, channel }: Command): Observable<typeof DONE> => {
    if (opcode !== Opcode.CHANNEL_LOCK) return EMPTY;
    const busy = (): OpenMVError => new OpenMVError('NAK', 'busy', { status: Status.BUSY });
    return defer(() => (grants(channel) ? of(DONE) : throwError(busy)));
  };
  return sessionOver(request, scheduler);
}

/** A session whose link answers as `request` does, with 1000 ms for a command without data. */
function sessionOver(request: Pick<Link, 'request'>['request'], scheduler: TestScheduler): Session {
  const link = { request, capabilities: CAPABILITIES } as unknown as Link;
  const said = {} as ConstructorParameters<typeof Session>[1];
  return new Session(link, said, CAPABILITIES, [], 1000, scheduler, () => ({ unsubscribe: () => undefined }));
}

describe('a LOCK that is sent again', () => {
  const scheduler = (): TestScheduler => new TestScheduler((actual, expected) => expect(actual).toEqual(expected));

  it('is sent until the interval of the last grant is over, for BUSY within it says nothing', () => {
    const tests = scheduler();
    tests.run(({ expectObservable }) => {
      const session = sessionOf((channel) => channel === OTHER || tests.now() >= 12, tests);
      session.lock(OTHER).subscribe();
      expectObservable(session.lockAgain(STREAM)).toBe('12ms (t|)', { t: true });
    });
  });

  it('goes out at once, and tells by BUSY that the first was executed', () => {
    const tests = scheduler();
    tests.run(({ expectObservable }) => {
      const session = sessionOf(() => false, tests);
      const later$ = timer(20, tests).pipe(switchMap(() => session.lockAgain(STREAM)));
      expectObservable(later$).toBe('20ms (f|)', { f: false });
    });
  });

  it('proves nothing by BUSY while a lock from before the session may cause it', () => {
    const tests = scheduler();
    tests.run(({ expectObservable }) => {
      const session = sessionOf(() => false, tests);
      expectObservable(session.lockAgain(STREAM)).toBe('14ms (f|)', { f: false });
    });
  });

  it('waits for the interval of a lock that another channel was granted in between', () => {
    const tests = scheduler();
    tests.run(({ expectObservable }) => {
      const session = sessionOf((channel) => {
        // The lock of the other channel is queued in front, and granted while this one waits.
        if (channel === OTHER) return true;
        if (tests.now() < 11) session.lock(OTHER).subscribe();
        return tests.now() >= 11;
      }, tests);
      expectObservable(session.lockAgain(STREAM)).toBe('11ms (t|)', { t: true });
    });
  });
});

describe('the deadline of a command', () => {
  it('grows by 100 ms for each kilobyte sent or requested', () => {
    const deadlines: number[] = [];
    const request = (_: Command, timeoutMs: number): Observable<never> => (deadlines.push(timeoutMs), EMPTY);
    const session = sessionOver(request, new TestScheduler(() => undefined));
    const command = { opcode: Opcode.CHANNEL_WRITE, channel: STREAM, payload: new Uint8Array(), replyLimit: 0 };
    session.request(command as Command);
    session.request({ ...command, payload: new Uint8Array(1000) } as Command);
    session.request({ ...command, replyLimit: 50_000 } as Command);
    expect(deadlines).toEqual([1000, 1100, 6000]);
  });
});

describe('a LOCK to a camera with a slower clock', () => {
  it.each([
    ['is sent again after BUSY that comes within 3 ms after the interval', 13, '13ms (t|)'],
    ['takes BUSY for an answer after these 3 ms', 16, '14ms (f|)'],
  ])('%s', (_, freeMs, marbles) => {
    const tests = new TestScheduler((actual, expected) => expect(actual).toEqual(expected));
    tests.run(({ expectObservable }) => {
      const session = sessionOf((channel) => channel === OTHER || tests.now() >= freeMs, tests);
      session.lock(OTHER).subscribe();
      expectObservable(session.lock(STREAM)).toBe(marbles, { t: true, f: false });
    });
  });
});

describe('events of a channel without a known name', () => {
  const event = { channel: OTHER, opcode: Opcode.CHANNEL_EVENT, payload: new Uint8Array(2) } as Message;

  it('wait for the name until there are 1024, then carry the channel number instead', () => {
    const session = sessionOver(() => NEVER, new TestScheduler(() => undefined));
    const seen: CameraEvent[] = [];
    session.events$.subscribe((each) => seen.push(each));
    for (let i = 0; i < 1023; i++) session.receive(event);
    expect(seen).toHaveLength(0);
    session.receive(event);
    expect(seen).toHaveLength(1024);
    expect(seen.at(-1)).toMatchObject({ channel: `#${OTHER}` });
    session.receive(event);
    expect(seen).toHaveLength(1025);
  });
});
