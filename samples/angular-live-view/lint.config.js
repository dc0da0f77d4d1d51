// The rules of the whole repository, for files that are of a TypeScript project of their own, or two: a worker has other globals.
import { rules } from '../../eslint.config.js';

export default [
  { ignores: ['samples/angular-live-view/{dist,node_modules,.angular}/'] },
  ...rules,
  {
    files: ['samples/angular-live-view/src/**/*.ts'],
    languageOptions: {
      parserOptions: {
        projectService: false,
        project: ['tsconfig.json', 'tsconfig.worker.json'],
        tsconfigRootDir: import.meta.dirname,
      },
    },
    // A component's decorator says what the class is.
    rules: { '@typescript-eslint/no-extraneous-class': ['error', { allowWithDecorator: true }] },
  },
];
