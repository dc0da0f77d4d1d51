import { inTurn } from '../../lib/operators/in-turn.js';

describe('inTurn', () => {
  it('handles a value at once', () => {
    const handled: number[] = [];
    const push = inTurn((value: number) => handled.push(value));
    push(1);
    push(2);
    expect(handled).toEqual([1, 2]);
  });

  it('lets a value that is caused from within wait until the one before it is done', () => {
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

  it('bears long chains of values that cause the next', () => {
    let count = 0;
    const push = inTurn((left: number) => {
      count++;
      if (left > 0) push(left - 1);
    });
    push(100_000);
    expect(count).toBe(100_001);
  });

  it('throws what handling throws, drops what waited, and goes on with the next call', () => {
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
