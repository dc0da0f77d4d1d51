import { Component } from '@angular/core';

@Component({ selector: 'omv-panel', template: '' })
export class Panel {}
