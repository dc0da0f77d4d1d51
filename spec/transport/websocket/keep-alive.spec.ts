import { VirtualTimeScheduler } from 'rxjs';
import { KeepAlive } from '../../../lib/transport/websocket/keep-alive.js';

describe('KeepAlive', () => {
  let scheduler: VirtualTimeScheduler;
  let pings: number;
  let silences: number[];
  let answers: boolean;
  let keepAlive: KeepAlive;

  beforeEach(() => {
    scheduler = new VirtualTimeScheduler();
    [pings, silences, answers] = [0, [], true];
    let pong: () => void = () => undefined;
    const socket = {
      on: (_: 'pong', heard: () => void) => (pong = heard),
      ping: () => {
        pings++;
        if (answers) pong();
      },
    };
    keepAlive = new KeepAlive(socket, () => silences.push(scheduler.frame), scheduler);
  });

  const until = (ms: number): void => {
    scheduler.maxFrames = ms;
    scheduler.flush();
  };

  it('pings every five seconds while it gets answers', () => {
    until(60_000);
    expect({ pings, silences }).toEqual({ pings: 12, silences: [] });
  });

  it('reports within fifteen seconds that nobody answers, once', () => {
    until(21_000);
    answers = false;
    until(100_000);
    expect(silences).toEqual([35_000]);
    expect(scheduler.actions).toHaveLength(0);
  });

  it('tolerates one late answer, for example after a sleep', () => {
    until(21_000);
    answers = false;
    until(29_000);
    answers = true;
    until(100_000);
    expect(silences).toEqual([]);
  });

  it('accepts any other message as an answer', () => {
    answers = false;
    for (let ms = 0; ms < 60_000; ms += 6000) {
      until(ms);
      keepAlive.heard();
    }
    expect(silences).toEqual([]);
  });

  it('reports nothing after it is stopped', () => {
    answers = false;
    until(11_000);
    keepAlive.stop();
    until(100_000);
    expect({ pings, silences }).toEqual({ pings: 2, silences: [] });
  });
});
