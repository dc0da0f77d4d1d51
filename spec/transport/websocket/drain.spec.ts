import { VirtualTimeScheduler } from 'rxjs';
import { Drain, MOST_BUFFERED_BYTES } from '../../../lib/transport/websocket/drain.js';

describe('Drain', () => {
  let socket: { bufferedAmount: number };
  let scheduler: VirtualTimeScheduler;
  let drain: Drain;
  let seen: unknown[];

  beforeEach(() => {
    socket = { bufferedAmount: 0 };
    scheduler = new VirtualTimeScheduler();
    drain = new Drain(socket, scheduler);
    seen = [];
  });

  const write = (name: string): void =>
    void drain.passed().subscribe({ complete: () => seen.push(name), error: (error) => seen.push(error) });
  const pass = (ms: number): void => {
    scheduler.maxFrames = scheduler.frame + ms;
    scheduler.flush();
  };

  it('does not delay writes, or check the socket, while its buffer is small', () => {
    socket.bufferedAmount = MOST_BUFFERED_BYTES;
    write('first');
    expect(seen).toEqual(['first']);
    expect(scheduler.actions).toHaveLength(0);
  });

  it("delays writes while the socket's buffer is large, and releases them in order", () => {
    socket.bufferedAmount = MOST_BUFFERED_BYTES + 1;
    write('first');
    write('second');
    pass(100);
    expect(seen).toEqual([]);
    socket.bufferedAmount = 0;
    pass(5);
    expect(seen).toEqual(['first', 'second']);
    expect(scheduler.actions).toHaveLength(0);
  });

  it('lets no later write overtake a waiting one', () => {
    socket.bufferedAmount = MOST_BUFFERED_BYTES + 1;
    write('first');
    socket.bufferedAmount = 0;
    write('second');
    expect(seen).toEqual([]);
    pass(5);
    expect(seen).toEqual(['first', 'second']);
  });

  it('starts again after the buffer was empty', () => {
    for (const round of ['first', 'second']) {
      socket.bufferedAmount = MOST_BUFFERED_BYTES + 1;
      write(round);
      socket.bufferedAmount = 0;
      pass(5);
    }
    expect(seen).toEqual(['first', 'second']);
  });

  it('fails all waiting writes, once', () => {
    socket.bufferedAmount = MOST_BUFFERED_BYTES + 1;
    write('first');
    write('second');
    drain.fail('gone');
    drain.fail('gone again');
    expect(seen).toEqual(['gone', 'gone']);
    expect(scheduler.actions).toHaveLength(0);
  });
});
