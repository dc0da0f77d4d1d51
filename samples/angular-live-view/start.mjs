// The entry of `npm run angular`: serves the sample, and rebuilds it when a file changes.
import { ng, prepare } from './prepare.mjs';

if (!((await prepare()) && ng('serve', ...process.argv.slice(2)))) process.exitCode = 1;
