import { recordedDevice } from './recorded-device.js';
import { capture, hexOf, inWords } from './support.js';

/** An event of the stand-in's own main loop, which the rows give away. */
const CHANNEL_EVENT = 0x29;

describe('a Device that is spoken to as the recorded one was', () => {
  it.each([
    ['connect', 4096],
    ['naks', 4096],
    ['channels', 4096],
    ['channels-512', 512],
  ] as const)('answers byte for byte: %s', (name, bufferSize) => {
    const { link, frame } = recordedDevice({ bufferSize });
    for (const row of capture(name)) {
      if (row.from === 'host') link.send(row.bytes);
      else {
        if (row.bytes[5] === CHANNEL_EVENT) frame.sendEvent(1);
        const answer = link.written.shift()!;
        expect(inWords(answer)).toBe(inWords(row.bytes));
        expect(hexOf(answer) === hexOf(row.bytes)).toBe(true);
      }
    }
    expect(link.said()).toEqual([]);
  });
});
