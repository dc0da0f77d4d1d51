import { Component } from '@angular/core';

@Component({ selector: 'omv-picture', host: { class: 'card' }, template: '<h2>Picture</h2>' })
export class Picture {}
