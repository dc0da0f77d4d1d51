import { Component } from '@angular/core';

@Component({ selector: 'omv-event-log', host: { class: 'card' }, template: '<h2>Events</h2>' })
export class EventLog {}
