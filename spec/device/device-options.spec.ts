import { deviceSettings, type DeviceOptions } from '../../lib/device/device-options.js';
import { Device } from '../../lib/device/index.js';

describe('the options of a Device', () => {
  it('are by default the parameters of the firmware (PROTOCOL 7)', () => {
    expect(deviceSettings({})).toMatchObject({
      bufferSize: 4096,
      capabilities: { crc: true, seq: true, ack: true, events: true, maxPayload: 4082 },
      largestPayload: 4082,
      retransmitRetries: 3,
      retransmitTimeoutMs: 500,
      lockIntervalMs: 10,
    });
  });

  it.each([
    [512, 498],
    [4096, 4082],
    [8192, 8178],
  ] as const)('have with a buffer of %d a largest payload of %d', (bufferSize, largest) => {
    expect(deviceSettings({ bufferSize }).capabilities.maxPayload).toBe(largest);
  });

  it.each<DeviceOptions>([
    { bufferSize: 1024 as 512 },
    { maxPayload: 49 },
    { maxPayload: 4083 },
    { maxPayload: 100.5 },
    { bufferSize: 512, maxPayload: 499 },
    { retransmitRetries: -1 },
    { retransmitRetries: 0.5 },
    { retransmitTimeoutMs: 0 },
    { retransmitTimeoutMs: NaN },
    { retransmitTimeoutMs: Infinity },
    { retransmitTimeoutMs: 2 ** 31 },
    { lockIntervalMs: 9 },
    { lockIntervalMs: NaN },
    { lockIntervalMs: Infinity },
  ])('are refused at the call when they make no sense: %j', (options) => {
    expect(() => new Device(options)).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }) as Error);
  });

  it.each<DeviceOptions>([{ maxPayload: 50 }, { retransmitRetries: 0 }, { lockIntervalMs: 10 }])(
    'may be at their limits: %j',
    (options) => {
      expect(() => new Device(options)).not.toThrow();
    },
  );
});
