import { Component } from '@angular/core';

@Component({ selector: 'omv-script', template: '' })
export class Script {}
