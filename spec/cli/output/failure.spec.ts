import { failureLine } from '../../../lib/cli/output/failure.js';
import { OpenMVError } from '../../../lib/errors.js';
import { fileError } from '../../../lib/recording/record/file-error.js';

describe('failureLine', () => {
  it('says what and what to try', () => {
    expect(failureLine(new OpenMVError('NO_SUCH_CHANNEL', "there is no channel 'x'"))).toBe(
      `openmv-rx: there is no channel 'x'; "openmv-rx channels" lists the channels of the camera`,
    );
  });

  it('asks of what makes no sense whether it is a camera or a recording, as it may have been either', () => {
    expect(failureLine(new OpenMVError('MALFORMED', 'x.mcap is damaged'))).toBe(
      'openmv-rx: x.mcap is damaged; is it an OpenMV camera with firmware 5.0.0 or newer, or a recording of one?',
    );
  });

  it('says how a file is overwritten', () => {
    const { message, code } = fileError({ code: 'EEXIST' }, 'flight.mcap', 'written');
    expect(failureLine(new OpenMVError(code, message))).toMatch(/it is there already: take another name, or --overwrite$/);
  });

  it('begins a new sentence behind a question', () => {
    expect(failureLine(new OpenMVError('LINK_LOST', 'the port went away: was it unplugged?'))).toBe(
      'openmv-rx: the port went away: was it unplugged? Check the cable or the network, and try again',
    );
  });

  it('says how a busy camera is given more time', () => {
    expect(failureLine(new OpenMVError('TIMEOUT', 'no answer within 10000 ms'))).toBe(
      'openmv-rx: no answer within 10000 ms; if the camera is busy for longer, set a longer --timeout',
    );
  });

  it('adds nothing where the message says it', () => {
    expect(failureLine(new OpenMVError('PORT_UNAVAILABLE', '/dev/x does not exist: is it plugged in?'))).toBe(
      'openmv-rx: /dev/x does not exist: is it plugged in?',
    );
    expect(failureLine(new Error('ENOENT: no such file'))).toBe('openmv-rx: ENOENT: no such file');
  });

  it('is one line, whatever was thrown', () => {
    expect(failureLine(new Error('first\n  second\n'))).toBe('openmv-rx: first second');
    expect(failureLine('a string')).toBe('openmv-rx: a string');
  });
});
