import { oneByOne } from '../../lib/operators/one-by-one.js';
import { describeOperator } from './operator-contract.js';

const values = { a: 'a', b: 'b', c: 'c' };

describeOperator('oneByOne', { operator: oneByOne<string>, inputs: values, outputs: values });
