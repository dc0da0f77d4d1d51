import { defer, EMPTY, of, throwError, type Observable } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { OpenMVError } from '../../../lib/errors.js';
import type { Command } from '../../../lib/host/link/command.js';
import type { Link } from '../../../lib/host/link/link.js';
import { Session } from '../../../lib/host/session/session.js';
import { Opcode } from '../../../lib/wire/opcode.js';
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
      expectObservable(session.lockAgain(STREAM)).toBe('(f|)', { f: false });
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
