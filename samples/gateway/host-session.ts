import type { Camera, CameraEvent, CameraInfo, ChannelInfo, Connection } from 'openmv-rx';
import { Device, type DeviceChannel, frameSourceChannel, textChannel } from 'openmv-rx/device';
import { ChannelFlag } from 'openmv-rx/protocol';
import { Observable } from 'rxjs';
import { forwarded } from './forwarded-channel.js';

const { READ, LOCK, STREAM } = ChannelFlag;

/**
 * One host's session with the shared camera: a `Device` of its own, whose channels are those of the camera.
 *
 * Emits nothing. Completes when the host disconnects, and errors when the camera is lost for good.
 */
export function hostSession(host: Connection, camera: Camera, info: CameraInfo): Observable<never> {
  return new Observable((subscriber) => {
    const device = new Device({ ...buffers(info), systemInfo: info.system, versions: info.versions });
    const stream = frameSourceChannel(device, 'stream', camera.frames$, READ | LOCK | STREAM);
    const stdout = textChannel(device, 'stdout', camera.stdout$, { flags: READ });
    let ofScript = new Map<string, DeviceChannel>();

    const offer = (channels: readonly ChannelInfo[]): void => {
      const there = new Map(channels.filter(({ dynamic }) => dynamic).map((channel) => [channel.name, channel]));
      for (const [name, channel] of ofScript) if (!there.has(name)) channel.unregister();
      const register = (channel: ChannelInfo): DeviceChannel =>
        device.register(channel.name, forwarded(camera.channel(channel.name), channel), channel.flags & ~LOCK);
      ofScript = new Map([...there].map(([name, channel]) => [name, ofScript.get(name) ?? register(channel)]));
    };
    const pass = ({ kind, channel, event }: CameraEvent): void => {
      if (kind === 'channel') ofScript.get(channel)?.sendEvent(event);
      else if (kind === 'soft-reboot') {
        ofScript.clear();
        device.softReboot();
      }
    };
    const failed = (error: unknown): void => subscriber.error(error);
    subscriber.add(camera.channels$.subscribe({ next: offer, error: failed }));
    subscriber.add(camera.events$.subscribe({ next: pass, error: failed }));

    const attached = device.attach(host);
    attached.add(() => subscriber.complete());
    subscriber.add(() => {
      attached.unsubscribe();
      for (const channel of [stream, stdout, ...ofScript.values()]) channel.unregister();
    });
  });
}

/** The same payload limit as the camera, so that a write of one command stays one command. */
function buffers({ capabilities: { maxPayload } }: CameraInfo): { bufferSize: 512 | 4096 | 8192; maxPayload: number } {
  const bufferSize = maxPayload <= 498 ? 512 : maxPayload <= 4082 ? 4096 : 8192;
  return { bufferSize, maxPayload };
}
