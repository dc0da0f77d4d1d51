import { Opcode, opcodeName } from '../../lib/wire/opcode.js';
import { isPacket, LARGEST_PAYLOAD } from '../../lib/wire/packet.js';
import { Status, statusName } from '../../lib/wire/status.js';

describe('opcodeName', () => {
  it('names each opcode of the protocol', () => {
    expect(Object.entries(Opcode).map(([, code]) => opcodeName(code))).toEqual(Object.keys(Opcode));
    expect(opcodeName(0x26)).toBe('CHANNEL_READ');
  });

  it('shows any other opcode as a number of two digits', () => {
    expect([0x05, 0x7f, 0xff].map(opcodeName)).toEqual(['0x05', '0x7f', '0xff']);
  });
});

describe('statusName', () => {
  it('names each status of the protocol, starting at 0', () => {
    expect(Object.keys(Status).map((_, code) => statusName(code))).toEqual(Object.keys(Status));
    expect(statusName(4)).toBe('BUSY');
  });

  it('shows any other status as a number', () => {
    expect([10, 65535].map(statusName)).toEqual(['status 10', 'status 65535']);
  });
});

describe('isPacket', () => {
  it('distinguishes a packet from discarded bytes', () => {
    expect(['packet', 'discarded', 'message'].map((kind) => isPacket({ kind }))).toEqual([true, false, false]);
  });
});

describe('the largest payload', () => {
  it('fills the largest device buffer (PROTOCOL 1)', () => {
    expect(LARGEST_PAYLOAD).toBe(8178);
  });
});
