import { Component } from '@angular/core';

@Component({ selector: 'omv-console', host: { class: 'card' }, template: '<h2>Console</h2>' })
export class Console {}
