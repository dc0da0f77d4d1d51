import { SilenceTimer } from '../../../lib/host/link/reply-wait.js';
import { Clock } from '../../device/clock.js';

describe('the silence timer', () => {
  const made = (): { clock: Clock; timer: SilenceTimer; at: number[] } => {
    const clock = new Clock();
    const at: number[] = [];
    return { clock, at, timer: new SilenceTimer(clock, () => at.push(clock.now())) };
  };

  it('tells once when nothing came for the time given', () => {
    const { clock, timer, at } = made();
    timer.restart(100);
    clock.pass(1000);
    expect(at).toEqual([100]);
  });

  it('is put off by each restart', () => {
    const { clock, timer, at } = made();
    for (let i = 0; i < 10; i++) {
      timer.restart(100);
      clock.pass(60);
    }
    clock.pass(1000);
    expect(at).toEqual([640]);
  });

  it('is brought forward by a shorter wait', () => {
    const { clock, timer, at } = made();
    timer.restart(1000);
    clock.pass(10);
    timer.restart(50);
    clock.pass(2000);
    expect(at).toEqual([60]);
  });

  it('says nothing once it is stopped, and can be started again', () => {
    const { clock, timer, at } = made();
    timer.restart(100);
    timer.stop();
    clock.pass(500);
    timer.restart(100);
    clock.pass(500);
    expect(at).toEqual([600]);
  });

  it('leaves no timer behind', () => {
    const { clock, timer } = made();
    timer.restart(100);
    timer.dispose();
    expect(clock.actions.filter(({ closed }) => !closed)).toEqual([]);
  });
});
