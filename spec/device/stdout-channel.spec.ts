import { Opcode } from '../../lib/wire/opcode.js';
import { encodeReadRequest } from '../../lib/wire/payloads/index.js';
import { started, stdout, STDOUT } from './camera-bench.js';

describe('a VirtualCamera', () => {
  describe('its stdout', () => {
    it('notifies every 50 ms while it is not empty', () => {
      const { camera, host, clock } = started({ stdoutIntervalMs: false });
      camera.print('hello\n');
      expect(host.events).toEqual([]);
      clock.pass(100);
      expect(host.events).toEqual(['2:notify', '2:notify']);
      expect(stdout(host)).toBe('hello\r\n');
      clock.pass(500);
      expect(host.events).toHaveLength(2);
    });

    it('notifies once when it is more than half full, and again after a read', () => {
      const { camera, host } = started({ stdoutIntervalMs: false, stdoutBytes: 512 });
      camera.print('x'.repeat(256));
      expect(host.events).toEqual([]);
      camera.print('x');
      camera.print('x');
      expect(host.events).toEqual(['2:notify']);
      stdout(host);
      camera.print('x'.repeat(300));
      expect(host.events).toHaveLength(2);
    });

    it('forgets everything but the newest string when it overflows', () => {
      const { camera, host } = started({ stdoutIntervalMs: false, stdoutBytes: 512 });
      camera.print('old '.repeat(120));
      camera.print('n'.repeat(100));
      expect(stdout(host)).toBe('n'.repeat(100));
    });

    it('answers a read of more than there is with what there is, then FAILED', () => {
      const { camera, host } = started({ stdoutIntervalMs: false });
      camera.print('abc');
      host.ask(Opcode.CHANNEL_READ, STDOUT, encodeReadRequest(0, 10));
      expect(host.lastReplies).toEqual(['FRAGMENT 3B', 'NAK FAILED']);
    });
  });
});
