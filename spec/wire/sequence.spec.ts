import { isBefore, sequenceAfter, stepsBetween } from '../../lib/wire/sequence.js';

describe('sequence numbers', () => {
  it('count round: 0 follows 255', () => {
    expect([sequenceAfter(0), sequenceAfter(254), sequenceAfter(255), sequenceAfter(250, 10)]).toEqual([1, 255, 0, 4]);
  });

  it('are as many steps apart as lead up from one to the other', () => {
    expect([stepsBetween(7, 7), stepsBetween(7, 8), stepsBetween(255, 0), stepsBetween(8, 7)]).toEqual([0, 1, 1, 255]);
  });

  it('are before another when half a round or less leads up to it', () => {
    const before = Array.from({ length: 256 }, (_, sequence) => sequence).filter((sequence) => isBefore(sequence, 10));
    expect(before).toHaveLength(128);
    expect([isBefore(9, 10), isBefore(10, 10), isBefore(11, 10)]).toEqual([true, false, false]);
    expect([isBefore(138, 10), isBefore(137, 10), isBefore(255, 0)]).toEqual([true, false, true]);
  });
});
