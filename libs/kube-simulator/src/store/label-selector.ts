import { goQuote } from '../object/go-quote.js';
import { validateLabelValue, validateQualifiedName } from '../object/names.js';
import { badRequest } from '../status/api-error.js';

type Operator = '=' | '==' | '!=' | 'in' | 'notin' | 'exists' | '!' | '>' | '<';

interface Requirement {
  readonly key: string;
  readonly operator: Operator;
  readonly values: readonly string[];
}

/** A label selector, parsed (Kubernetes documentation, "Labels and Selectors"). */
export interface LabelSelector {
  readonly isEmpty: boolean;
  matches(labels: Readonly<Record<string, string>> | undefined): boolean;
}

/** Selects everything. */
export const everyLabel: LabelSelector = { isEmpty: true, matches: () => true };

/**
 * Parses a label selector as it stands in a query.
 * @throws ApiError 400 with the API server's words
 */
export function parseLabelSelector(text: string): LabelSelector {
  if (text === '') return everyLabel;
  const requirements = new Parser(text).parse();
  if (requirements.length === 0) return everyLabel;
  return { isEmpty: false, matches: (labels) => requirements.every((requirement) => satisfies(requirement, labels)) };
}

function satisfies({ key, operator, values }: Requirement, labels: Readonly<Record<string, string>> | undefined): boolean {
  const value = labels !== undefined && Object.hasOwn(labels, key) ? labels[key] : undefined;
  switch (operator) {
    case '=':
    case '==':
    case 'in':
      return value !== undefined && values.includes(value);
    case '!=':
    case 'notin':
      return value === undefined || !values.includes(value);
    case 'exists':
      return value !== undefined;
    case '!':
      return value === undefined;
    case '>':
    case '<': {
      const bound = Number(values[0]);
      if (value === undefined || !isInteger(value)) return false;
      return operator === '>' ? Number(value) > bound : Number(value) < bound;
    }
  }
}

const isInteger = (text: string): boolean => /^[+-]?\d+$/.test(text);

type TokenKind = 'word' | 'end' | 'error' | '(' | ')' | ',' | '!' | '=' | '==' | '!=' | '>' | '<' | 'in' | 'notin';

interface Token {
  readonly kind: TokenKind;
  readonly text: string;
}

const symbols: readonly TokenKind[] = ['(', ')', ',', '!', '=', '==', '!=', '>', '<'];

function scan(text: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (at < text.length) {
    const character = text.charAt(at);
    if (/[ \t\r\n]/.test(character)) {
      at += 1;
      continue;
    }
    const pattern = /[=!(),<>]/.test(character) ? /[=!(),<>]+/y : /[^=!(),<> \t\r\n]+/y;
    pattern.lastIndex = at;
    const run = pattern.exec(text)?.[0] ?? character;
    const token = /[=!(),<>]/.test(character) ? symbolToken(run) : wordToken(run);
    tokens.push(token);
    at += token.kind === 'error' ? run.length : token.text.length;
  }
  tokens.push({ kind: 'end', text: '' });
  return tokens;
}

function wordToken(text: string): Token {
  return { kind: text === 'in' || text === 'notin' ? text : 'word', text };
}

function symbolToken(run: string): Token {
  const text = symbols.find((symbol) => symbol === run.slice(0, 2)) ?? symbols.find((symbol) => symbol === run.slice(0, 1));
  return text === undefined ? { kind: 'error', text: `error expected: keyword found '${run}'` } : { kind: text, text };
}

class Parser {
  private readonly tokens: Token[];
  private position = 0;

  constructor(text: string) {
    this.tokens = scan(text);
  }

  parse(): Requirement[] {
    const requirements: Requirement[] = [];
    for (;;) {
      const { kind, text } = this.peek();
      if (kind === 'end') return requirements;
      if (kind !== 'word' && kind !== '!') throw badRequest(`found '${text}', expected: !, identifier, or 'end of string'`);
      requirements.push(this.parseRequirement());
      const separator = this.next();
      if (separator.kind === 'end') return requirements;
      if (separator.kind !== ',') throw badRequest(`found '${separator.text}', expected: ',' or 'end of string'`);
      const following = this.peek();
      if (following.kind !== 'word' && following.kind !== '!')
        throw badRequest(`found '${following.text}', expected: identifier after ','`);
    }
  }

  private parseRequirement(): Requirement {
    let token = this.next();
    const negated = token.kind === '!';
    if (negated) token = this.next();
    if (token.kind !== 'word') throw reject(`found '${token.text}', expected: identifier`);
    const key = token.text;
    const keyErrors = validateQualifiedName(key);
    if (keyErrors.length > 0) throw reject(`<nil>: Invalid value: ${goQuote(key)}: ${keyErrors.join('; ')}`);
    if (negated) return { key, operator: '!', values: [] };
    const { kind } = this.peek();
    if (kind === 'end' || kind === ',') return { key, operator: 'exists', values: [] };
    const operator = this.parseOperator();
    const values = operator === 'in' || operator === 'notin' ? this.parseValues() : [this.parseExactValue()];
    return checkValues({ key, operator, values: [...new Set(values)].toSorted() });
  }

  private parseOperator(): Operator {
    const { kind, text } = this.next(false);
    if (kind === '=' || kind === '==' || kind === '!=' || kind === '>' || kind === '<' || kind === 'in' || kind === 'notin') return kind;
    throw reject(`found '${text}', expected: in, notin, =, ==, !=, gt, lt`);
  }

  private parseExactValue(): string {
    const { kind } = this.peek();
    if (kind === 'end' || kind === ',') return '';
    const token = this.next();
    if (token.kind === 'word') return token.text;
    throw reject(`found '${token.text}', expected: identifier`);
  }

  private parseValues(): string[] {
    const open = this.next();
    if (open.kind !== '(') throw reject(`found '${open.text}' expected: '('`);
    const first = this.peek();
    if (first.kind === ')') {
      this.next();
      return [''];
    }
    if (first.kind !== 'word' && first.kind !== ',') throw reject(`found '${first.text}', expected: ',', ')' or identifier`);
    const values = this.parseValueList();
    if (this.next().kind !== ')') throw reject(`found '${first.text}', expected: ')'`);
    return values;
  }

  private parseValueList(): string[] {
    const values: string[] = [];
    for (;;) {
      const token = this.next();
      if (token.kind === 'word') {
        values.push(token.text);
        const following = this.peek();
        if (following.kind === ',') continue;
        if (following.kind === ')') return values;
        throw reject(`found '${following.text}', expected: ',' or ')'`);
      }
      if (token.kind !== ',') throw reject(`found '${token.text}', expected: ',', or identifier`);
      if (values.length === 0) values.push('');
      const following = this.peek().kind;
      if (following === ')' || following === ',') values.push('');
      if (following === ')') return values;
    }
  }

  private peek(): Token {
    return asWord(this.tokens[this.position] ?? endToken);
  }

  private next(keywordsAreWords = true): Token {
    const token = this.tokens[this.position] ?? endToken;
    this.position += 1;
    return keywordsAreWords ? asWord(token) : token;
  }
}

const endToken: Token = { kind: 'end', text: '' };
const asWord = (token: Token): Token => (token.kind === 'in' || token.kind === 'notin' ? { kind: 'word', text: token.text } : token);
const reject = (message: string): Error => badRequest(`unable to parse requirement: ${message}`);

function checkValues(requirement: Requirement): Requirement {
  const errors: string[] = [];
  if (requirement.operator === '>' || requirement.operator === '<') {
    for (const [index, value] of requirement.values.entries()) {
      if (!isInteger(value))
        errors.push(`values[${index}]: Invalid value: ${goQuote(value)}: for 'Gt', 'Lt' operators, the value must be an integer`);
    }
  }
  for (const [index, value] of requirement.values.entries()) {
    const messages = validateLabelValue(value);
    if (messages.length > 0) errors.push(`values[${index}][${requirement.key}]: Invalid value: ${goQuote(value)}: ${messages.join('; ')}`);
  }
  if (errors.length === 0) return requirement;
  throw reject(errors.length === 1 ? (errors[0] ?? '') : `[${errors.join(', ')}]`);
}
