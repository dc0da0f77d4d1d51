import { commands } from '../../../lib/host/link/command.js';
import { LinkCapabilities } from '../../../lib/host/link/capabilities.js';

const wanted = { crc: false, seq: true, ack: false, events: true, maxPayload: 100 };

describe('the capabilities of a link', () => {
  it('are those of the last SET_CAPS that the camera has done', () => {
    const capabilities = new LinkCapabilities();
    expect(capabilities.held).toBeUndefined();
    capabilities.ended(commands.setCapabilities(wanted), { kind: 'refused', status: 2 });
    capabilities.ended(commands.getCapabilities(), { kind: 'done' });
    expect(capabilities.held).toBeUndefined();
    capabilities.ended(commands.setCapabilities(wanted), { kind: 'done' });
    expect(capabilities.held).toEqual(wanted);
  });

  it('are gone with a SYNC', () => {
    const capabilities = new LinkCapabilities();
    capabilities.ended(commands.setCapabilities(wanted), { kind: 'done' });
    capabilities.ended(commands.sync(), { kind: 'done' });
    expect(capabilities.held).toBeUndefined();
    expect(capabilities.fillsCrcs(undefined)).toBe(true);
  });

  it('say that no CRC is to be checked from the question on, and that they are when the camera has answered', () => {
    const capabilities = new LinkCapabilities();
    const off = commands.setCapabilities(wanted);
    expect(capabilities.fillsCrcs(off)).toBe(false);
    capabilities.ended(off, { kind: 'done' });
    expect(capabilities.fillsCrcs(undefined)).toBe(false);
    const on = commands.setCapabilities({ ...wanted, crc: true });
    expect(capabilities.fillsCrcs(on)).toBe(false);
    capabilities.ended(on, { kind: 'done' });
    expect(capabilities.fillsCrcs(undefined)).toBe(true);
  });
});
