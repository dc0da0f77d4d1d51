import { EMPTY, NEVER, of, throwError } from 'rxjs';
import type { Backend } from '../../../lib/device/index.js';
import { VirtualCamera } from '../../../lib/virtual/index.js';
import { ChannelFlag } from '../../../lib/wire/flags.js';
import { Opcode } from '../../../lib/wire/opcode.js';
import {
  decodeChannelList,
  decodeWord,
  encodeIoctl,
  encodeReadRequest,
  encodeUtf8,
  encodeWriteRequest,
} from '../../../lib/wire/payloads/index.js';
import { execute, GREETING, idOf, run, started, STDIN, stdout, stop } from '../../device/camera-bench.js';
import { Clock } from '../../device/clock.js';
import { SimpleHost } from '../../device/simple-host.js';

describe('a VirtualCamera', () => {
  describe('its scripts', () => {
    it('are announced, print what their print lines say, and end by themselves', () => {
      const { host, clock } = started({ stdoutIntervalMs: false });
      run(host, clock, "import time\nprint('Grüße ✓')\nprint(\"it's\\ta\")\nprint(1)\n");
      clock.pass(1);
      expect(host.events).toEqual(['1:1', '1:0', 'system:2']);
      host.synchronise();
      expect(stdout(host)).toBe(`Grüße ✓\r\nit's\ta\r\n1\r\n${GREETING}`);
    });

    it('begin behind the prompt, which has no line end', () => {
      const { host, clock } = started({ stdoutIntervalMs: false });
      for (const number of [1, 2]) {
        execute(host, clock, `print(${number})`);
        host.synchronise();
      }
      expect(stdout(host)).toBe(`1\r\n${GREETING}2\r\n${GREETING}`);
    });

    it('end by a soft reboot when they are stopped', () => {
      const { host, clock } = started({ stdoutIntervalMs: false });
      execute(host, clock, 'while True: pass');
      host.events.length = 0;
      expect(host.ask(Opcode.CHANNEL_IOCTL, STDIN, encodeIoctl(1)).word).toBe('ACK');
      expect(host.events).toEqual([]);
      clock.pass(1);
      expect(host.events).toEqual(['1:0', 'system:2']);
      host.synchronise();
      expect(idOf(host, 'config')).toBeUndefined();
      expect(isRunning(host)).toBe(false);
      expect(stdout(host)).toBe(GREETING);
    });

    it('count on in an endless loop until they are stopped', () => {
      const { host, clock } = started({ stdoutIntervalMs: false });
      run(host, clock, 'while True:\n  pass\n');
      clock.pass(350);
      expect(stdout(host)).toBe('0\r\n1\r\n2\r\n');
      stop(host, clock);
      clock.pass(1000);
      host.synchronise();
      expect(stdout(host)).toBe(GREETING);
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
      expect(stdout(next)).toBe('0\r\n1\r\n');
    });

    it('are lost when they are executed while one that a host sent runs', () => {
      const { host, clock } = started({ stdoutIntervalMs: false });
      execute(host, clock, 'while True: pass');
      execute(host, clock, "print('lost')");
      host.synchronise();
      expect(stdout(host)).toBe(GREETING);
      expect(isRunning(host)).toBe(false);
      expect(host.ask(Opcode.CHANNEL_IOCTL, STDIN, encodeIoctl(2)).word).toBe('NAK FAILED');
    });

    it('are executed by STOP, too, when nothing runs, and once', () => {
      const { host, clock } = started({ stdoutIntervalMs: false });
      execute(host, clock, 'pass');
      host.synchronise();
      host.events.length = 0;
      stop(host, clock);
      expect(host.events).toEqual([]);
      host.ask(Opcode.CHANNEL_WRITE, STDIN, encodeWriteRequest(0, encodeUtf8("print('uploaded')")));
      stop(host, clock);
      expect(host.events.filter((event) => event.startsWith('1'))).toEqual(['1:1', '1:0']);
      host.synchronise();
      expect(stdout(host)).toBe(`${GREETING}uploaded\r\n${GREETING}`);
      stop(host, clock);
      expect(stdout(host)).toBe('');
    });

    it('are executed once by a STOP and an EXEC that come together', () => {
      const { host, clock } = started({ stdoutIntervalMs: false });
      host.ask(Opcode.CHANNEL_IOCTL, STDIN, encodeIoctl(1));
      execute(host, clock, "print('once')\nwhile True: pass");
      clock.pass(1);
      expect(isRunning(host)).toBe(true);
      expect(stdout(host)).toBe('once\r\n');
    });

    it('are not begun by an EXEC that the camera was reset behind', () => {
      const { camera, host, clock } = started({ stdoutIntervalMs: false });
      host.ask(Opcode.CHANNEL_WRITE, STDIN, encodeWriteRequest(0, encodeUtf8("print('gone')")));
      host.ask(Opcode.CHANNEL_IOCTL, STDIN, encodeIoctl(2));
      host.send(Opcode.SYS_RESET);
      const next = new SimpleHost(camera);
      next.synchronise();
      clock.pass(1);
      expect(isRunning(next)).toBe(true);
      expect(next.events).not.toContain('system:2');
      expect(stdout(next)).toBe('');
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
      stop(host, clock);
      host.synchronise();
      expect(idOf(host, 'late')).toBeUndefined();
    });

    it('have 28 ids for their channels and the camera’s own, and the next throws', () => {
      const ids: number[] = [];
      const { host, clock } = started({
        stdoutIntervalMs: false,
        runScript: (_, { register }) => {
          for (;;) ids.push(register(`channel ${ids.length}`, {}).id);
        },
      });
      execute(host, clock, 'x');
      expect(ids).toEqual(Array.from({ length: 25 }, (_, at) => at + 7));
      host.synchronise();
      expect(stdout(host)).toBe(`cannot register channel 'channel 25': all 32 ids are in use\r\n${GREETING}`);
    });

    it.each<[string, Backend, number, string]>([
      ['size_wrongtype', { size: () => 'three' as never }, Opcode.CHANNEL_SIZE, "TypeError: can't convert str to int"],
      [
        'a size that is none',
        { size: () => undefined as never },
        Opcode.CHANNEL_SIZE,
        "TypeError: can't convert NoneType to int",
      ],
      ['a size later', { size: () => of(2.5) }, Opcode.CHANNEL_SIZE, "TypeError: can't convert float to int"],
      [
        'shapes, big',
        { shape: () => [2 ** 40] },
        Opcode.CHANNEL_SHAPE,
        'OverflowError: overflow converting long int to machine word',
      ],
      ['shapes, float', { shape: () => [2.5, 2] }, Opcode.CHANNEL_SHAPE, "TypeError: can't convert float to int"],
    ])('end by a wrong type of their channels, before anything is answered: %s', (_, backend, opcode, exception) => {
      const { camera, host, clock } = started({
        stdoutIntervalMs: false,
        runScript: (_source, { register }) => {
          register('c', backend);
          return NEVER;
        },
      });
      const errors: unknown[] = [];
      camera.device.errors$.subscribe((error) => errors.push(error));
      execute(host, clock, 'x');
      const id = idOf(host, 'c')!;
      host.events.length = 0;
      host.ask(opcode, id);
      expect(host.lastReplies).toEqual([]);
      expect(host.events).toEqual(['1:0', 'system:2']);
      expect(errors).toMatchObject([{ channel: 'c', opcode, error: { code: 'INVALID_ARGUMENT' } }]);
      host.synchronise();
      expect(idOf(host, 'c')).toBeUndefined();
      expect(stdout(host)).toBe(`${exception}\r\n${GREETING}`);
    });

    it('are not ended by a wrong type of a channel that the program has registered', () => {
      const { camera, host, clock } = started({ stdoutIntervalMs: false });
      execute(host, clock, 'while True: pass');
      const { id } = camera.device.register('own', { size: () => 'three' as never });
      expect(host.ask(Opcode.CHANNEL_SIZE, id).word).toBe('NAK FAILED');
      expect(isRunning(host)).toBe(true);
    });
  });

  describe('its main script', () => {
    const channels = (host: SimpleHost) =>
      decodeChannelList(host.ask(Opcode.CHANNEL_LIST, 0).payload).map(({ id, name }) => `${id}${name}`);
    const MAIN = ['0usb', '1stdin', '2stdout', '3stream', '4config', '5frame', '6controls'];

    it('ends by STOP without a reboot and without an event: sequence and channels stay', () => {
      const { host, clock } = started({ stdoutIntervalMs: false });
      expect(isRunning(host)).toBe(true);
      expect(host.ask(Opcode.CHANNEL_IOCTL, STDIN, encodeIoctl(1)).word).toBe('ACK');
      expect(isRunning(host)).toBe(true);
      clock.pass(1000);
      expect(host.events).toEqual([]);
      expect(isRunning(host)).toBe(false);
      expect(channels(host)).toEqual(MAIN);
      expect(stdout(host)).toBe('');
    });

    it('leaves channels that are served, and tell nothing any more', () => {
      const { host, clock } = started({ stdoutIntervalMs: false, imu: true });
      const frame = host.ask(Opcode.CHANNEL_READ, 5, encodeReadRequest(0, 6144)).payload;
      expect(frame).toHaveLength(6144);
      stop(host, clock);
      host.events.length = 0;
      clock.pass(1000);
      expect(host.events).toEqual([]);
      expect(decodeWord(host.ask(Opcode.CHANNEL_SIZE, 5).payload)).toBe(0);
      expect(decodeWord(host.ask(Opcode.CHANNEL_SIZE, 6).payload)).toBeGreaterThan(0);
      const change = encodeWriteRequest(0, encodeUtf8('{"quality": 50}'));
      expect(host.ask(Opcode.CHANNEL_WRITE, 4, change).word).toBe('ACK');
    });

    it('leaves its channels to the next script, whose reboot takes them away, and to none behind that', () => {
      const { host, clock } = started({ stdoutIntervalMs: false });
      stop(host, clock);
      execute(host, clock, 'while True: pass');
      expect(host.events).toEqual(['1:1']);
      expect(channels(host)).toEqual(MAIN);
      clock.pass(40);
      stop(host, clock);
      host.synchronise();
      expect(channels(host)).toEqual(MAIN.slice(0, 4));
      execute(host, clock, 'while True: pass');
      expect(channels(host)).toEqual(MAIN);
    });

    it('loses its channels to a soft reboot of the program’s making, and the next script registers them', () => {
      const { camera, host, clock } = started({ stdoutIntervalMs: false, imu: true });
      camera.device.softReboot();
      host.synchronise();
      expect(channels(host)).toEqual(MAIN.slice(0, 4));
      host.events.length = 0;
      clock.pass(1000);
      expect(host.events).toEqual([]);
      execute(host, clock, 'while True: pass');
      expect(channels(host)).toHaveLength(8);
    });

    it('is ended by an EXEC, which runs what was uploaded', () => {
      const { host, clock } = started({ stdoutIntervalMs: false });
      execute(host, clock, "print('ran')\nwhile True: pass");
      expect(host.events).toEqual(['1:1']);
      expect(isRunning(host)).toBe(true);
      expect(channels(host)).toEqual(MAIN);
      expect(stdout(host)).toBe('ran\r\n');
    });

    it('gives way to what was uploaded when it is stopped', () => {
      const { host, clock } = started({ stdoutIntervalMs: false });
      host.ask(Opcode.CHANNEL_WRITE, STDIN, encodeWriteRequest(0, encodeUtf8("print('uploaded')")));
      stop(host, clock);
      expect(host.events).toEqual(['1:1', '1:0', 'system:2']);
    });

    it('runs once: not behind a soft reboot, but after a reset', () => {
      const { camera, host, clock } = started({ stdoutIntervalMs: 100 });
      execute(host, clock, 'pass');
      host.synchronise();
      stdout(host);
      clock.pass(1000);
      expect(isRunning(host)).toBe(false);
      expect(stdout(host)).toBe('');
      host.send(Opcode.SYS_RESET);
      const next = new SimpleHost(camera);
      next.synchronise();
      clock.pass(100);
      expect(isRunning(next)).toBe(true);
      expect(stdout(next)).toContain('fps');
    });

    it('is not begun again by a host that comes when it was stopped', () => {
      const { camera, host, clock } = started({ stdoutIntervalMs: false });
      stop(host, clock);
      host.link.subscription.unsubscribe();
      const next = new SimpleHost(camera);
      next.synchronise();
      clock.pass(1);
      expect(isRunning(next)).toBe(false);
      expect(next.events).toEqual([]);
    });

    it('ends without a reboot, too, when it finds no id for its channels, and says so', () => {
      const clock = new Clock();
      const camera = new VirtualCamera({ scheduler: clock, stdoutIntervalMs: false });
      const own = Array.from({ length: 27 }, (_, at) => camera.device.register(`own ${at}`, {}, ChannelFlag.READ));
      const host = new SimpleHost(camera);
      host.synchronise();
      expect(channels(host)).toHaveLength(32);
      expect(stdout(host)).toBe("cannot register channel 'frame': all 32 ids are in use\r\n");
      expect(isRunning(host)).toBe(false);
      clock.pass(50);
      expect(clock.actions).toHaveLength(0);
      own.forEach((channel) => channel.unregister());
      execute(host, clock, 'while True: pass');
      expect(channels(host).filter((name) => name.endsWith('config'))).toHaveLength(1);
      expect(channels(host)).toHaveLength(8);
    });
  });

  it('reboots behind a script that finds no id for the camera’s channels, and says so', () => {
    const { camera, host, clock } = started({ stdoutIntervalMs: false });
    execute(host, clock, 'pass');
    for (let at = 0; at < 27; at++) camera.device.register(`own ${at}`, {}, ChannelFlag.READ);
    host.synchronise();
    stdout(host);
    execute(host, clock, 'while True: pass');
    host.synchronise();
    expect(stdout(host)).toBe(`cannot register channel 'frame': all 32 ids are in use\r\n${GREETING}`);
    expect(idOf(host, 'config')).toBeUndefined();
  });
});

const isRunning = (host: SimpleHost): boolean =>
  (decodeWord(host.ask(Opcode.CHANNEL_POLL, 0).payload) & (1 << STDIN)) !== 0;
