import { linkTrials } from './link-trials.js';

linkTrials('no acknowledgements', false);
