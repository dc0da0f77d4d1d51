import { ReplyWait } from '../../lib/host/reply-wait.js';
import { Clock } from '../device/clock.js';

function waiting(): { clock: Clock; wait: ReplyWait; silences: [forMs: number, patienceMs: number][] } {
  const clock = new Clock();
  const silences: [number, number][] = [];
  const wait = new ReplyWait(clock, { shortestWaitMs: 4, longestWaitMs: 1000 }, (forMs, patienceMs) =>
    silences.push([forMs, patienceMs]),
  );
  return { clock, wait, silences };
}

describe('the wait for a reply', () => {
  it('tells how long nothing has come since the command began, and half of its time as its patience', () => {
    const { clock, wait, silences } = waiting();
    wait.begin(10_000);
    wait.sent(false);
    wait.wait(0);
    clock.pass(1000);
    expect(silences).toEqual([[200, 5000]]);
  });

  it('has at least the patience that the camera needs to repeat by itself', () => {
    const { clock, wait, silences } = waiting();
    wait.begin(100);
    wait.wait(0);
    clock.pass(300);
    expect(silences).toEqual([[200, 2000]]);
  });

  it('counts from what came last, and gets shorter with the round trips', () => {
    const { clock, wait, silences } = waiting();
    for (let i = 0; i < 20; i++) {
      wait.begin(4000);
      wait.sent(false);
      clock.pass(1);
      wait.heard(true);
    }
    clock.pass(50);
    wait.heard(false);
    wait.wait(0);
    clock.pass(100);
    expect(silences).toEqual([[4, 2000]]);
  });

  it('says nothing once it is stopped or disposed of', () => {
    const { clock, wait, silences } = waiting();
    wait.begin(4000);
    wait.wait(0);
    wait.stop();
    clock.pass(1000);
    wait.wait(0);
    wait.dispose();
    clock.pass(1000);
    expect(silences).toEqual([]);
    expect(clock.actions).toHaveLength(0);
  });
});
