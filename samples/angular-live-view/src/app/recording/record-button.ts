import { Component } from '@angular/core';

@Component({ selector: 'omv-record-button', template: '' })
export class RecordButton {}
