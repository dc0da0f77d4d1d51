import { OpenMVError } from '../../lib/errors.js';
import { cameraSettings } from '../../lib/host/camera-options.js';

describe('what a camera asks of the protocol', () => {
  const over = { maxPayload: 1400, ack: false };

  it('is all that there is, where neither the program nor the transport says otherwise', () => {
    expect(cameraSettings({}).capabilities).toEqual({});
  });

  it('is what the transport prefers', () => {
    expect(cameraSettings({}, over).capabilities).toEqual(over);
  });

  it('is what the program wants, in each point', () => {
    const options = { capabilities: { ack: true, events: false } };
    expect(cameraSettings(options, over).capabilities).toEqual({ maxPayload: 1400, ack: true, events: false });
  });

  it('is what the transport prefers where the program leaves a point open', () => {
    const options = { capabilities: { ack: undefined } } as unknown as Parameters<typeof cameraSettings>[0];
    expect(cameraSettings(options, over).capabilities).toEqual(over);
  });

  it('can not be packets that are smaller than the protocol has', () => {
    expect(() => cameraSettings({ capabilities: { maxPayload: 49 } })).toThrow(OpenMVError);
    expect(() => cameraSettings({}, { maxPayload: 49 })).toThrow(
      /maxPayload must be a whole number of bytes, 50 or more/,
    );
  });
});

describe('options of a camera', () => {
  it.each([{ reconnect: 'sometimes' }, { openTimeoutMs: -1 }, { commandTimeoutMs: NaN }])('refuses %j', (options) => {
    expect(() => cameraSettings(options as Parameters<typeof cameraSettings>[0])).toThrow(OpenMVError);
  });
});
