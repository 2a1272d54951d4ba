/**
 * The rules for names, keys and values (Kubernetes documentation, "Object Names and IDs" and "Labels and Selectors"). Each rule answers with
 * the messages of the API server, none where the text is fine.
 */
export type NameRule = (text: string) => string[];

const regexMessage = (what: string, expression: string, ...examples: string[]): string =>
  `${what} (e.g. ${examples.map((example) => `'${example}', `).join(' or ')}regex used for validation is '${expression}')`;
const maxLength = (length: number): string => `must be no more than ${length} characters`;
const maxBytes = (length: number): string => `must be no more than ${length} bytes`;
const matches = (expression: string, text: string): boolean => new RegExp(`^(?:${expression})$`).test(text);

const dns1123Label = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';
const dns1123Subdomain = String.raw`${dns1123Label}(\.${dns1123Label})*`;
const dns1035Label = '[a-z]([-a-z0-9]*[a-z0-9])?';
const labelName = '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]';
const labelNameMessage = "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character";

/** A DNS-1123 subdomain: the name of most objects. */
export const validateDnsSubdomain: NameRule = (text) => {
  const errors = Buffer.byteLength(text) > 253 ? [maxLength(253)] : [];
  if (!matches(dns1123Subdomain, text)) {
    errors.push(
      regexMessage(
        "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character",
        dns1123Subdomain,
        'example.com',
      ),
    );
  }
  return errors;
};

/** A DNS-1123 label: a namespace, a port name. */
export const validateDnsLabel: NameRule = (text) => {
  const errors = Buffer.byteLength(text) > 63 ? [maxLength(63)] : [];
  if (matches(dns1123Label, text)) return errors;
  if (matches(dns1123Subdomain, text)) return [...errors, 'must not contain dots'];
  const what =
    "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character";
  return [...errors, regexMessage(what, dns1123Label, 'my-name', '123-abc')];
};

/** A DNS-1035 label: starts with a letter. */
export const validateDns1035Label: NameRule = (text) => {
  const errors = Buffer.byteLength(text) > 63 ? [maxLength(63)] : [];
  if (matches(dns1035Label, text)) return errors;
  const what =
    "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character";
  return [...errors, regexMessage(what, dns1035Label, 'my-name', 'abc-123')];
};

/** The names of RBAC objects: whatever can be one segment of a path. */
export const validatePathSegment: NameRule = (text) => {
  if (text === '.' || text === '..') return [`may not be '${text}'`];
  return ['/', '%'].filter((character) => text.includes(character)).map((character) => `may not contain '${character}'`);
};

/** A label key, an annotation key in lower case, a finalizer: a name with an optional DNS prefix. */
export const validateQualifiedName: NameRule = (text) => {
  const parts = text.split('/');
  if (parts.length > 2) {
    return [
      `a valid label key ${regexMessage(labelNameMessage, labelName, 'MyName', 'my.name', '123-abc')} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`,
    ];
  }
  const [prefix, name = ''] = parts.length === 2 ? parts : [undefined, parts[0] ?? ''];
  const errors: string[] = [];
  if (prefix === '') errors.push('prefix part must be non-empty');
  else if (prefix !== undefined) errors.push(...validateDnsSubdomain(prefix).map((message) => `prefix part ${message}`));
  if (name === '') errors.push('name part must be non-empty');
  else if (Buffer.byteLength(name) > 63) errors.push(`name part ${maxBytes(63)}`);
  if (!matches(labelName, name)) errors.push(`name part ${regexMessage(labelNameMessage, labelName, 'MyName', 'my.name', '123-abc')}`);
  return errors;
};

/** A label value. */
export const validateLabelValue: NameRule = (text) => {
  const errors = Buffer.byteLength(text) > 63 ? [maxBytes(63)] : [];
  if (matches(`(${labelName})?`, text)) return errors;
  const what = `a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character`;
  return [...errors, regexMessage(what, `(${labelName})?`, 'MyValue', 'my_value', '12345')];
};

/** The key of a ConfigMap's or a Secret's data. */
export const validateConfigKey: NameRule = (text) => {
  const errors = Buffer.byteLength(text) > 253 ? [maxLength(253)] : [];
  const expression = '[-._a-zA-Z0-9]+';
  if (!matches(expression, text)) {
    errors.push(
      regexMessage(
        "a valid config key must consist of alphanumeric characters, '-', '_' or '.'",
        expression,
        'key.name',
        'KEY_NAME',
        'key-name',
      ),
    );
  }
  if (text === '.') errors.push("must not be '.'");
  if (text === '..') errors.push("must not be '..'");
  else if (text.startsWith('..')) errors.push("must not start with '..'");
  return errors;
};

/** The name of a port, as a target port or a probe refers to it (IANA service name). */
export const validatePortName: NameRule = (text) => {
  const errors: string[] = [];
  if (Buffer.byteLength(text) > 15) errors.push(maxLength(15));
  if (!/^[-a-z0-9]+$/.test(text)) errors.push('must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)');
  if (!/[a-z]/.test(text)) errors.push('must contain at least one letter (a-z)');
  if (text.includes('--')) errors.push('must not contain consecutive hyphens');
  if (text !== '' && (text.startsWith('-') || text.endsWith('-'))) errors.push('must not begin or end with a hyphen');
  return errors;
};

/** A rule for a generated name's prefix: the last hyphen is left to the letters that follow it. */
export function asPrefix(rule: NameRule): NameRule {
  return (text) => rule(text.length > 1 && text.endsWith('-') ? `${text.slice(0, -2)}a` : text);
}
