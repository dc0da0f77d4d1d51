import type { Signal } from '@angular/core';
import { toSignal } from '@angular/core/rxjs-interop';
import type { CameraState } from 'openmv-rx';
import { injectCamera } from 'openmv-rx/angular';
import { map, scan } from 'rxjs';

/** The state of the connection, as shown on the page. */
export interface ConnectionShown {
  readonly state: CameraState['state'];
  /** One or two words. */
  readonly title: string;
  /** The reason and the next step; empty while connected. */
  readonly detail: string;
}

/** Returns the state of the camera's connection in words. Call it in an injection context. */
export function injectConnection(): Signal<ConnectionShown> {
  const shown$ = injectCamera().state$.pipe(
    scan(follow, { state: 'closed', reason: '', wasReady: false } as Followed),
    map(inWords),
  );
  return toSignal(shown$, { requireSync: true });
}

interface Followed extends CameraState {
  /** A camera that was never there is not lost. */
  readonly wasReady: boolean;
}

/** Shows a loss until the camera is ready again, and ignores the attempts in between. */
function follow(before: Followed, now: CameraState): Followed {
  if (before.state === 'lost' && now.state === 'opening') return before;
  return { ...now, wasReady: before.wasReady || now.state === 'ready' };
}

function inWords({ state, reason, error, wasReady }: Followed): ConnectionShown {
  if (error && IN_USE.test(error.message) && state !== 'ready') return { state, title: 'In use', detail: TAKEN };
  // Leave out the time of the next attempt, because it changes each time.
  const why = sentence(error?.message ?? reason);
  switch (state) {
    case 'ready':
      return { state, title: 'Ready', detail: '' };
    case 'opening':
      return { state, title: 'Opening', detail: why };
    case 'rebooting':
      return { state, title: 'Rebooting', detail: `${why} The camera comes back by itself.` };
    case 'lost':
      return {
        state,
        title: wasReady ? 'Lost' : 'Waiting for camera',
        detail: `${why} Retrying…`,
      };
    case 'closed':
      return { state, title: 'Closed', detail: why };
  }
}

/** The close code of a bridge for a WebSocket that connects while another one uses the camera. */
const IN_USE = /\bcode 4409\b/;
const TAKEN = 'Another page or program is using the camera. Close it, and this page connects by itself.';

function sentence(text: string): string {
  // An address at the beginning stays as it is.
  const begun = /^\w+:/.test(text) ? text : text.charAt(0).toUpperCase() + text.slice(1);
  return /[.?!]$/.test(begun) ? begun : `${begun}.`;
}
