import vm from 'node:vm';
import { TestEnvironment } from 'jest-environment-node';

const { createContext } = vm;

/**
 * Jest's environment for Node, with an ordinary global object. Jest's own has one with interceptors, which make each mention of
 * `Math`, `Uint8Array` and the like slow: specs in virtual time took two to three times as long.
 */
export default class PlainGlobals extends TestEnvironment {
  constructor(...args) {
    vm.createContext = () => createContext(vm.constants.DONT_CONTEXTIFY);
    try {
      super(...args);
    } finally {
      vm.createContext = createContext;
    }
  }
}
