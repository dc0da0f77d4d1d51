import { failureLine } from '../../../lib/cli/output/failure.js';
import { OpenMVError } from '../../../lib/errors.js';
import { fileError } from '../../../lib/recording/record/file-error.js';

describe('failureLine', () => {
  it('says what happened and what to try', () => {
    expect(failureLine(new OpenMVError('NO_SUCH_CHANNEL', "there is no channel 'x'"))).toBe(
      `openmv-rx: there is no channel 'x'; "openmv-rx channels" lists the channels of the camera`,
    );
  });

  it('asks whether malformed data came from a camera or a recording', () => {
    expect(failureLine(new OpenMVError('MALFORMED', 'x.mcap is damaged'))).toBe(
      'openmv-rx: x.mcap is damaged; is it an OpenMV camera with firmware 5.0.0 or newer, or a recording of one?',
    );
  });

  it('says how to overwrite a file', () => {
    const { message, code } = fileError({ code: 'EEXIST' }, 'flight.mcap', 'written');
    expect(failureLine(new OpenMVError(code, message))).toMatch(
      /it exists already: choose another name, or use --overwrite$/,
    );
  });

  it('starts a new sentence after a question', () => {
    expect(failureLine(new OpenMVError('LINK_LOST', 'the port went away: was it unplugged?'))).toBe(
      'openmv-rx: the port went away: was it unplugged? Check the cable or the network, and try again',
    );
  });

  it('says how to give a busy camera more time', () => {
    expect(failureLine(new OpenMVError('TIMEOUT', 'no answer within 10000 ms'))).toBe(
      'openmv-rx: no answer within 10000 ms; if the camera is busy for longer, set a longer --timeout',
    );
  });

  it('adds nothing if the message already contains advice', () => {
    expect(failureLine(new OpenMVError('PORT_UNAVAILABLE', '/dev/x does not exist: is it plugged in?'))).toBe(
      'openmv-rx: /dev/x does not exist: is it plugged in?',
    );
    expect(failureLine(new Error('ENOENT: no such file'))).toBe('openmv-rx: ENOENT: no such file');
  });

  it('is one line for any thrown value', () => {
    expect(failureLine(new Error('first\n  second\n'))).toBe('openmv-rx: first second');
    expect(failureLine('a string')).toBe('openmv-rx: a string');
  });
});
