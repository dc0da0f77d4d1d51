import { setTimeout } from 'node:timers/promises';
import { iterate, type Camera, type Frame } from 'openmv-rx';
import { filter } from 'rxjs';

/** The result so far. `dropped` counts frames that did not fit in the queue, and `failed` those that the server did not accept. */
export interface Uploaded {
  readonly sent: number;
  readonly retries: number;
  readonly failed: number;
  readonly dropped: number;
}

/** Sends every tenth frame to a server, one at a time. At most three wait; a fourth replaces the oldest. */
export async function* upload(camera: Camera, url: string, waitMs = 200): AsyncGenerator<Uploaded> {
  const isTenth = filter<Frame>((_, number) => number % 10 === 0);
  const frames = iterate(camera.frames$.pipe(isTenth), { limit: 3, overflow: 'drop' });
  let [sent, retries, failed] = [0, 0, 0];
  for await (const frame of frames) {
    let isSent = await isTaken(url, frame);
    for (let retry = 0; !isSent && retry < 3; retry++, retries++) {
      await setTimeout(waitMs * 2 ** retry);
      isSent = await isTaken(url, frame);
    }
    if (isSent) sent++;
    else failed++;
    yield { sent, retries, failed, dropped: frames.dropped };
  }
}

async function isTaken(url: string, { data, index, receivedAt }: Frame): Promise<boolean> {
  const headers = { 'content-type': 'image/jpeg', 'x-frame': `${index}`, 'x-received-at': `${receivedAt}` };
  try {
    const reply = await fetch(url, { method: 'POST', headers, body: data.slice(), signal: AbortSignal.timeout(5000) });
    await reply.text();
    return reply.ok;
  } catch {
    return false;
  }
}
