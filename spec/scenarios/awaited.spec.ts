import { lastValueFrom, type Observable } from 'rxjs';
import { Camera } from '../../lib/index.js';
import { ChannelFlag, NOTIFY } from '../../lib/operators/index.js';
import { VirtualCamera } from '../../lib/virtual/index.js';
import { controls } from '../../lib/virtual/controls.js';
import { widgets } from '../../lib/widgets/index.js';

const device = new VirtualCamera({ profile: true, stdoutIntervalMs: false, board: 'N6' });
device.device.register('knob', { ioctl: () => 0 });
device.device.register(
  'controls',
  controls(() => 0),
  ChannelFlag.READ | ChannelFlag.WRITE,
);
const teller = device.device.register('teller', {});
const camera = new Camera(device.transport(), { closeAfterMs: 0 });
const panel = widgets(camera, 'controls');

/** Everything of the library that has an end and no result. */
const commands: [string, () => Observable<void>][] = [
  ['camera.stream', () => camera.stream({ enabled: true })],
  ['channel.ioctl', () => camera.channel('knob').ioctl(1)],
  ['camera.profile.mode', () => camera.profile.mode('exclusive')],
  ['camera.profile.event', () => camera.profile.event(0, 'CPU_CYCLES')],
  ['camera.profile.reset', () => camera.profile.reset()],
  ['widgets.set', () => panel.set('gain', 1)],
  ['widgets.click', () => panel.click('restart')],
  ['deviceChannel.sendEvent', () => teller.sendEvent(NOTIFY)],
  ['deviceChannel.sendEvent, acknowledged', () => teller.sendEvent(NOTIFY, true)],
  ['camera.stop', () => camera.stop()],
  ['camera.reset', () => camera.reset()],
  ['camera.bootloader', () => camera.bootloader()],
];

describe('a command without a result', () => {
  it.each(commands)('can be awaited: %s', async (_, command) => {
    const link = camera.connect();
    await lastValueFrom(camera.info());
    const values: unknown[] = [];
    await new Promise<void>((complete, error) => {
      command().subscribe({ next: (value) => values.push(value), error, complete });
    });
    expect(values).toEqual([undefined]);
    link.unsubscribe();
  });
});
