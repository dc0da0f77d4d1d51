import { ChangeDetectionStrategy, Component } from '@angular/core';
import { toSignal } from '@angular/core/rxjs-interop';
import type { ChannelInfo } from 'openmv-rx';
import { injectCamera } from 'openmv-rx/angular';
import { animationFrameScheduler, auditTime } from 'rxjs';
import { againWhenReady } from '../again-when-ready';
import { abilities } from './channel-words';

const NONE: readonly ChannelInfo[] = [];

/** The channels that the camera has now. */
@Component({
  selector: 'omv-channel-list',
  host: { class: 'card' },
  template: `
    <header><h2 id="channels">Channels</h2></header>
    <table aria-labelledby="channels">
      <thead>
        <tr>
          <th scope="col">Id</th>
          <th scope="col">Name</th>
          <th scope="col">Can be used to</th>
          <th scope="col">From</th>
        </tr>
      </thead>
      <tbody>
        @for (channel of channels(); track channel.id) {
          <tr>
            <td>{{ channel.id }}</td>
            <th scope="row" class="mono">{{ channel.name }}</th>
            <td>{{ abilities(channel) }}</td>
            <td>{{ channel.dynamic ? 'script' : 'firmware' }}</td>
          </tr>
        } @empty {
          <tr>
            <td colspan="4" class="quiet">None that the camera has told of yet.</td>
          </tr>
        }
      </tbody>
    </table>
  `,
  styleUrl: './channel-list.css',
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class ChannelList {
  readonly #camera = injectCamera();
  protected readonly abilities = abilities;
  protected readonly channels = toSignal(
    this.#camera.channels$.pipe(againWhenReady(this.#camera), auditTime(0, animationFrameScheduler)),
    { initialValue: NONE },
  );
}
