import {
  decodeProfile,
  encodeProfile,
  profileRecordBytes,
  ProfileRequest,
  UNMEASURED_TICKS,
  type ProfileRecord,
} from '../../../lib/wire/payloads/profile.js';

const bytes = (...hex: string[]): Uint8Array<ArrayBuffer> => Uint8Array.from(Buffer.from(hex.join(''), 'hex'));

/** As PROTOCOL 10 lists the fields, one behind the other. */
const wire = bytes(
  '01000008', // function
  '35120008', // caller
  '03000000', // calls
  '0a000000', // min ticks
  '0f000000', // max ticks
  '2600000000000000', // total ticks
  '0000000001000000', // total cycles: 2³²
  '0700000000000000',
  '0000000000000100', // 2⁴⁸
  'efbeadde', // link
);
const record: ProfileRecord = {
  address: 0x08000001,
  caller: 0x08001235,
  calls: 3,
  minTicks: 10,
  maxTicks: 15,
  totalTicks: 38,
  totalCycles: 2 ** 32,
  events: [7, 2 ** 48],
};
const codeOf = (work: () => unknown): string => {
  try {
    work();
    return 'nothing thrown';
  } catch (error) {
    return (error as { code: string }).code;
  }
};

describe('the records of the profile channel (PROTOCOL 10)', () => {
  it.each([
    [0, 40],
    [2, 56],
    [8, 104],
  ])('with %d counters have %d bytes', (counters, size) => {
    expect(profileRecordBytes(counters)).toBe(size);
  });

  it('are parsed as they are laid out', () => {
    expect(decodeProfile(wire, 56, 2)).toEqual([record]);
  });

  it('are encoded as they are laid out, with a link of 0', () => {
    const written = encodeProfile([record], 2);
    expect(written.subarray(0, 52)).toEqual(wire.subarray(0, 52));
    expect(written.subarray(52)).toEqual(bytes('00000000'));
  });

  it('are found by their stride, even if each is longer than the known fields', () => {
    const longer = bytes(Buffer.from(wire).toString('hex'), '11'.repeat(8), '00'.repeat(64));
    expect(decodeProfile(longer, 64, 2).map(({ address }) => address)).toEqual([record.address, 0]);
  });

  it('can be empty', () => {
    expect(decodeProfile(bytes(), 56, 2)).toEqual([]);
    expect(encodeProfile([], 8)).toEqual(bytes());
  });

  it('can be anywhere in a larger buffer', () => {
    const inside = bytes('ffffff', Buffer.from(wire).toString('hex')).subarray(3);
    expect(decodeProfile(inside, 56, 2)).toEqual([record]);
  });

  it('show a function that has not returned yet', () => {
    expect(decodeProfile(encodeProfile([{ ...record, minTicks: UNMEASURED_TICKS }], 2), 56, 2)[0]!.minTicks).toBe(
      0xffffffff,
    );
  });

  it.each<[string, Uint8Array, number, number]>([
    ['a torn record', wire.subarray(0, 55), 56, 2],
    ['a stride that the counters do not fit', wire, 56, 3],
    ['a stride of nothing', wire, 0, 0],
    ['no stride', wire, NaN, 2],
  ])('are malformed with %s', (_, payload, stride, counters) => {
    expect(codeOf(() => decodeProfile(payload, stride, counters))).toBe('MALFORMED');
  });

  it('have as many event counts as the camera has counters', () => {
    expect(codeOf(() => encodeProfile([record], 3))).toBe('INVALID_ARGUMENT');
  });

  it('are requested and changed by the ioctls of the firmware', () => {
    expect(ProfileRequest).toEqual({ MODE: 0, SET_EVENT: 1, RESET: 2, STATS: 3 });
  });
});
