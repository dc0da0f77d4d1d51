import { SlicePace } from '../../../lib/host/session/slice-pace.js';

const PAYLOAD = 4082;

/** The packets of a slice after `slices` of them on a camera that begins after `reactionMs` and then sends steadily. */
function settled(reactionMs: number, packetMs: number, slices = 100, payload = PAYLOAD): number {
  const pace = new SlicePace();
  for (let i = 0; i < slices; i++) {
    const packets = pace.packets(payload);
    pace.measured(packets, reactionMs + packetMs, (packets - 1) * packetMs);
  }
  return pace.packets(payload);
}

describe('SlicePace', () => {
  it('begins with four packets', () => {
    expect(new SlicePace().packets(PAYLOAD)).toBe(4);
  });

  it('keeps to that while its measurements are too short to say anything', () => {
    expect(settled(5, 1, 2)).toBe(4);
  });

  it('keeps to that where no time passes', () => {
    expect(settled(0, 0)).toBe(4);
  });

  it.each([
    ['a quick camera on a slow wire', 1, 44, 2],
    ['a camera that reacts as fast as it sends', 3, 3, 4],
    ['one that is busy for five packets before it reacts', 10, 2, 20],
  ])('is some four times as long as the reaction: %s', (_, reactionMs, packetMs, packets) => {
    expect(settled(reactionMs, packetMs)).toBe(packets);
  });

  it('is long on a quick link too, where a packet takes next to nothing', () => {
    expect(settled(0.3, 0.02)).toBe(60);
    expect(settled(0.3, 0)).toBe(64);
  });

  it('keeps to four packets on a quick link whose packets take as long as the reaction', () => {
    expect(settled(0.05, 0.1)).toBe(4);
  });

  it('takes no more than 256 KiB, however slow the reaction is', () => {
    expect(settled(1000, 0.5) * PAYLOAD).toBeLessThanOrEqual(256 * 1024);
    expect(settled(1000, 0.5, 100, 50) * 50).toBeLessThanOrEqual(256 * 1024);
  });

  it('learns from the sum where its clock is coarser than what it measures', () => {
    const pace = new SlicePace();
    let now = 0;
    const tick = (ms: number): number => Math.floor(now + ms) - Math.floor(now);
    for (let i = 0; i < 400; i++) {
      const packets = pace.packets(PAYLOAD);
      const firstMs = tick(0.4);
      now += 0.4;
      const restMs = tick((packets - 1) * 0.2);
      now += (packets - 1) * 0.2 + 0.13;
      pace.measured(packets, firstMs, restMs);
    }
    expect(pace.packets(PAYLOAD)).toBeGreaterThanOrEqual(3);
    expect(pace.packets(PAYLOAD)).toBeLessThanOrEqual(6);
  });

  it('follows a camera that becomes busy', () => {
    const pace = new SlicePace();
    for (let i = 0; i < 200; i++) pace.measured(pace.packets(PAYLOAD), 2, pace.packets(PAYLOAD) - 1);
    expect(pace.packets(PAYLOAD)).toBe(4);
    for (let i = 0; i < 200; i++) pace.measured(pace.packets(PAYLOAD), 11, pace.packets(PAYLOAD) - 1);
    expect(pace.packets(PAYLOAD)).toBe(40);
  });

  it('takes nothing from slices of one packet, of which the reaction can not be told', () => {
    const pace = new SlicePace();
    for (let i = 0; i < 100; i++) pace.measured(1, 100, 0);
    expect(pace.packets(PAYLOAD)).toBe(4);
  });
});
