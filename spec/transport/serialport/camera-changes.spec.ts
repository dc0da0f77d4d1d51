import { type Observable } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { cameraChanges, type CameraChange } from '../../../lib/transport/serialport/camera-changes.js';
import type { CameraPort } from '../../../lib/transport/serialport/list-cameras.js';
import { OpenMVError } from '../../../lib/errors.js';

const one: CameraPort = { path: '/dev/ttyACM0', board: 'OpenMV N6', serialNumber: '1', bootloader: false };
const two: CameraPort = { path: '/dev/ttyACM1', board: 'OpenMV AE3', serialNumber: '2', bootloader: false };
const asleep: CameraPort = { ...one, bootloader: true };
const successor: CameraPort = { ...one, serialNumber: '3' };

const arrived = (port: CameraPort, ...present: CameraPort[]): CameraChange => ({ kind: 'arrived', port, present });
const departed = (port: CameraPort, ...present: CameraPort[]): CameraChange => ({ kind: 'departed', port, present });

type Run = (marbles: {
  /** Watches, each look being the next of these, a second after the last one. */
  watch: (...looks: Observable<readonly CameraPort[]>[]) => Observable<CameraChange>;
  /** A look that takes no time. */
  list: (...ports: CameraPort[]) => Observable<readonly CameraPort[]>;
  test: Parameters<Parameters<TestScheduler['run']>[0]>[0];
  failures: string[];
}) => void;

function run(work: Run): void {
  const scheduler = new TestScheduler((actual, expected) => expect(actual).toEqual(expected));
  scheduler.run((test) => {
    const failures: string[] = [];
    work({
      test,
      failures,
      list: (...ports) => test.cold('(l|)', { l: ports }),
      watch: (...looks) => {
        let next = 0;
        return cameraChanges({
          list: () => looks[Math.min(next++, looks.length - 1)]!,
          periodMs: 1000,
          onUnlistable: ({ message }) => failures.push(message),
          scheduler,
        });
      },
    });
  });
}

describe('cameraChanges', () => {
  it('emits the cameras that are plugged in, at once', () =>
    run(({ watch, list, test }) => {
      test
        .expectObservable(watch(list(one, two)), '^ 2500ms !')
        .toBe('(ab)', { a: arrived(one, one, two), b: arrived(two, one, two) });
    }));

  it('emits nothing if there is no camera and none is plugged in', () =>
    run(({ watch, list, test }) => {
      test.expectObservable(watch(list()), '^ 5500ms !').toBe('-');
    }));

  it('emits each plugged and unplugged camera once, with all that are plugged in', () =>
    run(({ watch, list, test }) => {
      test
        .expectObservable(watch(list(), list(one), list(one, two), list(one, two), list(two), list()), '^ 9500ms !')
        .toBe('1000ms a 999ms b 1999ms c 999ms d', {
          a: arrived(one, one),
          b: arrived(two, one, two),
          c: departed(one, two),
          d: departed(two),
        });
    }));

  it('reports a bootloader, or another camera at the same path, as unplugged and plugged', () =>
    run(({ watch, list, test }) => {
      test
        .expectObservable(watch(list(one), list(asleep), list(successor)), '^ 2500ms !')
        .toBe('a 999ms (bc) 996ms (de)', {
          a: arrived(one, one),
          b: departed(one, asleep),
          c: arrived(asleep, asleep),
          d: departed(asleep, successor),
          e: arrived(successor, successor),
        });
    }));

  it('waits for an answer, and then for the period, before it looks again', () =>
    run(({ watch, list, test }) => {
      const slow = test.cold('3s (l|)', { l: [one] });
      test.expectObservable(watch(slow, list()), '^ 4500ms !').toBe('3s a 999ms b', {
        a: arrived(one, one),
        b: departed(one),
      });
      test.expectSubscriptions(slow.subscriptions).toBe('^ 2999ms !');
    }));

  it('keeps the list if a look fails, and reports the first of several failures', () =>
    run(({ watch, list, test, failures }) => {
      const failing = test.cold<CameraPort[]>('#', {}, new OpenMVError('PORT_UNAVAILABLE', 'no udev'));
      const looks = [list(one), failing, failing, list(one), failing, list()];
      test
        .expectObservable(watch(...looks), '^ 5500ms !')
        .toBe('a 4999ms b', { a: arrived(one, one), b: departed(one) });
      test.flush();
      expect(failures).toEqual(['no udev', 'no udev']);
    }));

  it('looks separately for each subscription, and stops with it', () =>
    run(({ watch, test }) => {
      const look = test.cold('500ms (l|)', { l: [one] });
      const changes$ = watch(look);
      test.expectObservable(changes$, '^ 250ms !').toBe('-');
      test.expectObservable(changes$, '-- ^ 700ms !').toBe('-- 500ms a', { a: arrived(one, one) });
      test.expectSubscriptions(look.subscriptions).toBe(['^ 250ms !', '-- ^ 499ms !']);
    }));
});
