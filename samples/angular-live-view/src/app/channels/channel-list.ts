import { Component } from '@angular/core';

@Component({ selector: 'omv-channel-list', host: { class: 'card' }, template: '<h2>Channels</h2>' })
export class ChannelList {}
