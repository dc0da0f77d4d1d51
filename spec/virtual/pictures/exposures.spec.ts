import { Exposures } from '../../../lib/virtual/pictures/picture-control.js';
import { Clock } from '../../device/clock.js';

describe('the exposures of a sensor', () => {
  function sensor(): { clock: Clock; exposures: Exposures; at: number[] } {
    const clock = new Clock();
    const at: number[] = [];
    return { clock, exposures: new Exposures(() => at.push(clock.now()), clock), at };
  }

  it('come at once, and then each period', () => {
    const { clock, exposures, at } = sensor();
    exposures.run(50);
    clock.pass(60);
    expect(at).toEqual([0, 20, 40, 60]);
  });

  it('go on undisturbed when nothing has changed', () => {
    const { clock, exposures, at } = sensor();
    exposures.run(50);
    clock.pass(30);
    exposures.run(50);
    clock.pass(10);
    expect(at).toEqual([0, 20, 40]);
  });

  it('come at another rate from the change on', () => {
    const { clock, exposures, at } = sensor();
    exposures.run(10);
    clock.pass(150);
    exposures.run(100);
    clock.pass(20);
    expect(at).toEqual([0, 100, 150, 160, 170]);
  });

  it('end, and leave no timer', () => {
    const { clock, exposures, at } = sensor();
    exposures.run(10);
    clock.pass(0);
    exposures.run(undefined);
    expect(clock.actions).toHaveLength(0);
    clock.pass(1000);
    expect(at).toEqual([0]);
  });
});
