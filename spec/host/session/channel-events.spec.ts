import type { CameraEvent } from '../../../lib/host/session/camera-event.js';
import { ChannelEvents } from '../../../lib/host/session/channel-events.js';

const event = (channel: string, number: number): CameraEvent => ({
  kind: 'channel',
  channel,
  channelId: 7,
  event: number,
  receivedAt: 0,
});

function seenBy(subscribe: (events: ChannelEvents, see: (value: unknown) => void) => void): {
  events: ChannelEvents;
  seen: unknown[];
} {
  const events = new ChannelEvents();
  const seen: unknown[] = [];
  subscribe(events, (value) => seen.push(value));
  return { events, seen };
}

describe('the events of channels', () => {
  it('reach the subscribers of their channel alone, and those of all channels in the order of arrival', () => {
    const { events, seen } = seenBy((all, see) => {
      all.of('a').subscribe((one) => see(`a ${one.event}`));
      all.of('b').subscribe((one) => see(`b ${one.event}`));
      all.all$.subscribe((one) => see(`all ${one.event}`));
    });
    events.next(event('b', 1));
    events.next(event('a', 2));
    events.next(event('c', 3));
    expect(seen).toEqual(['b 1', 'all 1', 'a 2', 'all 2', 'all 3']);
  });

  it('are shared by all subscribers of a channel', () => {
    const { events, seen } = seenBy((all, see) => {
      for (const name of ['first', 'second']) all.of('a').subscribe((one) => see(`${name} ${one.event}`));
    });
    events.next(event('a', 1));
    expect(seen).toEqual(['first 1', 'second 1']);
  });

  it('complete with the session, also for a channel that is subscribed to afterwards', () => {
    const { events, seen } = seenBy((all, see) => {
      all.of('a').subscribe({ complete: () => see('a') });
      all.all$.subscribe({ complete: () => see('all') });
    });
    events.complete();
    events.of('a').subscribe({ complete: () => seen.push('a again') });
    events.of('b').subscribe({ complete: () => seen.push('b') });
    expect(seen).toEqual(['a', 'all', 'a again', 'b']);
  });
});
