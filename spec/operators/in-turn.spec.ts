import { inTurn } from '../../lib/operators/in-turn.js';

describe('inTurn', () => {
  it('handles a value at once', () => {
    const handled: number[] = [];
    const push = inTurn((value: number) => handled.push(value));
    push(1);
    push(2);
    expect(handled).toEqual([1, 2]);
  });

  it('queues a value that is caused while another is handled', () => {
    const log: string[] = [];
    const push = inTurn((value: number) => {
      log.push(`begin ${value}`);
      if (value === 1) [2, 3].forEach(push);
      if (value === 2) push(4);
      log.push(`end ${value}`);
    });
    push(1);
    expect(log).toEqual([1, 2, 3, 4].flatMap((value) => [`begin ${value}`, `end ${value}`]));
  });

  it('handles long chains of values that cause the next, without recursion', () => {
    let count = 0;
    const push = inTurn((left: number) => {
      count++;
      if (left > 0) push(left - 1);
    });
    push(100_000);
    expect(count).toBe(100_001);
  });

  it('throws the error of the handler, drops the queue, and continues with the next call', () => {
    const handled: number[] = [];
    const push = inTurn((value: number) => {
      handled.push(value);
      if (value === 1) push(2);
      if (value === 1) throw new Error('thrown by the handler');
    });
    expect(() => push(1)).toThrow('thrown by the handler');
    push(3);
    expect(handled).toEqual([1, 3]);
  });
});
