// What `npm run angular` runs: the sample as its authors see it, built anew when a file changes.
import { ng, prepare } from './prepare.mjs';

if (!((await prepare()) && ng('serve', ...process.argv.slice(2)))) process.exitCode = 1;
