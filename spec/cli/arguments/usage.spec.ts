import { Command, CommanderError, InvalidArgumentError } from 'commander';
import {
  busyTimes,
  each,
  seconds,
  share,
  usageExitCode,
  wholeNumber,
  widthAndHeight,
} from '../../../lib/cli/arguments/usage.js';

describe('wholeNumber', () => {
  it.each([
    ['1', 1],
    ['007', 7],
    ['100', 100],
  ])('accepts %s', (text, number) => expect(wholeNumber(1, 100)(text)).toBe(number));

  it.each(['0', '101', '-1', '1.5', '1e2', '', ' 1', 'many', '0x10'])('refuses "%s"', (text) => {
    expect(() => wholeNumber(1, 100)(text)).toThrow(InvalidArgumentError);
  });
});

describe('seconds', () => {
  it.each([
    ['10', 10],
    ['0.5', 0.5],
    ['.1', 0.1],
    ['86400', 86_400],
  ])('accepts %s', (text, number) => expect(seconds(text)).toBe(number));

  it.each(['0', '0.05', '86401', '-1', '1e2', '', 'Infinity', '10s', '1,5'])('refuses "%s"', (text) => {
    expect(() => seconds(text)).toThrow(InvalidArgumentError);
  });
});

describe('widthAndHeight', () => {
  it('accepts a width and a height', () => expect(widthAndHeight('320x240')).toEqual({ width: 320, height: 240 }));

  it.each(['320', '320x', 'x240', '0x240', '320x0', '320*240', '-320x240', '999999x1', '320x240x3'])(
    'refuses "%s"',
    (text) => expect(() => widthAndHeight(text)).toThrow(InvalidArgumentError),
  );
});

describe('share', () => {
  it.each([
    ['0', 0],
    ['1', 1],
    ['0.02', 0.02],
    ['.5', 0.5],
    ['2%', 0.02],
    ['0.5%', 0.005],
    ['100%', 1],
  ])('accepts %s', (text, number) => expect(share(text)).toBeCloseTo(number, 10));

  it.each(['2', '101%', '-0.1', '-1%', '', '%', '1e-2', '0,02', '2 %', '0.', 'NaN'])('refuses "%s"', (text) => {
    expect(() => share(text)).toThrow(InvalidArgumentError);
  });
});

describe('busyTimes', () => {
  it('accepts milliseconds per period', () => expect(busyTimes('30/100')).toEqual({ ms: 30, everyMs: 100 }));

  it.each(['30', '30/', '/100', '100/100', '101/100', '-1/100', '1.5/100', '30/100/2'])('refuses "%s"', (text) => {
    expect(() => busyTimes(text)).toThrow(InvalidArgumentError);
  });
});

describe('each', () => {
  it('keeps earlier values, and refuses what its parser refuses', () => {
    const ports = each(wholeNumber(1, 100));
    expect(ports('2', ports('1', undefined))).toEqual([1, 2]);
    expect(() => ports('101', [1])).toThrow(InvalidArgumentError);
  });
});

describe('usageExitCode', () => {
  const parse = (...words: string[]): unknown => {
    const program = new Command('test')
      .exitOverride()
      .version('1.0.0')
      .configureOutput({ writeErr: silent, writeOut: silent });
    program.command('go <where>');
    try {
      return program.parse(words, { from: 'user' });
    } catch (error) {
      return error;
    }
  };
  const silent = (): void => undefined;

  it('is 2 for a wrong command line', () => {
    expect(usageExitCode(parse('go'))).toBe(2);
    expect(usageExitCode(parse('come', 'here'))).toBe(2);
    expect(usageExitCode(parse('go', 'there', '--fast'))).toBe(2);
    expect(usageExitCode(parse())).toBe(2);
    expect(usageExitCode(parse('help', 'come'))).toBe(2);
  });

  it('is 0 if help or the version was requested', () => {
    expect(usageExitCode(parse('--help'))).toBe(0);
    expect(usageExitCode(parse('--version'))).toBe(0);
    expect(usageExitCode(parse('help'))).toBe(0);
    expect(usageExitCode(parse('help', 'go'))).toBe(0);
  });

  it('is undefined for errors that are not about the command line', () => {
    expect(parse('go')).toBeInstanceOf(CommanderError);
    expect(usageExitCode(new Error('no camera'))).toBeUndefined();
  });
});
