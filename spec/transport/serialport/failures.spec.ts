import { unavailable } from '../../../lib/transport/serialport/failures.js';

describe('unavailable', () => {
  it.each([
    ['Error: No such file or directory, cannot open /dev/ttyACM0', 'does not exist'],
    ['Opening COM9: File not found', 'does not exist'],
    ['Error: Permission denied, cannot open /dev/ttyACM0', 'dialout'],
    ['Opening COM3: Access denied', 'in use by another program'],
    ['Opening COM3: Access is denied.', 'in use by another program'],
    ['Opening COM3: Unknown error code 31', 'plug it in again'],
    ['Opening COM3: Unknown error code 121', 'plug it in again'],
    ['Opening COM3: Unknown error code 310', "can't be opened"],
    ['Error: Input/output error, cannot open /dev/ttyACM0', 'plug it in again'],
    ['Error: Operation not permitted, cannot open /dev/ttyACM0', 'a container, a sandbox'],
    ['Error Resource temporarily unavailable Cannot lock port', 'in use by another program'],
    ['Error: Device or resource busy, cannot open /dev/ttyACM0', 'in use by another program'],
    ['Error: Inappropriate ioctl for device setting custom baud rate of 4103', 'is not a serial port'],
    ['Error: something new', "can't be opened: Error: something new"],
  ])('%s: %s', (said, meaning) => {
    const cause = new Error(said);
    const error = unavailable('/dev/ttyACM0', cause);
    expect(error).toMatchObject({ code: 'PORT_UNAVAILABLE', cause });
    expect(error.message).toContain(meaning);
    expect(error.message).toMatch(/^\/dev\/ttyACM0 /);
    expect(error.message).not.toContain('\n');
    // What helps on Linux is no help elsewhere.
    expect(error.message.includes('dialout')).toBe(meaning === 'dialout');
  });
});
