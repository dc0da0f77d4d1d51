import { ChangeDetectionStrategy, Component, input, output, signal } from '@angular/core';
import { webSocket } from 'openmv-rx/websocket';
import { store, stored } from '../stored';
import type { Way } from '../way';
import { WayCard } from '../way-card';

const KEY = 'bridge';

/** The choice of a camera behind a WebSocket, for any browser and for cameras of other computers. */
@Component({
  selector: 'omv-bridge-way',
  imports: [WayCard],
  templateUrl: './bridge-way.html',
  styleUrl: './bridge-way.css',
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class BridgeWay {
  readonly isLast = input.required<boolean>();
  readonly chosen = output<Way>();
  protected readonly last = stored(KEY) ?? 'ws://localhost:8787';
  protected readonly failure = signal('');

  /** The page does not store the token, because it is a secret. */
  protected connect(event: Event, url: string, token: string): void {
    event.preventDefault();
    try {
      const transport = webSocket(url.trim(), token === '' ? {} : { token });
      store(KEY, url.trim());
      this.chosen.emit({ kind: 'bridge', transport });
    } catch (error) {
      this.failure.set((error as Error).message);
    }
  }
}
