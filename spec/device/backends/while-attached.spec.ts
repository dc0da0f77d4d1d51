import { BehaviorSubject, interval } from 'rxjs';
import { attachedFor, whileAttached } from '../../../lib/device/backends/sending.js';
import { Clock } from '../clock.js';

describe('what goes on while a host is there', () => {
  it('begins anew with each host, and leaves no timer while there is none', () => {
    const clock = new Clock();
    const attached = new BehaviorSubject(false);
    const seen: string[] = [];
    const work = whileAttached(attached, interval(10, clock)).subscribe((tick) => seen.push(`${clock.now()}:${tick}`));
    clock.pass(50);
    attached.next(true);
    clock.pass(25);
    attached.next(false);
    expect(clock.actions).toHaveLength(0);
    clock.pass(100);
    attached.next(true);
    clock.pass(10);
    expect(seen).toEqual(['60:0', '70:1', '185:0']);
    work.unsubscribe();
    expect(clock.actions).toHaveLength(0);
  });

  it('takes its time without a break, and ends', () => {
    const clock = new Clock();
    const attached = new BehaviorSubject(true);
    const seen: string[] = [];
    attachedFor(attached, 10, clock).subscribe({
      next: () => seen.push(`over ${clock.now()}`),
      complete: () => seen.push('ended'),
    });
    clock.pass(9);
    attached.next(false);
    attached.next(true);
    clock.pass(9);
    expect(seen).toEqual([]);
    clock.pass(1);
    expect(seen).toEqual(['over 19', 'ended']);
  });

  it('does not end at once when it is to last longer than a timer can', () => {
    const clock = new Clock();
    let over = false;
    attachedFor(new BehaviorSubject(true), 1e15, clock).subscribe(() => (over = true));
    expect(clock.actions.map(({ delay }) => delay)).toEqual([0x7fffffff]);
    expect(over).toBe(false);
  });
});
