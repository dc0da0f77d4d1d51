import { ChangeDetectionStrategy, Component, DestroyRef, inject } from '@angular/core';
import { injectCamera } from 'openmv-rx/angular';
import { ChannelList } from '../channels/channel-list';
import { Console } from '../console/console';
import { EventLog } from '../events/event-log';
import { Panel } from '../panel/panel';
import { Picture } from '../picture/picture';
import { Script } from '../script/script';
import { SessionBar } from './session-bar';

/** The page of one camera. The camera's port is open while this is shown. */
@Component({
  selector: 'omv-session',
  imports: [ChannelList, Console, EventLog, Panel, Picture, Script, SessionBar],
  template: `
    <omv-session-bar />
    <main>
      <div class="column">
        <omv-picture />
        <omv-panel />
      </div>
      <div class="column">
        <omv-script />
        <omv-console />
        <omv-event-log />
        <omv-channel-list />
      </div>
    </main>
  `,
  styleUrl: './session.css',
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class Session {
  constructor() {
    const connection = injectCamera().connect();
    inject(DestroyRef).onDestroy(() => {
      connection.unsubscribe();
    });
  }
}
