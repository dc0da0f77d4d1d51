import { interval, map, NEVER, type Observable, take, timer } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { whileAnswering } from '../../lib/cli/while-answering.js';
import { OpenMVError } from '../../lib/errors.js';
import type { Camera } from '../../lib/index.js';

const lost = new OpenMVError('LINK_LOST', 'the camera has not answered for 2.5 seconds');

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
      camera: (marbles, poll, trace$ = NEVER) =>
        ({ state$: hot(marbles, states), channel: () => ({ poll }), trace$ }) as unknown as Camera,
      expectWork: (camera, work, seen) =>
        expectObservable(cold(work).pipe(whileAnswering(camera)), '10s !').toBe(seen, undefined, lost),
    });
  });
}

describe('whileAnswering', () => {
  const answers = () => timer(100).pipe(map(() => true));

  it.each(['a 9s b|', '|', 'a 9s b'])('lets work %s be while the camera answers', (work) => {
    expectWork(({ camera, expectWork: expecting }) => expecting(camera('r', answers), work, work));
  });

  it('errors when a question was not answered for 2.5 seconds', () => {
    expectWork(({ camera, expectWork: expecting }) => {
      expecting(
        camera('r', () => NEVER),
        'a',
        'a 2999ms #',
      );
    });
  });

  it('waits for an answer as long as something else comes, and for nothing that is sent', () => {
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

  it('asks nothing while the camera opens or reboots', () => {
    expectWork(({ camera, expectWork: expecting }) => {
      expecting(
        camera('o 99ms b', () => NEVER),
        'a 9s b|',
        'a 9s b|',
      );
      expecting(
        camera('r 399ms b 8s r', () => NEVER),
        'a',
        'a',
      );
    });
  });
});
