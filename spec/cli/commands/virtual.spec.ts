import { Subject } from 'rxjs';
import { boardOfWord, virtualCamera } from '../../../lib/cli/commands/virtual.js';
import { encodePacket } from '../../../lib/wire/encoder.js';
import { Flag } from '../../../lib/wire/flags.js';
import { Opcode } from '../../../lib/wire/opcode.js';

const sync = encodePacket({ opcode: Opcode.PROTO_SYNC });
const synchronised = [...encodePacket({ opcode: Opcode.PROTO_SYNC, flags: Flag.ACK })];
const faultless = { loss: 0, damage: 0, seed: 1 };

/** A host on a connection that is served, and what it is answered. */
function host(serve: ReturnType<typeof virtualCamera>) {
  const bytes$ = new Subject<Uint8Array>();
  const answers: number[][] = [];
  let over = false;
  const write = (bytes: Uint8Array) => {
    answers.push([...bytes]);
    return new Subject<never>();
  };
  serve({ bytes$, write }).subscribe({ complete: () => (over = true) });
  return { bytes$, answers, isOver: () => over };
}

describe('a virtual camera on the command line', () => {
  it('answers on its connection until the host leaves, and on the next one', () => {
    const serve = virtualCamera(faultless, 'tcp');
    for (let round = 0; round < 2; round++) {
      const { bytes$, answers, isOver } = host(serve);
      bytes$.next(sync);
      expect(answers).toContainEqual(synchronised);
      expect(isOver()).toBe(false);
      bytes$.complete();
      expect(isOver()).toBe(true);
    }
  });

  it('ends its connection when the host resets it', () => {
    const { bytes$, isOver } = host(virtualCamera(faultless, 'usb'));
    bytes$.next(sync);
    bytes$.next(encodePacket({ opcode: Opcode.SYS_RESET }));
    expect(isOver()).toBe(true);
  });

  it('answers nothing if all packets are lost', () => {
    const { bytes$, answers } = host(virtualCamera({ ...faultless, loss: 1 }, 'udp'));
    bytes$.next(sync);
    expect(answers).toEqual([]);
    bytes$.complete();
  });
});

describe('boardOfWord', () => {
  it.each([
    ['H7 Plus', 'H7 Plus'],
    ['h7plus', 'H7 Plus'],
    ['h7-plus', 'H7 Plus'],
    ['m7', 'M7'],
    ['rt1062', 'RT1062'],
    ['Virtual', 'virtual'],
  ])('%s is %s', (word, name) => expect(boardOfWord(word)).toBe(name));

  it.each(['', 'H9', 'constructor'])('refuses "%s"', (word) => expect(boardOfWord(word)).toBeUndefined());
});
