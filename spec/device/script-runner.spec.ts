import { EMPTY, NEVER, throwError } from 'rxjs';
import { VirtualCamera } from '../../lib/device/index.js';
import { ChannelFlag } from '../../lib/wire/flags.js';
import { Opcode } from '../../lib/wire/opcode.js';
import {
  decodeChannelList,
  decodeWord,
  encodeIoctl,
  encodeUtf8,
  encodeWriteRequest,
} from '../../lib/wire/payloads/index.js';
import { idOf, run, started, STDIN, stdout } from './camera-bench.js';
import { Clock } from './clock.js';
import { SimpleHost } from './simple-host.js';

describe('a VirtualCamera', () => {
  describe('its scripts', () => {
    it('end the main script by a soft reboot when it is stopped', () => {
      const { host, clock } = started({ stdoutIntervalMs: false });
      expect(host.ask(Opcode.CHANNEL_IOCTL, STDIN, encodeIoctl(1)).word).toBe('ACK');
      expect(host.events).toEqual([]);
      clock.pass(1);
      expect(host.events).toEqual(['1:0', 'system:2']);
      host.synchronise();
      expect(idOf(host, 'config')).toBeUndefined();
      expect(stdout(host)).toBe('MPY: soft reboot\r\n');
      expect(decodeWord(host.ask(Opcode.CHANNEL_POLL, 0).payload)).toBe(0);
    });

    it('are announced, print what their print lines say, and end by themselves', () => {
      const { host, clock } = started({ stdoutIntervalMs: false });
      run(host, clock, "import time\nprint('Grüße ✓')\nprint(\"it's\\ta\")\nprint(1)\n");
      clock.pass(1);
      expect(host.events).toEqual(['1:1', 'system:0', 'system:0', 'system:0', '1:0', 'system:2']);
      host.synchronise();
      expect(stdout(host)).toBe("MPY: soft reboot\r\nGrüße ✓\r\nit's\ta\r\n1\r\nMPY: soft reboot\r\n");
    });

    it('count on in an endless loop until they are stopped', () => {
      const { host, clock } = started({ stdoutIntervalMs: false });
      run(host, clock, 'while True:\n  pass\n');
      clock.pass(350);
      expect(stdout(host)).toBe('MPY: soft reboot\r\n0\r\n1\r\n2\r\n');
      host.ask(Opcode.CHANNEL_IOCTL, STDIN, encodeIoctl(1));
      clock.pass(1000);
      host.synchronise();
      expect(stdout(host)).toBe('MPY: soft reboot\r\n');
    });

    it('sleep while nobody is there, and go on with the next host', () => {
      const { camera, host, clock } = started({ stdoutIntervalMs: false });
      run(host, clock, 'while True:\n  pass\n');
      clock.pass(150);
      host.link.subscription.unsubscribe();
      expect(clock.actions).toHaveLength(0);
      const next = new SimpleHost(camera);
      next.synchronise();
      clock.pass(150);
      expect(stdout(next)).toBe('MPY: soft reboot\r\n0\r\n1\r\n');
    });

    it('are lost when they are executed while another runs', () => {
      const { host, clock } = started({ stdoutIntervalMs: false });
      host.ask(Opcode.CHANNEL_WRITE, STDIN, encodeWriteRequest(0, encodeUtf8("print('lost')")));
      host.ask(Opcode.CHANNEL_IOCTL, STDIN, encodeIoctl(2));
      clock.pass(1);
      host.synchronise();
      expect(stdout(host)).toBe('MPY: soft reboot\r\n');
      expect(host.ask(Opcode.CHANNEL_IOCTL, STDIN, encodeIoctl(2)).word).toBe('NAK FAILED');
    });

    it('are appended to, and begun anew at offset 0 and by RESET', () => {
      const sources: string[] = [];
      const runScript = (source: string) => {
        sources.push(source);
        return EMPTY;
      };
      const { host, clock } = started({ stdoutIntervalMs: false, runScript });
      run(host, clock, 'forgotten');
      host.ask(Opcode.CHANNEL_WRITE, STDIN, encodeWriteRequest(0, encodeUtf8('a')));
      host.ask(Opcode.CHANNEL_WRITE, STDIN, encodeWriteRequest(1, encodeUtf8('b')));
      clock.pass(1);
      expect(sources).toEqual(['ab']);
      host.synchronise();
      host.ask(Opcode.CHANNEL_WRITE, STDIN, encodeWriteRequest(0, encodeUtf8('c')));
      expect(host.ask(Opcode.CHANNEL_IOCTL, STDIN, encodeIoctl(3)).word).toBe('ACK');
      expect(host.ask(Opcode.CHANNEL_IOCTL, STDIN, encodeIoctl(2)).word).toBe('NAK FAILED');
    });

    it('say why they failed', () => {
      const runScript = () => throwError(() => new Error('OSError: no sensor'));
      const { host, clock } = started({ stdoutIntervalMs: false, runScript });
      run(host, clock, 'x');
      clock.pass(1);
      host.synchronise();
      expect(stdout(host)).toContain('OSError: no sensor\r\n');
    });

    it('register channels that go with them', () => {
      const { host, clock } = started({
        stdoutIntervalMs: false,
        runScript: (_, io) => {
          io.register('late', { size: () => 8 });
          return NEVER;
        },
      });
      run(host, clock, 'x');
      clock.pass(1);
      expect(idOf(host, 'late')).toBe(7);
      host.ask(Opcode.CHANNEL_IOCTL, STDIN, encodeIoctl(1));
      clock.pass(1);
      host.synchronise();
      expect(idOf(host, 'late')).toBeUndefined();
    });
  });

  it('ends a script that finds no id for its channels, and says so', () => {
    const clock = new Clock();
    const camera = new VirtualCamera({ scheduler: clock, stdoutIntervalMs: false });
    for (let at = 0; at < 27; at++) camera.device.register(`own ${at}`, {}, ChannelFlag.READ);
    const host = new SimpleHost(camera);
    host.synchronise();
    expect(decodeChannelList(host.ask(Opcode.CHANNEL_LIST, 0).payload)).toHaveLength(31);
    expect(stdout(host)).toBe("no id is left for channel 'frame': a camera has 32 channels\r\nMPY: soft reboot\r\n");
    clock.pass(50);
    expect(clock.actions).toHaveLength(0);
  });
});
