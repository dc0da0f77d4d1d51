import { Clock } from './clock.js';
import { recordedCamera } from './recorded-interpreter.js';
import { capture, hexOf, inWords, type Row } from './support.js';

/** What one side said without being interrupted. */
function turnsOf(rows: readonly Row[]): Row[][] {
  const turns: Row[][] = [];
  for (const row of rows) {
    if (turns.at(-1)?.[0]!.from === row.from) turns.at(-1)!.push(row);
    else turns.push([row]);
  }
  return turns;
}

describe('a Device whose scripts are run as the recorded ones were', () => {
  it.each(['script', 'soft-reboot'])('answers each turn of the host at its time, packet by packet: %s', (name) => {
    const clock = new Clock();
    const { link } = recordedCamera(clock);
    const rows = capture(name);
    const turns = turnsOf(rows);
    let compared = 0;
    turns.forEach((turn, at) => {
      if (turn[0]!.from === 'host') {
        for (const row of turn) {
          clock.pass(row.t / 1000 - clock.now());
          link.send(row.bytes);
        }
        return;
      }
      const next = turns[at + 1]?.[0]!.t;
      if (next !== undefined) clock.pass(next / 1000 - clock.now());
      const said = link.written.splice(0);
      expect(said.map(inWords)).toEqual(turn.map(({ bytes }) => inWords(bytes)));
      expect(said.map(hexOf).join() === turn.map(({ bytes }) => hexOf(bytes)).join()).toBe(true);
      compared += said.length;
    });
    expect(link.said()).toEqual([]);
    expect(compared).toBe(rows.filter(({ from }) => from === 'device').length);
  });
});
