import { linkTrials } from './link-trials.js';

linkTrials('acknowledgements', true);
