import { isIPv4, isIPv6 } from 'node:net';

import { validateDnsLabel, validateDnsSubdomain } from '../object/names.js';

const uuid = (version: string, variant: string): RegExp =>
  new RegExp(`^[0-9a-f]{8}-?[0-9a-f]{4}-?${version}[0-9a-f]{3}-?${variant}[0-9a-f]{3}-?[0-9a-f]{12}$`, 'i');
const matching =
  (expression: RegExp) =>
  (text: string): boolean =>
    expression.test(text);

/** The formats of strings that the API server checks in custom resources; every other format is ignored. */
const formats: Readonly<Record<string, (text: string) => boolean>> = {
  uri: (text) => /^([a-z][a-z0-9+.-]*:|\/)/i.test(text) && URL.canParse(text, 'http://localhost'),
  email: matching(/^[^@\s<>]+@[^@\s<>]+$/),
  hostname: matching(/^(?=.{1,255}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*\.?$/i),
  ipv4: isIPv4,
  ipv6: isIPv6,
  cidr: isCidr,
  mac: matching(/^([0-9a-f]{2}[:-]){5}([0-9a-f]{2})(([:-][0-9a-f]{2}){2})?$/i),
  uuid: matching(uuid('[0-9a-f]', '[0-9a-f]')),
  uuid3: matching(uuid('3', '[0-9a-f]')),
  uuid4: matching(uuid('4', '[89ab]')),
  uuid5: matching(uuid('5', '[89ab]')),
  hexcolor: matching(/^#?([0-9a-f]{3}|[0-9a-f]{6})$/i),
  ssn: matching(/^\d{3}[- ]?\d{2}[- ]?\d{4}$/),
  byte: matching(/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/),
  password: () => true,
  date: (text) => /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text)),
  duration: matching(
    /^[+-]?(\d+(\.\d*)?|\.\d+)\s*(ns|us|µs|μs|ms|s|m|h|d|w|nanos?|micros?|millis?|sec(ond)?s?|min(ute)?s?|hours?|days?|weeks?)((\d+(\.\d*)?|\.\d+)(ns|us|µs|μs|ms|s|m|h))*$|^0$/,
  ),
  datetime: (text) =>
    /^\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}:\d{2}(\.\d+)?([Zz]|[+-]\d{2}:?\d{2})$/.test(text) &&
    !Number.isNaN(Date.parse(text.replace(' ', 'T'))),
  k8sshortname: (text) => validateDnsLabel(text).length === 0,
  k8slongname: (text) => validateDnsSubdomain(text).length === 0,
};

function isCidr(text: string): boolean {
  const [address = '', bits = '', ...more] = text.split('/');
  if (more.length > 0 || !/^\d{1,3}$/.test(bits)) return false;
  return (isIPv4(address) && Number(bits) <= 32) || (isIPv6(address) && Number(bits) <= 128);
}

/** Formats that are known and that every string is of, as far as the API server checks, and those of numbers. */
const unchecked = ['bsonobjectid', 'creditcard', 'isbn', 'isbn10', 'isbn13', 'rgbcolor'];
const ofNumbers: Readonly<Record<string, readonly string[]>> = { integer: ['int32', 'int64'], number: ['double', 'float'] };

/** Whether a format means anything for a type; every other one is ignored, with a warning. */
export function isKnownFormat(type: string, format: string): boolean {
  if (type !== 'string') return ofNumbers[type]?.includes(format) ?? false;
  const name = format.replaceAll('-', '');
  return unchecked.includes(name) || Object.hasOwn(formats, name);
}

/** Whether a string is of a format; a format that is not known holds for every string. */
export function isOfFormat(text: string, format: string): boolean {
  return formats[format.replaceAll('-', '')]?.(text) ?? true;
}
