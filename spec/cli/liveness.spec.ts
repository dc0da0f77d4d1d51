import { jest } from '@jest/globals';
import {
  firstValueFrom,
  interval,
  map,
  merge,
  NEVER,
  type Observable,
  of,
  Subject,
  take,
  tap,
  throwError,
  timer,
} from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { checkAlive, failWhenSilent } from '../../lib/cli/liveness.js';
import { OpenMVError } from '../../lib/errors.js';
import type { Camera } from '../../lib/index.js';

const SILENT_MS = 2500;
const lost = new OpenMVError('LINK_LOST', 'the camera has not answered for 2.5 s (--timeout)');

/** What the work looks like, with a camera that is in these states and answers like this. */
function expectWork(
  run: (helpers: {
    camera: (states: string, poll: () => Observable<boolean>, trace$?: Observable<object>) => Camera;
    expectWork: (camera: Camera, work: string, seen: string) => void;
  }) => void,
): void {
  const test = new TestScheduler((actual, expected) => expect(actual).toEqual(expected));
  test.run(({ hot, cold, expectObservable }) => {
    const states = { r: { state: 'ready' }, b: { state: 'rebooting' }, o: { state: 'opening' } };
    run({
      camera: (marbles, poll, trace$ = NEVER) => {
        const answered$ = new Subject<object>();
        const answer = () => poll().pipe(tap(() => answered$.next({ kind: 'received' })));
        return {
          state$: hot(marbles, states),
          channel: () => ({ poll: answer }),
          trace$: merge(answered$, trace$),
        } as unknown as Camera;
      },
      expectWork: (camera, work, seen) =>
        expectObservable(cold(work).pipe(failWhenSilent(camera, SILENT_MS)), '10s !').toBe(seen, undefined, lost),
    });
  });
}

describe('failWhenSilent', () => {
  const answers = () => timer(100).pipe(map(() => true));

  it.each(['a 9s b|', '|', 'a 9s b'])('does not disturb work %s while the camera answers', (work) => {
    expectWork(({ camera, expectWork: expecting }) => expecting(camera('r', answers), work, work));
  });

  it('errors when nothing has arrived within the timeout, after it has asked', () => {
    expectWork(({ camera, expectWork: expecting }) => {
      expecting(
        camera('r', () => NEVER),
        'a',
        'a 2999ms #',
      );
    });
  });

  it('extends the timeout when something else is received, but not when something is sent', () => {
    const traced = (kind: string) =>
      interval(2000).pipe(
        take(3),
        map(() => ({ kind })),
      );
    expectWork(({ camera, expectWork: expecting }) => {
      expecting(
        camera('r', () => NEVER, traced('received')),
        'a',
        'a 8999ms #',
      );
      expecting(
        camera('r', () => NEVER, traced('sent')),
        'a',
        'a 2999ms #',
      );
    });
  });

  it("leaves opening to the link's own timeout", () => {
    expectWork(({ camera, expectWork: expecting }) => {
      expecting(
        camera('o', () => NEVER),
        'a 9s b|',
        'a 9s b|',
      );
    });
  });

  it('does not ask while the camera reboots, which may take as long again', () => {
    const asked = jest.fn(() => NEVER);
    expectWork(({ camera, expectWork: expecting }) => {
      expecting(camera('r 399ms b 2s r', asked), 'a 2s b|', 'a 2s b|');
    });
    expect(asked).not.toHaveBeenCalled();
    expectWork(({ camera, expectWork: expecting }) => {
      expecting(
        camera('r 999ms b', () => NEVER),
        'a',
        'a 3999ms #',
      );
    });
  });

  it('keeps counting while a link that receives nothing reopens', () => {
    expectWork(({ camera, expectWork: expecting }) => {
      expecting(
        camera('r 1s o 1s o', () => NEVER),
        'a',
        'a 2999ms #',
      );
    });
  });

  it('leaves errors of its question to the work', () => {
    expectWork(({ camera, expectWork: expecting }) => {
      const received$ = interval(2000).pipe(map(() => ({ kind: 'received' })));
      const broken = () => throwError(() => new OpenMVError('TIMEOUT', 'no answer'));
      expecting(camera('r', broken, received$), 'a 9s b|', 'a 9s b|');
    });
  });
});

describe('checkAlive', () => {
  const camera = (poll: () => Observable<boolean>) => ({ channel: () => ({ poll }) }) as unknown as Camera;

  it('completes on any answer, and errors with the error of its question', async () => {
    expect(await firstValueFrom(checkAlive(camera(() => of(false))), { defaultValue: 'answered' })).toBe('answered');
    await expect(firstValueFrom(checkAlive(camera(() => throwError(() => lost))))).rejects.toBe(lost);
  });
});
