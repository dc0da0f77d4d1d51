import { FramePolling } from '../../../lib/host/stream/frame-polling.js';
import { Clock } from '../../device/clock.js';

describe('polling for frames', () => {
  it('polls within a few frames in a lively stream', () => {
    const clock = new Clock();
    const polling = new FramePolling(clock);
    for (let i = 0; i < 20; i++) {
      clock.pass(20);
      polling.polled(true);
    }
    expect(polling.nextMs()).toBe(30);
    clock.pass(10);
    expect(polling.nextMs()).toBe(20);
  });

  it('polls less and less often in a silent stream, down to once a second', () => {
    const clock = new Clock();
    const polling = new FramePolling(clock);
    for (let i = 0; i < 20; i++) {
      clock.pass(20);
      polling.polled(true);
    }
    const polls = Array.from({ length: 8 }, () => {
      polling.polled(false);
      return polling.nextMs();
    });
    expect(polls).toEqual([60, 120, 240, 480, 960, 1000, 1000, 1000]);
  });

  it('polls once a second before the first frame', () => {
    expect(new FramePolling(new Clock()).nextMs()).toBe(1000);
  });
});
