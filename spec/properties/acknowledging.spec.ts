import fc, { type Arbitrary } from 'fast-check';
import { from } from 'rxjs';
import { acknowledge } from '../../lib/operators/acknowledge.js';
import { Flag } from '../../lib/wire/flags.js';
import type { Discarded, Packet } from '../../lib/wire/packet.js';
import { packet } from '../wire/fragments.js';

/** What a device says next: a reply, how often it repeats it at once, and how many replies later once more. */
interface Said {
  readonly flags: number;
  readonly firstIsLost: boolean;
  readonly repeats: number;
  readonly late: number;
}

const data: Arbitrary<Said> = fc.record({
  flags: fc.constantFrom(Flag.ACK_REQ, Flag.ACK_REQ | Flag.FRAGMENT),
  firstIsLost: fc.boolean(),
  repeats: fc.nat({ max: 3 }),
  late: fc.nat({ max: 20 }),
});

/** Many replies without data in a row: writes, of which a program may do thousands between two reads. */
const writes: Arbitrary<Said[]> = fc
  .tuple(fc.nat({ max: 600 }), fc.constantFrom<number>(Flag.ACK, Flag.NAK))
  .map(([count, flags]) => Array<Said>(count).fill({ flags, firstIsLost: false, repeats: 0, late: 0 }));

const conversations = fc
  .array(fc.oneof({ weight: 6, arbitrary: data.map((one) => [one]) }, { weight: 1, arbitrary: writes }), {
    maxLength: 30,
  })
  .map((parts) => parts.flat());

interface Wire {
  readonly arriving: readonly Packet[];
  readonly emitted: readonly Packet[];
}

/** What arrives on a link that keeps the order, and what of it is new. */
function wire(said: readonly Said[], first: number): Wire {
  const arriving: { readonly at: number; readonly unit: Packet }[] = [];
  const emitted: Packet[] = [];
  said.forEach(({ flags, firstIsLost, repeats, late }, i) => {
    const reply = packet((first + i) & 0xff, flags, (flags & Flag.ACK_REQ) === 0 ? [] : [i & 0xff, i >> 8]);
    const again = { ...reply, flags: flags | Flag.RTX };
    const original = firstIsLost ? again : reply;
    emitted.push(original);
    arriving.push({ at: i, unit: original });
    for (let n = 0; n < repeats; n++) arriving.push({ at: i, unit: again });
    if (late > 0 && (flags & Flag.ACK_REQ) !== 0) arriving.push({ at: i + late + 0.5, unit: again });
  });
  return { arriving: arriving.sort((a, b) => a.at - b.at).map(({ unit }) => unit), emitted };
}

describe('acknowledging', () => {
  it('emits every reply once and in order, however often it is repeated and however much lies between', () => {
    fc.assert(
      fc.property(conversations, fc.integer({ min: 0, max: 255 }), (said, first) => {
        const { arriving, emitted } = wire(said, first);
        const out: (Packet | Discarded)[] = [];
        const answered: number[] = [];
        from(arriving)
          .pipe(acknowledge((bytes) => answered.push(bytes[2]!)))
          .subscribe((unit) => out.push(unit));
        expect(out).toEqual(emitted);
        // Each copy that asks is answered, also those that are dropped.
        const asking = arriving.filter(({ flags }) => (flags & Flag.ACK_REQ) !== 0);
        expect(answered).toEqual(asking.map(({ sequence }) => sequence));
      }),
      { numRuns: 200 },
    );
  });
});
