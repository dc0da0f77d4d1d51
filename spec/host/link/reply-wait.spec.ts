import { ReplyWait } from '../../../lib/host/link/reply-wait.js';
import { Clock } from '../../device/clock.js';

function waiting(): { clock: Clock; wait: ReplyWait; silences: number[] } {
  const clock = new Clock();
  const silences: number[] = [];
  const wait = new ReplyWait(clock, { shortestWaitMs: 4, longestWaitMs: 1000 }, (forMs) => silences.push(forMs));
  return { clock, wait, silences };
}

describe('the wait for a reply', () => {
  it('tells how long nothing has come since the command began', () => {
    const { clock, wait, silences } = waiting();
    wait.begin();
    wait.sent(false);
    wait.wait({ repeats: 0 });
    clock.pass(1000);
    expect(silences).toEqual([200]);
  });

  it('is at least as long as it is told', () => {
    const { clock, wait, silences } = waiting();
    wait.begin();
    wait.wait({ repeats: 0, leastMs: 600 });
    clock.pass(1000);
    expect(silences).toEqual([600]);
  });

  it('counts from what came last, and gets shorter with the round trips', () => {
    const { clock, wait, silences } = waiting();
    for (let i = 0; i < 20; i++) {
      wait.begin();
      wait.sent(false);
      clock.pass(1);
      wait.heard(true, false);
    }
    clock.pass(50);
    wait.heard(false, false);
    wait.wait({ repeats: 0 });
    clock.pass(100);
    expect(silences).toEqual([4]);
  });

  it('says nothing once it is stopped or disposed of', () => {
    const { clock, wait, silences } = waiting();
    wait.begin();
    wait.wait({ repeats: 0 });
    wait.stop();
    clock.pass(1000);
    wait.wait({ repeats: 0 });
    wait.dispose();
    clock.pass(1000);
    expect(silences).toEqual([]);
    expect(clock.actions).toHaveLength(0);
  });
});
