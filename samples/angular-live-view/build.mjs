// Builds the sample as it would be shipped, into `dist/`.
import { ng, prepare } from './prepare.mjs';

if (!((await prepare()) && ng('build'))) process.exitCode = 1;
