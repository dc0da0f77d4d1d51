import { Opcode } from '../../../lib/wire/opcode.js';
import { encodeReadRequest } from '../../../lib/wire/payloads/index.js';
import { started, stdout, STDOUT } from '../camera-bench.js';

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

    it('keeps the tail of a string that is longer than all it holds', () => {
      const { camera, host } = started({ stdoutIntervalMs: false, stdoutBytes: 512 });
      camera.print(`${'x'.repeat(5000)}tail`);
      expect(stdout(host)).toBe(`${'x'.repeat(508)}tail`);
    });

    it('keeps only the line end of a line that is longer than all it holds, as recorded (long_line)', () => {
      const { camera, host } = started({ stdoutIntervalMs: false });
      camera.print(`${'x'.repeat(5000)}\n`);
      camera.print('tail\n');
      expect(stdout(host)).toBe('\r\ntail\r\n');
    });

    it('drops what is there for the string that overflows it, not for the line around it', () => {
      const { camera, host } = started({ stdoutIntervalMs: false, stdoutBytes: 512 });
      camera.print(`${'a'.repeat(300)}\n${'b'.repeat(300)}\nc`);
      expect(stdout(host)).toBe(`${'b'.repeat(300)}\r\nc`);
    });

    it('ends lines with CR LF, and adds no line end', () => {
      const { camera, host } = started({ stdoutIntervalMs: false });
      for (const text of ['\n', 'x', 'y\n\n', '']) camera.print(text);
      expect(stdout(host)).toBe('\r\nxy\r\n\r\n');
    });

    it('notifies for the string that fills half of it, though a later one of the same text empties it', () => {
      const { camera, host } = started({ stdoutIntervalMs: false, stdoutBytes: 512 });
      camera.print(`${'a'.repeat(510)}\n\nb`);
      expect(host.events).toEqual(['2:notify']);
      expect(stdout(host)).toBe('\r\nb');
    });

    it('answers a read of more than there is with what there is, then FAILED', () => {
      const { camera, host } = started({ stdoutIntervalMs: false });
      camera.print('abc');
      host.ask(Opcode.CHANNEL_READ, STDOUT, encodeReadRequest(0, 10));
      expect(host.lastReplies).toEqual(['FRAGMENT 3B', 'NAK FAILED']);
    });
  });
});
